"""Sample definitions, targets, values and submissions.

Random with a fixed seed: the same month, the same figures.
"""

import random
from datetime import UTC, date, datetime, time
from decimal import Decimal

from foundation.japanese.calendar import (
    add_months,
    format_month,
    month_span,
    parse_month,
    wareki_month,
)
from foundation.records.actions import record_change
from kpi.actions import history_of
from kpi.choices import Kind, Maturity, SubmissionState
from kpi.models import Definition, Indicator, KpiValue, ReturnReason, Submission, Target
from kpi.reading import rule_of
from kpi.rules.counting import is_due

SEED = 464686
MORNING = time(1, 30)  # UTC = 10:30 in Japan


def morning_of(day: date) -> datetime:
    """A working-hours moment of that day."""
    return datetime.combine(day, MORNING, tzinfo=UTC)


def make_definitions(data: dict) -> None:
    """Baselines, frequencies and definitions of the sample town."""
    decimals, dates = {"baseline_value"}, {"measured_from", "measured_until"}
    for code, values in data["definitions"].items():
        row = Definition.objects.get(indicator__code=code)
        for name, value in values.items():
            setattr(
                row,
                name,
                Decimal(value)
                if name in decimals
                else date.fromisoformat(value)
                if name in dates
                else value,
            )
        row.full_clean()
        row.save()


def make_targets(data: dict, by) -> None:
    """Yearly targets, and one revision with its reason."""
    indicators = {row.code: row for row in Indicator.objects.all()}
    created = morning_of(date(2026, 4, 24))
    for code, years in data["targets"].items():
        for offset, (value, *midyear) in enumerate(years):
            Target.objects.create(
                indicator=indicators[code],
                fiscal_year=2026 + offset,
                from_month=date(2026 + offset, 4, 1),
                value=Decimal(value),
                midyear_value=Decimal(midyear[0]) if midyear else None,
                created_by=by,
                created_at=created,
                rationale="見本",
            )
    new = data["revision"]
    Target.objects.create(
        indicator=indicators[new["code"]],
        fiscal_year=new["fiscal_year"],
        version=2,
        value=Decimal(new["value"]),
        from_month=date.fromisoformat(new["from_month"]),
        reason=new["reason"],
        created_by=by,
        created_at=created,
        decided_on=date.fromisoformat(new["decided_on"]),
        decided_where=new["decided_where"],
    )


def _number(spec: dict, position: int, dice: random.Random) -> Decimal:
    if "list" in spec:
        return Decimal(spec["list"][position % len(spec["list"])])
    if "start" in spec:
        return Decimal(int(spec["start"] + spec["step"] * position))
    places = spec.get("decimals", 0)
    return round(Decimal(max(0.0, dice.gauss(spec["mean"], spec["spread"] / 2))), places)


def _ratio(spec: dict, position: int, dice: random.Random) -> tuple[Decimal, Decimal]:
    whole = int(spec["den"] * dice.uniform(0.95, 1.05)) if spec["den"] > 200 else spec["den"]
    rate = spec["rate"] + spec["slope"] * position + dice.uniform(-0.4, 0.4)
    return Decimal(int(whole * rate / 100)), Decimal(whole)


def _value(definition, spec, month, position, data, dice) -> KpiValue:
    """The sample value of one cell: a number, or the reason why there is none."""
    code, key = definition.indicator.code, format_month(month)
    row = KpiValue(indicator=definition.indicator, month=month, maturity=Maturity.FINAL)
    if definition.kind == Kind.RATIO:
        row.numerator, row.denominator = _ratio(spec, position, dice)
    else:
        row.value = _number(spec, position, dice)
    reason = data["missing"].get(code, {}).get(key)
    if reason:
        row.value = row.numerator = row.denominator = None
        row.missing_reason = reason
    row.note = data["notes"].get(code, {}).get(key, "")
    return row


def make_values(data: dict, until: date, users: dict, at: datetime) -> int:
    """Values of all due months up to `until`, each with its history entry; returns how many."""
    dice, made = random.Random(SEED), 0
    months = month_span(parse_month("2026-04"), until)
    for definition in Definition.objects.select_related("indicator").order_by("indicator__order"):
        spec = data["values"].get(definition.indicator.code)
        rule = rule_of(definition)
        for position, month in enumerate(months if spec else ()):
            row = _value(definition, spec, month, position, data, dice)
            if not is_due(rule, month) or (
                month == until and definition.indicator.code in data["blank_last"]
            ):
                continue
            if month == until and definition.indicator.code in data["provisional_last"]:
                row.maturity = Maturity.PROVISIONAL
            _store(row, users["jimukyoku"], at)
            made += 1
    return made


def _store(row: KpiValue, by, at: datetime) -> None:
    row.updated_by, row.updated_at = by, morning_of(add_months(row.month, 1).replace(day=6))
    row.version = record_change(
        by=by,
        action="kpi.value",
        subject=row.indicator,
        before={},
        after=history_of(row),
        label=f"{row.indicator}（{wareki_month(row.month)}）",
        reason="見本データ",
        at=at,
    )
    row.full_clean(exclude=["indicator", "updated_by"])
    row.save()


def make_submissions(data: dict, until: date, departments: dict, by) -> None:
    """Earlier months confirmed; the last one partly submitted, one returned."""
    for month in month_span(parse_month("2026-04"), add_months(until, -1)):
        for code in data["submissions"]["confirmed"]:
            at = morning_of(add_months(month, 1).replace(day=9))
            Submission.objects.create(
                department=departments[code],
                month=month,
                state=SubmissionState.CONFIRMED,
                submitted_at=at,
                submitted_by=by,
                on_behalf=True,
                updated_at=at,
            )
    for code, state in data["submissions"]["last"].items():
        at = morning_of(add_months(until, 1).replace(day=9))
        word, *returned = state if isinstance(state, list) else [state]
        row = Submission.objects.create(
            department=departments[code],
            month=until,
            state=word,
            submitted_at=at,
            submitted_by=by,
            updated_at=at,
            round=int(bool(returned)),
        )
        if returned:
            ReturnReason.objects.create(
                submission=row,
                round=1,
                indicator=Indicator.objects.get(code=returned[0]),
                reason=returned[1],
            )
