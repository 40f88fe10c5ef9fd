"""The one door for where a milestone stands.

Steps and plan dates: `roadmap.planning`; approved dates: `roadmap.baselines`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, on_behalf_of, require
from foundation.japanese.calendar import wareki_short
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.conflict import Conflict, SavedAlready, said
from foundation.records.seen import wait_in_line
from measures.months import PlanMonths
from roadmap.choices import MilestoneState
from roadmap.models import Milestone, MilestoneUpdate
from roadmap.reading import StepView
from roadmap.schedule import knock_on

NEED_REASON = {MilestoneState.REVISED, MilestoneState.CANCELLED}


def conflict_with(row: Milestone) -> Conflict:
    """The conflict with a milestone as it is stored now."""
    newest = _newest_update(row)
    if newest is None:
        sentence = "このマイルストーンは、あなたが画面を開いた後に変更されました。"
        return Conflict(row, sentence)
    forecast = f"、見込日 {wareki_short(row.forecast_on)}" if row.forecast_on else ""
    what = f"「{row.get_state_display()}」{forecast} に更新しました"
    return Conflict(
        row,
        said(
            newest.by,
            newest.at,
            what,
        ),
    )


def _newest_update(row: Milestone) -> MilestoneUpdate | None:
    found: MilestoneUpdate | None = row.updates.select_related("by").order_by("-id").first()
    return found


@dataclass(frozen=True)
class MilestoneStanding:
    """Where a milestone stands: its state and the two dates a department may set."""

    state: str
    forecast_on: date | None
    completed_on: date | None

    @classmethod
    def of(cls, row: Milestone) -> "MilestoneStanding":
        """As it is stored."""
        return cls(
            row.state,
            row.forecast_on,
            row.completed_on,
        )


@dataclass(frozen=True)
class Update:
    """What a person says about a milestone now."""

    state: str
    forecast_on: date | None = None
    completed_on: date | None = None
    reason: str = ""
    comment: str = ""

    @property
    def standing(self) -> MilestoneStanding:
        """Where it would stand."""
        return MilestoneStanding(
            self.state,
            self.forecast_on,
            self.completed_on,
        )


def approved_date(milestone: Milestone) -> date:
    """The approved date today: the newest baseline's, else the plan date."""
    entry = milestone.baseline_entries.standing().first()
    return entry.due_on if entry and entry.due_on else milestone.planned_on


def is_postponed(milestone: Milestone, forecast_on: date | None, approved_on: date) -> bool:
    """Does the forecast move later than it was (or than the approved date when there was none)?"""
    return forecast_on is not None and forecast_on > (milestone.forecast_on or approved_on)


def _errors(update: Update, postponed: bool, on: date) -> dict:
    """{field: sentence} for what makes the update impossible."""
    errors = {}
    done = update.state == MilestoneState.COMPLETED
    if done and update.completed_on is None:
        errors["completed_on"] = "「完了」には完了日を入力してください。"
    elif done and update.completed_on is not None and update.completed_on > on:
        errors["completed_on"] = (
            "完了日に先の日付は入力できません。見込日に入力し、状態を「実施中」にしてください。"
        )
    elif not done and update.completed_on is not None:
        errors["completed_on"] = "完了日を入れるときは、状態を「完了」にしてください。"
    if update.state in NEED_REASON and not update.reason:
        errors["reason"] = (
            f"「{MilestoneState(update.state).label}」の理由を1文で入力してください。"
        )
    elif postponed and not done and not update.reason:
        errors["reason"] = (
            "見込日が後ろに動きます。延期の理由を1文で入力してください。本部会議の資料に載ります。"
        )
    return errors


def _facts(milestone: Milestone) -> dict:
    return {
        "状態": milestone.get_state_display(),
        "見込日": milestone.forecast_on,
        "完了日": milestone.completed_on,
    }


def check_may_update(*, by: User, milestone: Milestone, on: date) -> None:
    """PermissionDenied unless `by` may update the milestone on that day (asked before the form is
    looked at).
    """
    require(by, Permission.UPDATE_MILESTONES, department=milestone.step.department_on(on))


def check_update(update: Update, postponed: bool, on: date, months: PlanMonths) -> None:
    """ValidationError ({field: sentence}) for what makes an update impossible."""
    errors = _errors(
        update,
        postponed,
        on,
    )
    if errors:
        raise ValidationError(errors)
    months.forecast_days.check(update.forecast_on, "forecast_on")
    months.plan_days.check(update.completed_on, "completed_on")


