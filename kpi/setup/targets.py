"""The door through which targets are set: versions, never overwritten (docs/rules.md §3)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import (
    add_months,
    first_of_month,
    fiscal_year_end,
    fiscal_year_name,
    fiscal_year_start,
    wareki_month,
)
from foundation.japanese.numbers import format_plain
from foundation.japanese.ranges import decision_days
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.once import refuse_twin
from kpi import words
from kpi.actions import definition_for
from kpi.models import KpiValue, ReportingMonth, Target
from kpi.months import closed_sentence
from kpi.rules.versions import in_force
from kpi.setup.new_target import NewTarget, aim_errors, falls


def _reason_errors(new: NewTarget, first_version: bool, has_values: bool) -> dict:
    if new.reason:
        return {}
    if new.withdraws:
        return {"reason": "取り下げる理由を入力してください。"}
    if not first_version:
        return {"reason": "この年度の目標はすでにあります。見直しの理由を入力してください。"}
    if has_values and not new.none:
        late = "この年度の実績がすでに入力されています。後から目標を定める理由を入力してください。"
        return {"reason": late}
    return {}


def _withdrawal_errors(new: NewTarget, rows: list[Target]) -> dict:
    """Only a version that stands can be taken back.

    One that is not there, was taken back already or is a withdrawal itself cannot.
    """
    if not new.withdraws:
        return {}
    gone = {row.withdraws for row in rows}
    standing = {row.version for row in rows if not row.withdraws} - gone
    if new.withdraws in standing:
        return {}
    return {"withdraws": "その版はないか、すでに取り下げられています。"}


def _facts(row: Target) -> dict:
    facts = {
        "目標": words.target(row),
        "適用月": wareki_month(row.from_month),
        "版": row.version,
    }
    if row.midyear_value is not None:
        facts["中間目標"] = format_plain(row.midyear_value)
    return facts


def _from_month(new: NewTarget, start: date, rows: list[Target]) -> tuple[date | None, dict]:
    """(month from which it holds, errors).

    As given; else of the year's first version April, of a revision the month of its decision; of
    these where the month is closed, the first open one.
    """
    closed = ReportingMonth.objects.last_closed()
    month = new.from_month or _usual_month(new, start, rows, closed)
    if closed and month <= closed:
        return None, {"from_month": closed_sentence(closed)}
    if month > fiscal_year_end(new.fiscal_year):
        return None, {
            "from_month": f"{fiscal_year_name(new.fiscal_year)}の終わりまでの月にしてください。"
        }

    return month, {}


def _usual_month(new: NewTarget, start: date, rows: list[Target], closed: date | None) -> date:
    """From when a version holds that says nothing of it."""
    months = rows[0].indicator.measure.policy.plan.months if rows else None
    first_open = add_months(closed, 1) if closed else (months.first if months else start)
    if not rows:
        return max(start, first_open)
    if new.withdraws:
        taken = next((row.from_month for row in rows if row.version == new.withdraws), start)
        return max(taken, first_open)
    decided = first_of_month(new.decided_on) if new.decided_on else first_open
    begins = rows[0].indicator.valid_from or first_open
    return max(decided, first_open, begins)


def first_month_of(indicator, year: int) -> date:
    """The first month of a fiscal year in which the indicator stands in the plan."""
    first = fiscal_year_start(year)
    if indicator.valid_until and indicator.valid_until < first:
        ended = wareki_month(indicator.valid_until)
        raise ValidationError({"fiscal_year": f"この指標は{ended}で終わっています。"})
    if indicator.valid_from and indicator.valid_from > fiscal_year_end(year):
        begins = wareki_month(indicator.valid_from)
        raise ValidationError({"fiscal_year": f"この指標は{begins}から始まります。"})
    return max(first, indicator.valid_from or first)


def _content(new: NewTarget) -> dict:
    """What makes two versions the same: what is aimed at, not who decided it where."""
    names = ("value", "lower", "upper", "midyear_value", "none", "withdraws")
    return {name: getattr(new, name) for name in names}


def standing_targets(indicator) -> dict[int, Target]:
    """{fiscal year: the version that will hold at its end}; a year without a target is not there.

    One query.
    """
    return standing_of(versions_of(indicator), indicator.measure.policy.plan.months.first)


def standing_of(rows: Iterable[Target], plan_start: date) -> dict[int, Target]:
    """The same out of the rows of one indicator."""
    by_year: dict[int, list[Target]] = {}
    for row in rows:
        by_year.setdefault(row.fiscal_year, []).append(row)
    found = {
        year: in_force(of_year, fiscal_year_end(year), plan_start)
        for year, of_year in by_year.items()
    }
    return {year: row for year, row in found.items() if row is not None}


def versions_of(indicator) -> list[Target]:
    """All target rows of an indicator with who set them, a year's oldest first. One query."""
    return list(indicator.targets.select_related("created_by"))


