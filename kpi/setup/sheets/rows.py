"""The targets as they stand: for the sheet that goes out and the one that comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from foundation.japanese.calendar import first_of_month, fiscal_year_end
from foundation.records.actions import current_revision, local_day, sample_loaded
from foundation.round_trip.row import Texts
from kpi import words
from kpi.models import Indicator, ReportingMonth, Target
from kpi.months import closed_sentence
from kpi.setup.sheets.columns import TERM_LABELS, field_of
from kpi.setup.target_table import Cell, TargetTable, TargetTableRow
from kpi.setup.targets import first_month_of
from measures.models import Plan
from measures.months import PlanMonths

CLOSED_YEAR = "締めた年度です。{}"


def plain(number: Decimal | None) -> str:
    """「1200」: all digits and no more; "" for None."""
    return "" if number is None else f"{number.normalize():f}"


def text_of(aim: Mapping[str, Any]) -> str:
    """What is aimed at as one text that is read again: 「1200」「10～20」「目標なし」."""
    if aim.get("none"):
        return words.NO_TARGET_WANTED
    if aim.get("value") is not None:
        return plain(aim["value"])
    return f"{plain(aim.get('lower'))}～{plain(aim.get('upper'))}"


def text_of_stored(row: Target | None) -> str:
    """The same of a stored version; "" for none."""
    if row is None:
        return ""
    names = ("none", "value", "lower", "upper")
    return text_of(
        {
            name: getattr(
                row,
                name,
            )
            for name in names
        }
    )


@dataclass(frozen=True)
class TargetsNow:
    """The targets of an indicator as they stand now. `shut`: {field: why that year stays}."""

    row: TargetTableRow
    today: date
    shut: dict[str, str] = field(default_factory=dict)
    lock: str = ""

    @property
    def indicator(self) -> Indicator:
        """The indicator."""
        found: Indicator = self.row.indicator
        return found

    @property
    def key(self) -> int:
        """Its id."""
        return self.indicator.pk

    @property
    def number(self) -> str:
        """「1-1」."""
        return self.indicator.code

    @property
    def name(self) -> str:
        """「1-1 オンライン化率」."""
        return str(self.indicator)

    @property
    def cells(self) -> dict[str, Cell]:
        """{field: the year's target}."""
        return {field_of(cell.year): cell for cell in self.row.cells}

    @property
    def version(self) -> str:
        """The newest versions of the years: 「2・1・1・0」."""
        return "・".join(str(cell.version) for cell in self.row.cells)

    @property
    def texts(self) -> Texts:
        """What is aimed at in each year; what a version is decided with is said of a change."""
        return self.aims | dict.fromkeys(
            TERM_LABELS,
            "",
        )

    @property
    def aims(self) -> Texts:
        """{field: what is aimed at}."""
        return {name: text_of_stored(cell.stored) for name, cell in self.cells.items()}


@dataclass(frozen=True)
class TargetSheet:
    """All targets, to be taken along."""

    plan: str
    months: PlanMonths
    years: list[int]
    rows: tuple[TargetsNow, ...]
    revision: int
    sample: bool
    issued_at: datetime

    @property
    def facts(self) -> str:
        """「指標 23件 × 4年度（設定済み 80／92）」."""
        aims = [text for row in self.rows for text in row.aims.values()]
        done = sum(map(bool, aims))
        years = len(self.years)
        return f"指標 {len(self.rows)}件 × {years}年度（設定済み {done}／{len(aims)}）"


def targets_now(at: datetime) -> list[TargetsNow]:
    """The targets of all indicators as they stand, in the plan's order. Few queries."""
    months = Plan.objects.current().months
    table = TargetTable.load(months.collected(local_day(at)))
    closed = ReportingMonth.objects.last_closed()
    return [TargetsNow(row, local_day(at), _shut(row, closed)) for row in table.rows]


def _shut(row: TargetTableRow, closed: date | None) -> dict[str, str]:
    """The years whose targets cannot be set any more, or not at all."""
    found = {}
    for cell in row.cells:
        why = _why_shut(
            row.indicator,
            cell.year,
            closed,
        )
        if why:
            found[field_of(cell.year)] = why
    return found


def _why_shut(indicator: Indicator, year: int, closed: date | None) -> str:
    if closed and first_of_month(fiscal_year_end(year)) <= closed:
        return CLOSED_YEAR.format(closed_sentence(closed))
    try:
        first_month_of(
            indicator,
            year,
        )
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def target_sheet_of(issued_at: datetime) -> TargetSheet:
    """The sheet as it is taken along now."""
    plan = Plan.objects.current()
    return TargetSheet(
        plan=plan.title,
        months=plan.months,
        years=list(plan.fiscal_years),
        rows=tuple(targets_now(issued_at)),
        revision=current_revision(),
        sample=sample_loaded(),
        issued_at=timezone.localtime(issued_at).replace(microsecond=0),
    )
