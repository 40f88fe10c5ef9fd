"""工程データ: one row per milestone, or per step without one."""

from typing import Any, NamedTuple

from foundation.sheets.book import Column
from foundation.sheets.columns import coded, day, flat, month, number, text, yes_no
from headquarters.reports import codes
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import MilestoneRow, StepRow
from headquarters.reports.workbook.report_columns import is_sample, whose


class DatedRow(NamedTuple):
    """A row of 工程データ. `item`: None for a step without milestones."""

    step: StepRow
    item: MilestoneRow | None


def step_rows(report: MonthlyReport) -> list[DatedRow]:
    """Every milestone, and the steps without."""
    return [DatedRow(step, item) for step in report.steps for item in (step.milestones or (None,))]


def _of_item(name: str):
    """Getter of a field of the milestone; empty where the step has none."""

    def get(row: DatedRow) -> Any:
        return getattr(
            row.item,
            name,
            None,
        )

    return get


def step_columns(report: MonthlyReport, version: str = "") -> list[Column]:
    """The columns of 工程データ."""
    return flat(
        [
            whose(report, version),
            _steps(report),
            _milestones(),
            is_sample(report),
        ]
    )


def _steps(report: MonthlyReport) -> list[Column]:
    measures = {row.number: row.name for row in report.measures}
    return flat(
        [
            number("施策番号", "measure_number", lambda r: r.step.measure, "番号", width=8),
            text("施策名", "measure_name", lambda r: measures.get(r.step.measure), 24),
            number(
                "工程ID",
                "step_id",
                lambda r: r.step.id,
                "番号",
                "工程を区別する番号。名称が変わっても同じ",
                8,
            ),
            text("工程名", "step", lambda r: r.step.name, 30),
            coded("繰返し", "recurrence", codes.RECURRENCES, lambda r: r.step.recurrence, 8),
            month("開始月", "first_month", lambda r: r.step.first_month),
            month("終了月", "last_month", lambda r: r.step.last_month),
            text("所管課", "department", lambda r: r.step.department),
            coded(
                "工程の状態",
                "step_state",
                codes.STEP_STATES,
                lambda r: codes.STEP_STATES.label_of(r.step.kind),
            ),
        ]
    )


def _milestones() -> list[Column]:
    return flat(
        [
            number(
                "マイルストーンID",
                "milestone_id",
                _of_item("id"),
                "番号",
                "マイルストーンを区別する番号。名称が変わっても同じ",
            ),
            text("マイルストーン", "milestone", _of_item("name"), 24),
            day("当初計画", "original_on", _of_item("original_on"), "計画を決めたときの期日"),
            day("現行計画", "approved_on", _of_item("approved_on"), "いま有効な計画の期日"),
            day("見込", "forecast_on", _of_item("forecast_on"), "課が述べた見込の期日"),
            day("実績", "completed_on", _of_item("completed_on"), "完了した日"),
            coded(
                "マイルストーンの状態", "state", codes.MILESTONE_STATES, _of_item("state"), width=14
            ),
            yes_no("遅延", "is_late", _of_item("late"), "計画の期日を過ぎて完了していないか"),
            number(
                "ずれ（日）",
                "slip_days",
                _of_item("slip"),
                "日",
                "見込または実績から現行計画を引いた日数。負は早い",
            ),
            number("延期回数（回）", "postponements", _of_item("postponements"), "回"),
            text("理由", "reason", _of_item("reason"), 30),
        ]
    )