def _check_seen(newest: Target | None, seen_version: int | None) -> None:
    if newest is None or seen_version in (None, newest.version):
        return
    who = newest.created_by.display_name if newest.created_by else "システム"
    raise ValidationError(
        {
            "value": f"画面を開いた後に、{who}さんが第{newest.version}版"
            f"（{words.target(newest)}）を登録しました。あなたの入力は残っています。"
            "保存すると、その次の版になります。"
        }
    )


def _checked(
    new: NewTarget, indicator, start: date, rows: list[Target], seen_version: int | None
) -> date:
    """The month from which a new version will hold; ValidationError for all that stands against it.

    `start`: the indicator's first month in the year; `rows`: the year's versions there are.
    """
    last = first_of_month(fiscal_year_end(new.fiscal_year))
    entered = KpiValue.objects.between(start, last).filter(indicator=indicator)
    definition = definition_for(indicator, start)
    errors = _withdrawal_errors(new, rows) or aim_errors(new, definition)
    errors |= _reason_errors(
        new,
        not rows,
        entered.exists(),
    )
    _check_seen(rows[-1] if rows else None, seen_version)
    from_month, wrong = _from_month(
        new,
        start,
        rows,
    )
    values = {year: row.value for year, row in standing_targets(indicator).items()}
    errors = errors | wrong or falls(new, definition, values)
    if errors or from_month is None:
        raise ValidationError(errors)
    return from_month


def set_target(
    *, by, indicator, new: NewTarget, seen_version: int | None = None, at: datetime | None = None
) -> Target:
    """Add a version of one fiscal year's target. The first holds from April (when months are
    closed already: from the first open one), a later one from its month, else from that of its
    decision. A version is taken back by one that names it. `seen_version`: the
    newest version the person saw (0: none; None: any).

    Raises PermissionDenied, ValidationError ({field: sentence}).
    """
    require(by, Permission.DEFINE)
    return add_version(by=by, indicator=indicator, new=new, seen_version=seen_version, at=at)


def prepared(
    *, by, indicator, new: NewTarget, seen_version: int | None, at: datetime
) -> tuple[Target, Target | None]:
    """(the new version, not stored yet, the newest before it). ValidationError where it cannot be
    ({field: sentence}): what a page asks that shows it before it is stored.
    """
    plan = indicator.measure.policy.plan
    if new.fiscal_year not in plan.fiscal_years:
        raise ValidationError({"fiscal_year": "計画期間の年度を選んでください。"})
    decision_days(local_day(at)).check(new.decided_on, "decided_on")
    start = first_month_of(indicator, new.fiscal_year)
    rows = list(
        Target.objects.filter(indicator=indicator, fiscal_year=new.fiscal_year).order_by("version")
    )
    older = rows[-1] if rows else None
    from_month = _checked(new, indicator, start, rows, seen_version)
    if older is not None:
        same = Target.objects.filter(
            pk=older.pk,
            **_content(new),
            from_month=from_month,
        )
        refuse_twin(same, f"目標（第{older.version}版）", "value")
    row = Target(
        indicator=indicator,
        version=older.version + 1 if older else 1,
        created_by=by,
        created_at=at,
        **{**new.stored, "from_month": from_month},
    )
    row.full_clean(exclude=["indicator", "created_by"])
    return row, older


@transaction.atomic
def add_version(
    *, by, indicator, new: NewTarget, seen_version: int | None = None, at: datetime | None = None
) -> Target:
    """What every door of targets does; may `by` do it, the door has asked."""
    at = moment(at)
    revision = next_revision(at=at)
    row, older = prepared(
        by=by,
        indicator=indicator,
        new=new,
        seen_version=seen_version,
        at=at,
    )
    row.save(force_insert=True)
    record_change(
        by=by,
        action="kpi.target",
        subject=indicator,
        label=f"{indicator} {fiscal_year_name(new.fiscal_year)}の目標",
        before=_facts(older) if older else {},
        after=_facts(row),
        reason=new.reason,
        revision=revision,
        at=at,
    )
    return row
