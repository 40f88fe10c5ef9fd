"""The doors of project teams: set up, corrected, withdrawn; their members likewise."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import Department, User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.ranges import decision_days, membership_days
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.facts import Facts, fields_in_words
from foundation.records.once import refuse_twin
from foundation.records.seen import Seen, save_only, take, values_by
from headquarters.organisation.teams.models import ProjectTeam, TeamMember
from measures.models import Measure

FIELDS = ("name", "purpose", "national_item", "starts_on", "ends_on")
OF_A_MEMBER = ("part", "department", "post", "name", "valid_from", "valid_until")
MEMBER_VALUES = values_by(*OF_A_MEMBER)


def values_of(team: ProjectTeam) -> dict[str, Any]:
    """What a form shows of a team, by the names of its fields."""
    values = {name: getattr(team, name) for name in FIELDS}
    return {**values, "measures": [*team.measures.all()]}


def facts_of(team: ProjectTeam) -> Facts:
    """What the history says of a team."""
    return {**fields_in_words(team, FIELDS), "対象の施策": [*team.measures.all()]}


def tell(
    by: User,
    team: ProjectTeam,
    before: Facts,
    after: Facts,
    *,
    what: str = "",
    reason: str = "",
    at: datetime,
) -> None:
    """The history entry of a change of a team; `what`: of which part of it."""
    record_change(
        by=by,
        action="organisation.team",
        subject=team,
        label=f"プロジェクトチーム　{team}　{what}".strip("　"),
        before=before,
        after=after,
        reason=reason,
        revision=team.version,
        at=at,
    )


@transaction.atomic
def set_up_team(
    *,
    by: User,
    name: str,
    purpose: str,
    starts_on: date,
    measures: Iterable[Measure] = (),
    national_item: str = "",
    ends_on: date | None = None,
    at: datetime | None = None,
) -> ProjectTeam:
    """A team for measures, or for a national priority item. Raises ValidationError."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    team = ProjectTeam(version=next_revision(at=at))
    said = {
        "name": name,
        "purpose": purpose,
        "national_item": national_item,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    _write(team, said, list(measures), at)
    tell(by, team, {}, facts_of(team), at=at)
    return team


@transaction.atomic
def correct_team(
    *,
    by: User,
    team: ProjectTeam,
    measures: Iterable[Measure],
    seen: Seen | None = None,
    at: datetime | None = None,
    **said: Any,
) -> ProjectTeam:
    """Name, purpose, what it is for, its days: `ends_on` dissolves it. Raises Conflict."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(ProjectTeam, team.pk, seen, values_of)
    before, row.version = facts_of(row), revision
    _write(row, said, list(measures), at)
    if facts_of(row) == before:
        transaction.set_rollback(True)
        return row
    tell(by, row, before, facts_of(row), at=at)
    return row


def _write(team: ProjectTeam, said: dict[str, Any], measures: list[Measure], at: datetime) -> None:
    for name in FIELDS:
        setattr(
            team,
            name,
            said[name],
        )
    errors: dict[str, str] = {}
    if not measures and not team.national_item:
        errors["measures"] = "対象の施策を選ぶか、国の示す重点取組事項を入力してください。"
    if team.ends_on and team.ends_on < team.starts_on:
        errors["ends_on"] = "終了日は設置日以後の日にしてください。"
    if not team.ends_on and ProjectTeam.objects.named(team.name).exclude(pk=team.pk).exists():
        errors["name"] = "同じ名前のチームがすでにあります。"
    if errors:
        raise ValidationError(errors)
    days = decision_days(local_day(at))
    days.check(team.starts_on, "starts_on")
    days.check(team.ends_on, "ends_on")
    team.full_clean()
    save_only(team, *FIELDS, "version")
    team.measures.set(measures)


@transaction.atomic
def withdraw_team(
    *,
    by: User,
    team: ProjectTeam,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> None:
    """A team that was set up by mistake goes; one that has met is dissolved instead."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(ProjectTeam, team.pk, seen, values_of)
    if row.sittings.exists():
        raise ValidationError("会合の記録があるチームは取り消せません。終了日を入力してください。")
    row.version = revision
    tell(by, row, facts_of(row), {"チーム名": "取消"}, reason=reason, at=at)
    row.delete()


# Members.


@transaction.atomic
def add_member(
    *,
    by: User,
    team: ProjectTeam,
    part: str,
    department: Department | None = None,
    post: str = "",
    name: str = "",
    valid_from: date,
    valid_until: date | None = None,
    at: datetime | None = None,
) -> TeamMember:
    """A department, a post or a person in a team. Raises ValidationError (a second leader)."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    row = TeamMember(team=team, version=next_revision(at=at))
    said = (part, department, post, name, valid_from, valid_until)
    same = dict(zip(OF_A_MEMBER, said, strict=True))
    refuse_twin(TeamMember.objects.filter(team=team, **same), "構成員", "name")
    _put(row, same, at)
    team.version = row.version
    tell(by, team, {}, fields_in_words(row, OF_A_MEMBER), what="構成員", at=at)
    return row


@transaction.atomic
def correct_member(
    *,
    by: User,
    member: TeamMember,
    seen: Seen | None = None,
    at: datetime | None = None,
    **said: Any,
) -> TeamMember:
    """Another part, name or days of a member; the last day ends it. Raises Conflict."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(TeamMember, member.pk, seen, MEMBER_VALUES, lambda row: row.team)
    before = fields_in_words(row, OF_A_MEMBER)
    row.version = row.team.version = revision
    _put(row, said, at)
    after = fields_in_words(row, OF_A_MEMBER)
    if after == before:
        transaction.set_rollback(True)
        return row
    tell(by, row.team, before, after, what="構成員", at=at)
    return row


def _put(row: TeamMember, said: dict[str, Any], at: datetime) -> None:
    changed = said["department"] != row.department
    for name in OF_A_MEMBER:
        setattr(
            row,
            name,
            said[name],
        )
    days = membership_days(local_day(at))
    days.check(row.valid_from, "valid_from")
    days.check(row.valid_until, "valid_until")
    if row.valid_until and row.valid_until < row.valid_from:
        sentence = "「いつまで」は「いつから」以後の日にしてください。"
        raise ValidationError({"valid_until": sentence})
    if row.valid_from < row.team.starts_on:
        raise ValidationError({"valid_from": "チームの設置日以後の日にしてください。"})
    if row.department and changed:
        row.department.check_exists(
            row.valid_from,
            "department",
        )
    other = TeamMember.objects.leading_with(row).first() if row.part == "leader" else None
    if other:
        sentence = (
            f"同じ期間のリーダーがいます（{other}）。先にその「いつまで」を入力してください。"
        )
        raise ValidationError({"part": sentence})
    row.full_clean(exclude=["team", "department"])
    save_only(row, *OF_A_MEMBER, "version")


@transaction.atomic
def withdraw_member(
    *,
    by: User,
    member: TeamMember,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> ProjectTeam:
    """A member that was entered by mistake goes; the history keeps it, with the reason."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(TeamMember, member.pk, seen, MEMBER_VALUES, lambda row: row.team)
    team, before = row.team, fields_in_words(row, OF_A_MEMBER)
    team.version = revision
    tell(by, team, before, {"役": "取消"}, what="構成員", reason=reason, at=at)
    row.delete()
    return team
