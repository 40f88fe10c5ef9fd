"""What the sheets for people share: heading, figures, short forms, the words of a milestone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl.worksheet.cell_range import CellRange

from foundation.japanese.calendar import wareki_month_short, wareki_short
from foundation.japanese.numbers import format_number, format_signed
from foundation.sheets.book import put
from foundation.sheets.fitting import UNIT, height
from foundation.sheets.styles import number_format
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow, StepRow, TargetRow
from kpi.choices import Maturity
from kpi.rules.grades import LETTERS
from kpi.words import NO_TARGET_WANTED

SAMPLE = "見本データ（数値・課名・氏名・日付は架空です）"
MORE = "…（続きは施策シート）"
SHORT = "…"
DASH = "－"
NO_ROADMAP = "計画書の工程表が入力されていません（要確認）"


@dataclass(frozen=True)
class Figure:
    """A number as a cell shows it: in these digits, 「暫」 before what is provisional."""

    value: Decimal | int
    decimals: int = 0
    provisional: bool = False

    @property
    def form(self) -> str:
        """Its number format; the cell stays a number."""
        form = number_format(self.decimals)
        if not self.provisional:
            return form

        return ";".join(f'"暫"{part}' for part in form.split(";"))

    @property
    def shown(self) -> str:
        """As it will stand in the cell."""
        mark, sign = "暫" if self.provisional else "", "▲" if self.value < 0 else ""
        return f"{mark}{sign}{abs(self.value):,.{self.decimals}f}"


Shown = Figure | str | int | None


def heading(sheet, report: MonthlyReport, title: str, widths: Sequence[float]) -> int:
    """Title, month and the sample mark in rows 1–2 over the columns of these widths.

    Returns the next free row.
    """
    text = f"{report.plan}　{report.as_of_words}　{report.version_words}"
    text += f"　{SAMPLE}" if report.sample else ""
    points = sum(widths) * UNIT
    for row, words, style, size in (
        (1, title, "dx-sheet-title", 16),
        (2, text, "dx-sheet-subtitle", 10),
    ):
        put(
            sheet.cell(row, 1),
            words,
            style,
        )
        sheet.merged_cells.add(CellRange(None, 1, row, len(widths), row))  # no borders to work out
        sheet.row_dimensions[row].height = height(words, points, size)
    sheet.row_dimensions[3].height = 6
    return 4


def height_of(sheet, last: int) -> float:
    """Points of the rows 1 to `last`, which were given a height."""
    return sum(sheet.row_dimensions[row].height or 15 for row in range(1, last + 1))


def figure(value: Decimal | None, decimals: int) -> Figure | str:
    """A number, or － where there is none."""
    return DASH if value is None else Figure(value, decimals)


def year_value(row: IndicatorRow) -> Figure | str:
    """The year's figure; one of an earlier year with its month, without one why there is none."""

    if row.actual is None:
        return row.uncomputed or _why_none(row)

    if row.earlier:
        return f"{format_number(row.actual, row.decimals)}{row.earlier}"

    return Figure(row.actual, row.decimals, is_provisional(row))


def _why_none(row: IndicatorRow) -> str:
    """Why there is no figure of the year: what the newest month says."""
    newest = row.months[-1] if row.months else None

    if newest is None or newest.figure is not None:
        return DASH

    return newest.missing_reason or newest.state or DASH


def is_provisional(row: IndicatorRow) -> bool:
    """Is anything that the year's figure is made of 暫定?"""
    return row.actual_maturity == Maturity.PROVISIONAL.label


def target_of(row: IndicatorRow, year: int) -> TargetRow | None:
    """The target of a fiscal year that is in force."""
    return next((each for each in row.targets if each.fiscal_year == year), None)


def target(row: IndicatorRow, year: int) -> Figure | str:
    """A year's target: a number, a range 「60～80」, 目標なし or 未設定."""
    found = target_of(row, year)
    if found is None:
        return "未設定"
    if found.none:
        return NO_TARGET_WANTED

    if found.value is not None:
        return Figure(found.value, row.decimals)

    if found.lower is None and found.upper is None:
        return "未設定"
    ends = (found.lower, found.upper)

    return "～".join("" if end is None else format_number(end, row.decimals) for end in ends)


def span_words(step: StepRow) -> str:
    """「R8.4–R9.3」; 要確認 where the plan's span could not be read."""
    if step.first_month is None or step.last_month is None:
        return "要確認"

    return f"{wareki_month_short(step.first_month)}–{wareki_month_short(step.last_month)}"


def milestone_words(item) -> str:
    """A milestone in one line: name, plan, forecast or completion, state."""
    text = f"{item.name}（計画 {wareki_short(item.approved_on)}"

    if item.completed_on:
        text += f"、完了 {wareki_short(item.completed_on)}"
    elif item.forecast_on:
        text += f"、見込 {wareki_short(item.forecast_on)}"
        if item.forecast_passed:
            text += "も過ぎています"

    if item.original_slip:
        text += f"、当初計画から{format_signed(Decimal(item.original_slip))}日"

    return f"{'！' if item.late else ''}{text}、{item.state}）"


def grade_style(grade) -> str:
    """The style of a grade's cell."""
    return f"dx-grade-{grade}" if grade in LETTERS else "dx-center"
