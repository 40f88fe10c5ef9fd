"""スケジュール策定: the doors through which steps and milestones are set up (docs/rules.md §6).

A span that a baseline has approved is changed with a reason; a milestone's plan date that stands
in a baseline is changed only by a new baseline. What is settled late joins the newest baseline
once.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import (
    first_of_month,
    fiscal_year,
    fiscal_year_name,
    wareki_short,
)
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.facts import fields_in_words
from roadmap.choices import Recurrence
from roadmap.models import Baseline, BaselineEntry, Milestone, Step

STEP_FIELDS = (
    "name",
    "recurrence",
    "first_month",
    "last_month",
    "actual_start",
    "actual_end",
    "department",
)
ASIDE = 30_000  # an order that no row has, while two change places


def _in_plan(plan, day: date | None, field: str) -> None:
    if day is not None and first_of_month(day) not in plan.months:
        raise ValidationError({field: f"計画期間（{plan.months}）の中の日にしてください。"})


def _check_span(step, values, reason, on) -> None:
    plan = step.measure.policy.plan
    for field in ("first_month", "last_month"):
        _in_plan(plan, values[field], field)
    for field in ("actual_start", "actual_end"):
        plan.months.plan_days.check(values[field], field)
        if values[field] and values[field] > on:
            raise ValidationError({field: "先の日付は入れられません。実際の日を入力してください。"})
    span = (values["first_month"], values["last_month"])
    approved = step.pk and step.baseline_entries.order_by("-baseline__number").first()
    if approved and span != (step.first_month, step.last_month) and not reason:
        raise ValidationError(
            {
                "reason": f"「{approved.baseline}」で承認された期間です。"
                "変える理由を入力してください。"
            }
        )


@transaction.atomic
def define_step(
    *, by, step: Step, values: dict, on: date, reason: str = "", at: datetime | None = None
) -> Step:
    """Create (a `Step` with only its measure) or change a step. `values`: every name in
    `STEP_FIELDS`.

    Raises PermissionDenied, ValidationError ({field: sentence}).
    """
    at = moment(at)
    if by is not None:
        require(by, Permission.DEFINE)
    revision = next_revision(at=at)
    _check_span(step, values, reason, on)
    before = fields_in_words(Step.objects.get(pk=step.pk), STEP_FIELDS) if step.pk else {}
    for name, value in values.items():
        setattr(step, name, value)
    if not step.pk:
        last = step.measure.steps.aggregate(last=Max("order"))["last"] or 0
        step.order, step.valid_from = last + 1, on if Baseline.objects.exists() else None
    step.full_clean(exclude=["measure", "department"])
    if before == fields_in_words(step, STEP_FIELDS):
        transaction.set_rollback(True)
        return step
    step.save()
    _join_newest_baseline(step, at)
    after = fields_in_words(step, STEP_FIELDS)
    differ = [name for name in after if before.get(name, "") != after[name]]
    record_change(
        by=by,
        action="roadmap.define",
        subject=step,
        label=f"{step.measure} {step}",
        reason=reason,
        revision=revision,
        before={name: before[name] for name in differ if name in before},
        after={name: after[name] for name in differ},
        at=at,
    )
    return step


def _join_newest_baseline(step, at: datetime) -> None:
    """A span settled late is added to the newest baseline, once; what is there is never changed."""
    newest = Baseline.objects.order_by("-number").first()
    if newest and step.first_month and not newest.entries.filter(step=step).exists():
        BaselineEntry.objects.create(
            baseline=newest,
            step=step,
            first_month=step.first_month,
            last_month=step.last_month,
            added_at=at,
        )


def set_span(
    *,
    by,
    step,
    first_month: date,
    last_month: date,
    on: date,
    reason: str = "",
    at: datetime | None = None,
) -> Step:
    """Settle the span of a step (months as firsts of month)."""
    values = {name: getattr(step, name) for name in STEP_FIELDS} | {
        "first_month": first_month,
        "last_month": last_month,
    }
    return define_step(by=by, step=step, values=values, on=on, reason=reason, at=at)


@transaction.atomic
def end_step(*, by, step: Step, on: date, reason: str, at: datetime | None = None) -> Step:
    """A step leaves the roadmap from the day after `on`.

    Earlier days keep it. The reason names the decision.
    """
    require(by, Permission.DEFINE)
    if not reason:
        raise ValidationError({"reason": "やめる理由と、決定した会議等を入力してください。"})
    if step.valid_until:
        raise ValidationError(
            {"reason": f"この工程は{wareki_short(step.valid_until)}に終わっています。"}
        )
    step.valid_until = on
    step.save(update_fields=["valid_until"])
    record_change(
        by=by,
        action="roadmap.define",
        subject=step,
        label=f"{step.measure} {step}",
        reason=reason,
        before={"終了した日": ""},
        after={"終了した日": on},
        at=at,
    )
    return step


@transaction.atomic
def move(*, by, row, up: bool, at: datetime | None = None) -> None:
    """Change places with the neighbour in the list (steps of a measure, milestones of a step)."""
    require(by, Permission.DEFINE)
    group = {"measure": row.measure} if isinstance(row, Step) else {"step": row.step}
    rows = type(row).objects.filter(**group)
    order = (
        rows.filter(order__lt=row.order).order_by("-order")
        if up
        else rows.filter(order__gt=row.order).order_by("order")
    )
    other = order.first()
    if other is None:
        return
    mine, theirs = row.order, other.order
    rows.filter(pk=row.pk).update(order=ASIDE)
    rows.filter(pk=other.pk).update(order=mine)
    rows.filter(pk=row.pk).update(order=theirs)
    record_change(
        by=by,
        action="roadmap.define",
        subject=row,
        before={"並び順": mine},
        after={"並び順": theirs},
        at=at,
    )


@transaction.atomic
def create_milestone(
    *,
    by,
    step,
    name: str,
    planned_on: date,
    fiscal_year: int | None = None,
    at: datetime | None = None,
) -> Milestone:
    """A new milestone of a step, at the end of its list; of a yearly step one per fiscal year.

    Raises PermissionDenied, ValidationError ({field: sentence}).
    """
    at = moment(at)
    if by is not None:
        require(by, Permission.DEFINE)
    _in_plan(step.measure.policy.plan, planned_on, "planned_on")
    last = step.milestones.aggregate(last=Max("order"))["last"] or 0
    row = Milestone(
        step=step,
        order=last + 1,
        name=name,
        planned_on=planned_on,
        version=next_revision(at=at),
        fiscal_year=_year_of(step, planned_on, fiscal_year),
    )
    _check_year(row)
    row.full_clean(exclude=["step"], validate_unique=False, validate_constraints=False)
    row.save()
    record_change(
        by=by,
        action="roadmap.define",
        subject=row,
        label=f"{step.measure} {row}",
        before={},
        after={"名称": name, "計画日": planned_on},
        revision=row.version,
        at=at,
    )
    return row


def _year_of(step, planned_on, given) -> int | None:
    return given or (fiscal_year(planned_on) if step.recurrence == Recurrence.YEARLY else None)


def _check_year(row) -> None:
    same = (
        row.step.milestones.exclude(pk=row.pk).filter(fiscal_year=row.fiscal_year).first()
        if row.fiscal_year
        else None
    )
    if same:
        year = fiscal_year_name(row.fiscal_year)
        raise ValidationError(
            {"planned_on": f"毎年の工程です。{year}のマイルストーン「{same}」がすでにあります。"}
        )


def missing_years(step: Step) -> list[int]:
    """Fiscal years of a yearly step's span that have no milestone yet."""
    if step.recurrence != Recurrence.YEARLY or not (step.first_month and step.last_month):
        return []
    have = {row.fiscal_year for row in step.milestones.all()}
    return [
        year
        for year in range(fiscal_year(step.first_month), fiscal_year(step.last_month) + 1)
        if year not in have
    ]


