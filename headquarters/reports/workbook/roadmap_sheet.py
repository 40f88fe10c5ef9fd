"""工程表: steps × quarters on one A3 page, as filled cells and letters (readable in black and
white).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import (
    add_months,
    fiscal_year,
    fiscal_year_short,
    fiscal_year_start,
    last_of_month,
    month_name,
)
from foundation.sheets.book import put
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import MeasureRow, MilestoneRow, StepRow
from headquarters.reports.workbook.paper import A3_LANDSCAPE
from headquarters.reports.workbook.parts import (
    MORE,
    NO_ROADMAP,
    SHORT,
    milestone_words,
    span_words,
)
from headquarters.reports.workbook.table import (
    MOST_LINES,
    Printed,
    begun,
    finished,
    on_one_page,
    shortened,
    values_of,
)

HEAD = "マイルストーン（計画日・見込・実績）"
LEGEND = (
    "■ 計画の期間　● 完了　◆ マイルストーン（予定）　！ 遅延　毎 毎年　適 適宜"
    "　「…」で終わる文は、施策シートに全文があります。"
)
QUARTER_WIDTH = 5.0
USUAL_QUARTERS = 16  # beside which the milestones have so many units
WORDS, LEAST_WORDS = 70.0, 30.0
MOST_SIGNS = 3  # of one quarter; where there are more, each sign stands once


def _quarters(report: MonthlyReport) -> list[date]:
    """The quarters of the plan's years, as far as targets, steps and the month itself tell them."""
    years = {row.fiscal_year for item in report.indicators for row in item.targets}
    months = [day for step in report.steps for day in (step.first_month, step.last_month) if day]
    years |= {report.fiscal_year, *map(fiscal_year, months)}
    first, last = min(years), max(years)
    return [add_months(fiscal_year_start(first), 3 * n) for n in range(4 * (last - first + 1))]


def _letter(step, first, last) -> tuple[str, str]:
    """(letters, style) of one quarter of a step."""
    here = [item for item in step.milestones if first <= item.day <= last and item.kind != "off"]
    letters = _signs(here)
    style = (
        "dx-late"
        if "！" in letters
        else "dx-done"
        if letters and set(letters) == {"●"}
        else "dx-plan"
    )
    inside = (
        step.first_month is not None
        and step.first_month <= last
        and last_of_month(step.last_month) >= first
    )
    if inside:
        return letters or {"毎年": "毎", "適宜": "適"}.get(step.recurrence, "■"), style
    return letters, style if letters else "dx-center"


def _signs(here: list[MilestoneRow]) -> str:
    signs = "".join("●" if item.completed_on else "！" if item.late else "◆" for item in here)
    return signs if len(signs) <= MOST_SIGNS else "".join(dict.fromkeys(signs))


@dataclass(frozen=True)
class Line:
    """A line of the sheet; `step`: None of a measure without a readable roadmap."""

    measure: MeasureRow
    step: StepRow | None


def _lines(report: MonthlyReport) -> list[Line]:
    return [
        Line(measure, step)
        for measure in report.measures
        for step in (report.steps_of(measure.number) or (None,))
    ]


def _of_step(getter: Callable[[StepRow], str]) -> Callable[[Line], str]:
    """What the step says; nothing where there is none."""
    return lambda line: getter(line.step) if line.step else ""


def _milestones(step: StepRow) -> str:
    return "\n".join(milestone_words(item) for item in step.milestones) or "未設定"


def _columns(quarters: list[date]) -> list[Printed]:
    """The columns; their texts as long as the page allows."""

    def text(header: str, getter, width: float, style: str = "dx-body", end: str = SHORT):
        return Printed(header, getter, style, width, most=MOST_LINES, end=end)

    return [
        Printed("No", lambda line: line.measure.number, "dx-center", 4.5),
        text("個別施策", lambda line: line.measure.name, 25),
        text("工程", lambda line: line.step.name if line.step else NO_ROADMAP, 30),
        Printed("期間", _of_step(span_words), "dx-center", 16),
        text("状態", _of_step(lambda step: step.state), 12, "dx-center"),
        text("所管課", _of_step(lambda step: step.department), 12),
        text(
            HEAD,
            _of_step(_milestones),
            max(LEAST_WORDS, WORDS - QUARTER_WIDTH * (len(quarters) - USUAL_QUARTERS)),
            "dx-small",
            MORE,
        ),
        *(_quarter_column(quarter) for quarter in quarters),
    ]


def _quarter_column(quarter: date) -> Printed:
    last = last_of_month(add_months(quarter, 2))
    year = fiscal_year_short(quarter.year) if quarter.month == 4 else ""
    return Printed(
        f"{year}\n{month_name(quarter)}",
        _of_step(
            lambda step: _letter(
                step,
                quarter,
                last,
            )[0]
        ),
        width=QUARTER_WIDTH,
        dress=lambda line: _letter(line.step, quarter, last)[1] if line.step else "dx-body",
    )


def roadmap_sheet(book, report: MonthlyReport) -> None:
    """One row per step; with more steps than a page takes it goes on, its heads repeated."""
    lines, columns = _lines(report), _columns(_quarters(report))
    values = values_of(columns, lines)
    columns = on_one_page(columns, values, A3_LANDSCAPE)
    table = begun(book, report, "工程表", "工程表", columns)
    put(table.sheet.cell(3, 1), LEGEND, "dx-subtitle")
    table.sheet.row_dimensions[3].height = 16
    head = table.row - 1
    for line, said in zip(lines, values, strict=True):
        table.line(line, shortened(columns, said))
    finished(table, head, paper=A3_LANDSCAPE, frozen=3)
