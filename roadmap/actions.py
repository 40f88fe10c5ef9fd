"""The one door for roadmap writes: milestones, spans, baselines. Each is one transaction with its record."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.permissions import Permission, on_behalf_of, require
from japanese.calendar import wareki_short
from records.actions import next_revision, record_change
from roadmap.models import Baseline, BaselineEntry, Milestone, MilestoneState, MilestoneUpdate, Step

NEED_REASON = {MilestoneState.REVISED, MilestoneState.CANCELLED}


@dataclass
class Conflict(Exception):
    """Somebody else updated this milestone after the page was loaded."""

    current: Milestone
    update: MilestoneUpdate | None

    @property
    def sentence(self) -> str:
        """Who changed it, when, to what."""
        if self.update is None:
            return "このマイルストーンは、あなたが画面を開いた後に変更されました。"
        who = self.update.by.display_name if self.update.by else "システム"
        when = timezone.localtime(self.update.at)
        forecast = f"、見込日 {wareki_short(self.current.forecast_on)}" if self.current.forecast_on else ""
        return (
            f"{who}さんが{when:%-m月%-d日 %H時%M分}に「{self.current.get_state_display()}」{forecast} に更新しました。"
        )


@dataclass(frozen=True)
class Update:
    """What a person says about a milestone now."""

    state: str
    forecast_on: date | None = None
    completed_on: date | None = None
    reason: str = ""
    comment: str = ""


def approved_date(milestone: Milestone) -> date:
    """The approved date today: the newest baseline's, else the plan date."""
    entry = milestone.baseline_entries.order_by("-baseline__number").first()
    return entry.due_on if entry else milestone.planned_on


def is_postponed(milestone: Milestone, forecast_on: date | None, approved_on: date) -> bool:
    """Does the forecast move later than it was (or than the approved date when there was none)?"""
    return forecast_on is not None and forecast_on > (milestone.forecast_on or approved_on)


def _errors(update: Update, postponed: bool, on: date) -> dict:
    """{field: sentence} for what makes the update impossible."""
    errors = {}
    done = update.state == MilestoneState.COMPLETED
    if done and update.completed_on is None:
        errors["completed_on"] = "「完了」には完了日を入力してください。"
    elif done and update.completed_on > on:
        errors["completed_on"] = "完了日に先の日付は入れられません。見込日に入力し、状態を「実施中」にしてください。"
    elif not done and update.completed_on is not None:
        errors["completed_on"] = "完了日を入れるときは、状態を「完了」にしてください。"
    if update.state in NEED_REASON and not update.reason:
        errors["reason"] = f"「{MilestoneState(update.state).label}」の理由を1文で入力してください。"
    elif postponed and not done and not update.reason:
        errors["reason"] = "見込日が後ろに動きます。延期の理由を1文で入力してください。本部会議の資料に載ります。"
    return errors


def _facts(milestone: Milestone) -> dict:
    return {
        "状態": milestone.get_state_display(),
        "見込日": str(milestone.forecast_on or ""),
        "完了日": str(milestone.completed_on or ""),
    }


def check_may_update(*, by, milestone: Milestone, on: date) -> None:
    """PermissionDenied unless `by` may update the milestone on that day (asked before the form is looked at)."""
    require(by, Permission.UPDATE_MILESTONES, department=milestone.step.department_on(on))


