"""The doors of review cycles: made, dated, asked out, closed; each one transaction."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import (
    Permission,
    require,
)
from foundation.japanese.calendar import date_with_weekday, fiscal_year_name, last_of_month
from foundation.japanese.ranges import deadline_days
from foundation.japanese.workdays import next_working_day
from foundation.records.actions import record_change
from foundation.records.seen import Seen, take, values_by, wait_in_line
from headquarters.reviews.choices import CycleState, ReviewState
from headquarters.reviews.models import Review, ReviewCycle
from measures.models import Measure, Plan
from measures.setting import versions_now

# slug, name, month of the as-of (in the fiscal year, next year for 1–3),
# days until: asked, due, fixed after the month's end
KINDS = {
    "mid": ("中間（9月末時点）", 9, (1, 31, 55)),
    "end": ("年度末（3月末時点）", 3, (1, 31, 91)),
    "q1": ("第1四半期（6月末時点）", 6, (1, 31, 55)),
    "q3": ("第3四半期（12月末時点）", 12, (8, 38, 60)),
}


@transaction.atomic
def create_cycle(
    *, by: User, plan: Plan, fiscal_year: int, kind: str, at: datetime | None = None
) -> ReviewCycle:
    """A cycle of a fiscal year with its usual dates (they are data and can be changed)."""
    require(by, Permission.DEFINE)
    wait_in_line()
    if kind not in KINDS or fiscal_year not in plan.fiscal_years:
        raise ValidationError("計画期間の年度と、サイクルの種類を選んでください。")
    code = f"{fiscal_year}-{kind}"
    if ReviewCycle.objects.filter(code=code).exists():
        raise ValidationError("このサイクルはすでにあります。")
    name, month, days = KINDS[kind]
    as_of = date(fiscal_year + (month < 4), month, 1)
    if kind not in versions_now().in_month(as_of).cycles:
        raise ValidationError(
            "このサイクルは計画のきまり「評価サイクル」にありません。先にきまりで決めてください。"
        )
    end = last_of_month(as_of)
    asked, due, fixed = (next_working_day(end + timedelta(days=number)) for number in days)
    row = ReviewCycle(
        plan=plan,
        code=code,
        name=f"{fiscal_year_name(fiscal_year)} {name}",
        fiscal_year=fiscal_year,
        as_of=as_of,
        asked_on=asked,
        due_on=due,
        fixed_on=fixed,
    )
    row.full_clean(exclude=["plan"])
    row.save()
    record_change(
        by=by,
        action="reviews.cycle",
        subject=row,
        before={},
        after={"名称": row.name, "提出期限": due},
        at=at,
    )
    return row


@transaction.atomic
def edit_cycle(
    *,
    by: User,
    cycle: ReviewCycle,
    asked_on: date,
    due_on: date,
    fixed_on: date,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> ReviewCycle:
    """Other dates for a cycle that is not closed. Raises ValidationError, Conflict (`seen`)."""
    require(by, Permission.DEFINE)
    cycle = take(ReviewCycle, cycle.pk, seen, values_by("asked_on", "due_on", "fixed_on"))
    if cycle.state == CycleState.CLOSED:
        raise ValidationError("終了したサイクルの日付は変えられません。")
    within = deadline_days(cycle.as_of)
    for field, day in (("asked_on", asked_on), ("due_on", due_on), ("fixed_on", fixed_on)):
        within.check(day, field)
    before = {
        "照会日": cycle.asked_on,
        "提出期限": cycle.due_on,
        "確定予定日": cycle.fixed_on,
    }
    cycle.asked_on, cycle.due_on, cycle.fixed_on = asked_on, due_on, fixed_on
    cycle.full_clean(exclude=["plan"])
    cycle.save(update_fields=["asked_on", "due_on", "fixed_on"])
    after = {"照会日": asked_on, "提出期限": due_on, "確定予定日": fixed_on}
    if before != after:
        record_change(
            by=by, action="reviews.cycle", subject=cycle, before=before, after=after, at=at
        )
    return cycle


def odd_days(cycle: ReviewCycle, on: date) -> list[str]:
    """What is odd about the days of a cycle that is opened, or dated anew, on the day `on`: in
    sentences. Nothing is refused for it.
    """
    found = []
    if cycle.state == CycleState.PLANNED and on < cycle.asked_on:
        found.append(f"照会日（{date_with_weekday(cycle.asked_on)}）より前です。")
    if cycle.state != CycleState.CLOSED and on > cycle.due_on:
        found.append(
            f"提出期限（{date_with_weekday(cycle.due_on)}）を過ぎています。"
            "出ていないシートは、すべて期限超過になります。"
        )
    if cycle.state != CycleState.CLOSED and on > cycle.fixed_on:
        found.append(f"確定予定日（{date_with_weekday(cycle.fixed_on)}）も過ぎています。")
    return found


@transaction.atomic
def open_cycle(
    *, by: User, cycle: ReviewCycle, on: date, seen: Seen | None = None, at: datetime | None = None
) -> ReviewCycle:
    """照会: every measure that stands in the plan gets its sheet.

    The as-of month must have ended. Raises ValidationError, Conflict (`seen`).
    """
    require(by, Permission.DEFINE)
    cycle = take(ReviewCycle, cycle.pk, seen, values_by("state"))
    if cycle.state != CycleState.PLANNED:
        raise ValidationError(f"このサイクルは「{cycle.get_state_display()}」です。")
    if on <= last_of_month(cycle.as_of):
        raise ValidationError("時点の月がまだ終わっていません。翌月になってから照会してください。")
    Review.objects.bulk_create(
        [
            Review(cycle=cycle, measure=measure)
            for measure in Measure.objects.on(last_of_month(cycle.as_of))
        ]
    )
    return _set_state(by, cycle, CycleState.OPEN, at)


@transaction.atomic
def close_cycle(
    *,
    by: User,
    cycle: ReviewCycle,
    reason: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> ReviewCycle:
    """The cycle is over.

    Sheets without the headquarters' grade need a reason. Afterwards no sheet moves. Raises
    ValidationError, Conflict (`seen`).
    """
    require(by, Permission.DEFINE)
    cycle = take(ReviewCycle, cycle.pk, seen, values_by("state"))
    if cycle.state != CycleState.OPEN:
        raise ValidationError(f"このサイクルは「{cycle.get_state_display()}」です。")
    left = cycle.reviews.exclude(state=ReviewState.GRADED).count()
    if left and not reason:
        raise ValidationError(
            f"本部評価が済んでいないシートが{left}件あります。このまま終了する理由を入力してください。"
        )
    return _set_state(by, cycle, CycleState.CLOSED, at, reason)


def _set_state(
    by: User, cycle: ReviewCycle, state: CycleState, at: datetime | None, reason: str = ""
) -> ReviewCycle:
    before, cycle.state = cycle.get_state_display(), state
    cycle.save(update_fields=["state"])
    record_change(
        by=by,
        action="reviews.cycle",
        subject=cycle,
        before={"状態": before},
        after={"状態": cycle.get_state_display()},
        reason=reason,
        at=at,
    )
    return cycle