@transaction.atomic
def update_milestone(
    *,
    by: User | None,
    milestone: Milestone,
    seen_version: int,
    update: Update,
    on: date,
    at: datetime | None = None,
) -> bool:
    """Record where a milestone stands. The only door for its state and dates.

    `on`: today, the day from which the update counts. Returns False when there was nothing to
    change. Raises ValidationError ({field: sentence}), PermissionDenied, Conflict (SavedAlready
    when the newest update says the same).
    """
    at = moment(at)
    revision = next_revision(at=at)
    row = Milestone.objects.select_related("step__department", "step__measure__policy__plan").get(
        pk=milestone.pk
    )
    department = row.step.department_on(on)
    if by is not None:
        require(by, Permission.UPDATE_MILESTONES, department=department)
    if row.version != seen_version:
        raise _met(row, update)
    before, old = _facts(row), MilestoneStanding.of(row)
    if old == update.standing and not update.comment and not update.reason:
        transaction.set_rollback(True)
        return False
    postponed = is_postponed(row, update.forecast_on, approved_date(row))
    check_update(update, postponed, on, row.step.measure.policy.plan.months)
    _store(row, update, revision)
    behalf = on_behalf_of(by, department) if by is not None else ""
    MilestoneUpdate.objects.create(
        milestone=row,
        effective_on=on,
        at=at,
        by=by,
        on_behalf_of=behalf,
        postponed=postponed,
        reason=update.reason,
        comment=update.comment,
        **_moved(old, MilestoneStanding.of(row)),
    )
    comment = {"コメント": update.comment} if update.comment else {}
    record_change(
        by=by,
        action="roadmap.milestone",
        subject=row,
        label=f"{row.step.measure} {row}",
        before=before,
        after={**_facts(row), **comment},
        reason=update.reason,
        on_behalf_of=behalf,
        department=department.name if department else "",
        revision=revision,
        at=at,
    )
    return True


def _met(row: Milestone, update: Update) -> Conflict:
    """Somebody updated it in between: to the same, in the same words, or to something else."""
    newest = _newest_update(row)
    if newest and MilestoneStanding.of(row) == update.standing:
        words = (update.reason, update.comment)
        if words in ((newest.reason, newest.comment), ("", "")):
            return SavedAlready.by(newest.by, row)
    return conflict_with(row)


def _moved(before: MilestoneStanding, after: MilestoneStanding) -> dict[str, Any]:
    """The fields of an update that say from where to where the milestone moved."""
    return {
        "state_before": before.state,
        "state_after": after.state,
        "forecast_before": before.forecast_on,
        "forecast_after": after.forecast_on,
        "completed_before": before.completed_on,
        "completed_after": after.completed_on,
    }


def _store(row: Milestone, update: Update, revision: int) -> None:
    row.state = update.state
    row.forecast_on = update.forecast_on
    row.completed_on = update.completed_on
    row.state_reason = update.reason if update.state in NEED_REASON else ""
    row.version = revision
    row.full_clean(exclude=["step"])
    row.save(
        update_fields=[
            "state",
            "forecast_on",
            "completed_on",
            "state_reason",
            "version",
        ]
    )


def stored_update(row: Milestone, newest: MilestoneUpdate | None) -> Update:
    """Where a milestone stands, in the words of its newest update."""
    words = (newest.reason, newest.comment) if newest else ("", "")
    return Update(row.state, row.forecast_on, row.completed_on, *words)


UNDONE = "直前の更新を取り消し"


def undoing(newest: MilestoneUpdate) -> Update | None:
    """The update that takes the newest one back; None where it moved nothing, or where going back
    would need a reason of its own.
    """
    before = MilestoneStanding(newest.state_before, newest.forecast_before, newest.completed_before)
    after = MilestoneStanding(newest.state_after, newest.forecast_after, newest.completed_after)
    forecast, other = newest.forecast_before, newest.forecast_after
    moves_later = forecast is not None and (other is None or forecast > other)
    if not before.state or before == after or before.state in NEED_REASON or moves_later:
        return None
    return Update(before.state, before.forecast_on, before.completed_on, comment=UNDONE)


@dataclass(frozen=True)
class Shift:
    """A later milestone that may have to move, from its expected day to another."""

    milestone: Milestone
    expected_on: date
    proposed_on: date


def proposals_after(milestone: Milestone, steps: Iterable[StepView]) -> list[Shift]:
    """What the newest update of a milestone suggests for later steps of its measure; [] when it
    was no postponement.

    `steps`: StepViews of the measure as of today. Nothing is changed by asking.
    """
    update = milestone.updates.order_by("-id").first()
    if update is None or not update.postponed or update.forecast_after is None:
        return []
    own = next(step for step in steps if step.row.pk == milestone.step_id)
    before = update.forecast_before or approved_date(milestone)
    later = [
        (step.row.first_month, item.row.pk, item.facts)
        for step in steps
        if step.row.order > own.row.order
        for item in step.milestones
    ]
    rows = {item.row.pk: item.row for step in steps for item in step.milestones}
    return [
        Shift(
            rows[pk],
            expected,
            proposed,
        )
        for pk, expected, proposed in knock_on(
            update.forecast_after, (update.forecast_after - before).days, later
        )
    ]


@transaction.atomic
def apply_proposals(
    *,
    by: User,
    milestone: Milestone,
    chosen: dict,
    seen: dict,
    on: date,
    at: datetime | None = None,
) -> int:
    """Move the forecasts that the person chose: {milestone id: date}, all or none, each through
    `update_milestone`.

    `seen`: {milestone id: version}. Raises what `update_milestone` raises.
    """
    at = moment(at)
    wait_in_line()
    for row in Milestone.objects.filter(pk__in=chosen):
        update_milestone(
            by=by,
            milestone=row,
            seen_version=seen.get(row.pk, 0),
            on=on,
            update=Update(
                row.state,
                chosen[row.pk],
                row.completed_on,
                reason=f"前の工程「{milestone}」の見込日の変更に伴う",
            ),
            at=at,
        )
    return len(chosen)
