"""The one door of decisions: recorded with exactly what they change of the plan, or taken back.

A decision may move milestones and steps (one new baseline) and revise targets (a new version each);
all or none. One that was recorded by mistake is taken back while its meeting is open: what it made
is undone by rows that say so, nothing is changed or deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, on_behalf_of_headquarters, require
from foundation.japanese.calendar import date_with_weekday
from foundation.records.actions import moment, record_change
from foundation.records.labels import shortened
from foundation.records.once import refuse_twin
from foundation.records.seen import wait_in_line
from headquarters.meetings.models import Decision, DecisionWithdrawal, Meeting, RevisedTarget
from kpi.models import Indicator, Target
from kpi.setup.taking_back import take_back_target
from kpi.setup.targets import NewTarget, set_target
from measures.models import Measure
from roadmap.baselines import Moves, create_baseline, next_name
from roadmap.models import Baseline, BaselineWithdrawal
from roadmap.withdrawing import withdraw_baseline


@dataclass(frozen=True)
class Revision:
    """A target that a decision revises. `seen_version`: the newest version the person saw;
    `field`: where its errors belong.
    """

    indicator: Indicator
    new: NewTarget
    seen_version: int | None = None
    field: str | None = None


@transaction.atomic
def record_decision(
    *,
    by: User,
    meeting: Meeting,
    text: str,
    measure: Measure | None = None,
    revisions: Sequence[Revision] = (),
    moves: Moves | None = None,
    baseline_name: str = "",
    on: date,
    at: datetime | None = None,
) -> Decision:
    """A decision; `moves` makes a new roadmap baseline, `revisions` make new versions of targets.

    All or none. Raises PermissionDenied, ValidationError ({field: sentence}).
    """
    at = moment(at)
    require(by, Permission.DECIDE)
    wait_in_line()
    meeting.check_open()
    if not text:
        raise ValidationError({"text": "決定事項を入力してください。"})
    if (moves or revisions) and on < meeting.held_on:
        day = date_with_weekday(meeting.held_on)
        raise ValidationError(f"開催日（{day}）になってから、計画を変える決定を記録してください。")
    twins = meeting.decisions.standing().filter(text=text, measure=measure)
    refuse_twin(twins, "決定事項", "text")
    versions = [_revise(by, meeting, text, revision, at) for revision in revisions]
    made = _approve(by, meeting, text, moves, baseline_name, on, at) if moves else None
    row = Decision(
        meeting=meeting,
        measure=measure,
        text=text,
        baseline=made,
        recorded_by=by,
        recorded_at=at,
    )
    row.full_clean(exclude=["meeting", "measure", "baseline", "recorded_by"])
    row.save()
    RevisedTarget.objects.bulk_create(
        RevisedTarget(decision=row, target=version) for version in versions
    )
    after = {"決定事項": text}
    if versions:
        after["目標"] = "、".join(str(version) for version in versions)
    if made:
        after["基準版"] = made.name
    record_change(
        by=by,
        action="meetings.decision",
        subject=row,
        label=f"{meeting} 決定事項",
        before={},
        after=after,
        on_behalf_of=on_behalf_of_headquarters(by),
        at=at,
    )
    return row


def _revise(by: User, meeting: Meeting, text: str, revision: Revision, at: datetime) -> Target:
    """The new version of a target, with the meeting as the place of its decision."""
    decided = replace(
        revision.new,
        reason=revision.new.reason or shortened(text, 300),
        decided_on=meeting.held_on,
        decided_where=meeting.title,
    )
    try:
        return set_target(
            by=by,
            indicator=revision.indicator,
            new=decided,
            seen_version=revision.seen_version,
            at=at,
        )
    except ValidationError as error:
        raise ValidationError(_placed(error, revision)) from error


def _placed(error: ValidationError, revision: Revision) -> dict:
    """What is wrong with a target, on its row; from when it holds is one box for all."""
    field, found = revision.field or "value", getattr(error, "error_dict", None)
    if found is None:
        return {field: error.messages}
    return {name if name == "from_month" else field: problems for name, problems in found.items()}


def _approve(
    by: User, meeting: Meeting, text: str, moves: Moves, name: str, on: date, at: datetime
) -> Baseline:
    """The new baseline, with the meeting and the decision as its ground."""
    where = f"{meeting.title}（{date_with_weekday(meeting.held_on)}）"
    standing = Baseline.objects.standing().filter(plan=meeting.plan).count()
    return create_baseline(
        by=by,
        plan=meeting.plan,
        name=name or next_name(standing + 1),
        approved_on=meeting.held_on,
        decision=shortened(f"{where}：{text}", 300),
        on=on,
        dates=moves.dates,
        spans=moves.spans,
        seen=moves.seen,
        at=at,
    )


@transaction.atomic
def withdraw_decision(
    *, by: User, decision: Decision, reason: str, at: datetime | None = None
) -> DecisionWithdrawal:
    """Take back a decision that was recorded by mistake, with the baseline and the targets it made.

    Raises PermissionDenied, ValidationError (the meeting is settled, it is taken back already, a
    later baseline stands on it).
    """
    at = moment(at)
    require(by, Permission.DECIDE)
    wait_in_line()
    decision.meeting.check_open()
    if DecisionWithdrawal.objects.filter(decision=decision).exists():
        raise ValidationError("この決定事項は、すでに取り消されています。")
    if not reason:
        raise ValidationError({"reason": "取り消す理由を入力してください。"})
    row = DecisionWithdrawal(decision=decision, reason=reason, withdrawn_by=by, withdrawn_at=at)
    row.full_clean(exclude=["decision", "withdrawn_by"])
    row.save()
    undone = [*_take_back_baseline(by, decision, reason, at)]
    undone += [*_take_back_targets(by, decision, reason, at)]
    record_change(
        by=by,
        action="meetings.decision",
        subject=decision,
        label=f"{decision.meeting} 決定事項",
        before={"決定事項": decision.text},
        after={"決定事項": "取消", **({"戻したもの": "、".join(undone)} if undone else {})},
        reason=reason,
        on_behalf_of=on_behalf_of_headquarters(by),
        at=at,
    )
    return row


def _take_back_baseline(by: User, decision: Decision, reason: str, at: datetime):
    made = decision.baseline
    if made is None or BaselineWithdrawal.objects.filter(baseline=made).exists():
        return
    withdraw_baseline(
        by=by,
        baseline=made,
        reason=reason,
        at=at,
    )
    yield f"基準版「{made}」"


def _take_back_targets(by: User, decision: Decision, reason: str, at: datetime):
    """Each version that still stands is taken back by one that names it."""
    meeting = decision.meeting
    for revised in decision.revised.select_related("target__indicator"):
        target = revised.target
        if is_withdrawn(target):
            continue
        take_back_target(
            by=by,
            target=target,
            reason=reason,
            decided_on=meeting.held_on,
            decided_where=meeting.title,
            at=at,
        )
        yield str(target)


def is_withdrawn(target: Target) -> bool:
    """Was a target version taken back, by whatever door?"""
    same_year = Target.objects.filter(indicator=target.indicator_id, fiscal_year=target.fiscal_year)
    return same_year.filter(withdraws=target.version).exists()