@transaction.atomic
def update_milestone(*, by, milestone: Milestone, seen_version: int, update: Update, on: date) -> bool:
    """Record where a milestone stands. The only door for its state and dates.

    `on`: today, the day from which the update counts. Returns False when there was nothing to change. Raises
    ValidationError ({field: sentence}), PermissionDenied, Conflict.
    """
    revision = next_revision()
    row = Milestone.objects.select_related("step__department", "step__measure").get(pk=milestone.pk)
    department = row.step.department_on(on)
    if by is not None:
        require(by, Permission.UPDATE_MILESTONES, department=department)
    if row.version != seen_version:
        raise Conflict(row, row.updates.select_related("by").order_by("-id").first())
    postponed = is_postponed(row, update.forecast_on, approved_date(row))
    errors = _errors(update, postponed, on)
    if errors:
        raise ValidationError(errors)
    before, old = _facts(row), (row.state, row.forecast_on, row.completed_on)
    if old == (update.state, update.forecast_on, update.completed_on) and not update.comment and not update.reason:
        transaction.set_rollback(True)
        return False
    row.state, row.forecast_on, row.completed_on = update.state, update.forecast_on, update.completed_on
    row.state_reason = update.reason if update.state in NEED_REASON else ""
    row.version = revision
    row.full_clean(exclude=["step"])
    row.save()
    behalf = on_behalf_of(by, department) if by is not None else ""
    MilestoneUpdate.objects.create(
        milestone=row, effective_on=on, at=timezone.now(), by=by, on_behalf_of=behalf, state_before=old[0],
        state_after=row.state, forecast_before=old[1], forecast_after=row.forecast_on, completed_before=old[2],
        completed_after=row.completed_on, postponed=postponed, reason=update.reason, comment=update.comment,
    )
    record_change(
        by=by, action="roadmap.milestone", subject=row, label=f"{row.step.measure} {row}", before=before,
        after={**_facts(row), **({"コメント": update.comment} if update.comment else {})}, reason=update.reason,
        on_behalf_of=behalf, department=department.name if department else "", revision=revision,
    )
    return True


@transaction.atomic
def create_milestone(*, by, step, name: str, planned_on: date, fiscal_year: int | None = None) -> Milestone:
    """A new milestone of a step, at the end of its list. ValidationError when the rules of the table are broken."""
    if by is not None:
        require(by, Permission.DEFINE)
    last = step.milestones.aggregate(last=Max("order"))["last"] or 0
    row = Milestone(step=step, order=last + 1, name=name, planned_on=planned_on, fiscal_year=fiscal_year,
                    version=next_revision())
    row.full_clean(exclude=["step"])
    row.save()
    record_change(by=by, action="roadmap.define", subject=row, label=f"{step.measure} {row}", before={},
                  after={"名称": name, "計画日": str(planned_on)}, revision=row.version)
    return row


@transaction.atomic
def set_span(*, by, step, first_month: date, last_month: date):
    """Settle the span of a step (months as firsts of month)."""
    if by is not None:
        require(by, Permission.DEFINE)
    before = {"開始月": str(step.first_month or ""), "終了月": str(step.last_month or "")}
    step.first_month, step.last_month = first_month, last_month
    step.full_clean(exclude=["measure", "department"])
    step.save()
    after = {"開始月": str(first_month), "終了月": str(last_month)}
    if before != after:
        record_change(by=by, action="roadmap.define", subject=step, label=f"{step.measure} {step}", before=before,
                      after=after)
    return step


@transaction.atomic
def create_baseline(*, by, plan, name: str, approved_on: date, decision: str, dates: dict | None = None) -> Baseline:
    """A new named baseline with every milestone's date and every known span.

    `dates`: {milestone id: date} for those that the decision moves; the others keep their approved date.
    """
    if by is not None:
        require(by, Permission.DECIDE)
    number = (Baseline.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0) + 1
    now = timezone.now()
    row = Baseline(plan=plan, number=number, name=name, approved_on=approved_on, decision=decision, created_by=by,
                   created_at=now)
    row.full_clean(exclude=["created_by"])
    row.save()
    moved = dates or {}
    milestones = Milestone.objects.filter(step__measure__policy__plan=plan).select_related("step")
    entries = [
        BaselineEntry(baseline=row, milestone=item, due_on=moved.get(item.pk) or approved_date(item), added_at=now)
        for item in milestones
    ]
    steps = Step.objects.filter(measure__policy__plan=plan)
    entries += [
        BaselineEntry(baseline=row, step=step, first_month=step.first_month, last_month=step.last_month, added_at=now)
        for step in steps if step.first_month
    ]
    BaselineEntry.objects.bulk_create(entries)
    record_change(by=by, action="roadmap.baseline", subject=row, before={}, reason=decision,
                  after={"名称": name, "承認日": str(approved_on), "件数": len(entries)})
    return row