@transaction.atomic
def create_yearly(
    *, by, step: Step, name: str, month: int, day: int, at: datetime | None = None
) -> list[Milestone]:
    """One milestone in every fiscal year that has none, on the same day of the year.

    The year is added to the name.
    """
    made = []
    for year in missing_years(step):
        try:
            planned = date(year if month >= 4 else year + 1, month, day)
        except ValueError:
            raise ValidationError(
                {"planned_on": f"{month}月{day}日は、ない年があります。別の日にしてください。"}
            ) from None
        made.append(
            create_milestone(
                by=by, step=step, name=f"{fiscal_year_name(year)}{name}", planned_on=planned, at=at
            )
        )
    if not made:
        raise ValidationError({"name": "すべての年度にマイルストーンがあります。"})
    return made


@transaction.atomic
def edit_milestone(
    *,
    by,
    milestone: Milestone,
    seen_version: int,
    name: str,
    planned_on: date,
    at: datetime | None = None,
) -> Milestone:
    """Rename a milestone, or change its plan date while no baseline holds it.

    Raises ValidationError, PermissionDenied.
    """
    at = moment(at)
    require(by, Permission.DEFINE)
    revision = next_revision(at=at)
    row = Milestone.objects.select_related("step__measure__policy__plan").get(pk=milestone.pk)
    if row.version != seen_version:
        raise ValidationError(
            "画面を開いた後に、ほかの人が更新しました。画面を読み込み直してください。"
        )
    if planned_on != row.planned_on and row.baseline_entries.exists():
        raise ValidationError(
            {
                "planned_on": "承認された期日です。"
                "「計画改定」で変えます（見込日は担当課が変えられます）。"
            }
        )
    _in_plan(row.step.measure.policy.plan, planned_on, "planned_on")
    before = {"名称": row.name, "計画日": row.planned_on}
    row.name, row.planned_on, row.version = name, planned_on, revision
    row.fiscal_year = _year_of(row.step, planned_on, None)
    _check_year(row)
    row.full_clean(exclude=["step"], validate_unique=False, validate_constraints=False)
    row.save()
    record_change(
        by=by,
        action="roadmap.define",
        subject=row,
        label=f"{row.step.measure} {row}",
        before=before,
        after={"名称": name, "計画日": planned_on},
        revision=revision,
        at=at,
    )
    return row
