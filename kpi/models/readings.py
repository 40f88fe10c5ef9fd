"""Rows of the database as the pure rules take them."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from foundation.records.within import moment_of
from kpi.models.indicator import Definition
from kpi.models.target import Target
from kpi.models.value import KpiValue
from kpi.rules.achievement import Band
from kpi.rules.counting import Reading, Rule
from kpi.rules.expectation import TargetOfYear
from kpi.rules.outlook import Forecast
from measures.settings_of import Settings

STORED = Decimal("0.0001")  # the digits of the columns


def rule_of(definition: Definition) -> Rule:
    """The pure rule of a definition row."""
    return Rule(
        kind=definition.kind,
        direction=definition.direction,
        accumulation=definition.accumulation,
        frequency=definition.frequency,
        due_month=definition.due_month,
        method=definition.method,
        measured_from=definition.measured_from,
        measured_until=definition.measured_until,
        baseline_value=definition.baseline_value,
        baseline_fiscal_year=definition.baseline_fiscal_year,
        baseline_span=definition.baseline_span,
        valid_from=definition.indicator.valid_from,
        valid_until=definition.indicator.valid_until,
        decimals=definition.decimals,
        unit=definition.unit,
        may_exceed_100=definition.may_exceed_100,
        is_survey=definition.is_survey,
    )


def target_of(row: Target) -> TargetOfYear:
    """The pure target of a target row."""
    return TargetOfYear(
        row.fiscal_year, row.value, row.lower, row.upper, row.midyear_value, row.none
    )


def reading_of(row: KpiValue) -> Reading:
    """The pure reading of a stored value."""
    return Reading(
        row.month,
        row.value,
        row.numerator,
        row.denominator,
        row.missing_reason or None,
        row.maturity,
    )


def forecast_of(stored: dict | None) -> Forecast | None:
    """The 年度末見込 out of its JSON (`kpi.querysets.forecast_in`)."""
    if stored is None:
        return None

    def number(name: str) -> Decimal | None:
        return None if stored[name] is None else Decimal(stored[name]).quantize(STORED)

    return Forecast(
        month=date.fromisoformat(stored["month"]),
        value=number("value"),
        numerator=number("numerator"),
        denominator=number("denominator"),
        reason=stored["reason"],
        said_at=moment_of(stored["at"]),
    )


@lru_cache(maxsize=64)
def bands_of(settings: Settings) -> tuple[Band, ...]:
    """The grade bands that hold, best first."""
    return tuple(Band(row.letter, row.name, row.threshold) for row in settings.grades)
