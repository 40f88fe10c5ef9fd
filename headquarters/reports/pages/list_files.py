"""What the lists of a viewpoint hold as data: indicators, milestones, submissions."""

from collections.abc import Iterable, Sequence

from foundation.sheets.book import Column
from foundation.sheets.columns import coded, flat, month, number, text
from foundation.sheets.download import sample_mark
from foundation.sheets.lists import DataList
from headquarters.reports import codes
from headquarters.reports.pages.lists import ListRow
from headquarters.reports.pages.viewpoint import Viewpoint
from headquarters.reports.rows import DepartmentRow
from headquarters.reports.workbook.kpi_data import subject_columns, target_columns
from headquarters.reports.workbook.outlook_data import (
    forecast_columns,
    last_year_columns,
    pace_columns,
)
from headquarters.reports.workbook.report_columns import is_sample, whose
from headquarters.reports.workbook.step_data import step_columns


def _listed(
    viewpoint: Viewpoint, title: str, columns: Sequence[Column], rows: Iterable
) -> DataList:
    """A list of a viewpoint: 「KPI一覧_2026-10_第2版」."""
    report = viewpoint.report
    mark = sample_mark(report.sample)
    name = f"{title}_{viewpoint.month:%Y-%m}_{viewpoint.version}{mark}"
    return DataList(
        title,
        name,
        columns,
        rows,
        report.made_at,
        report.municipality,
    )


def _of_row(columns: Iterable[Column]) -> list[Column]:
    """Columns of an indicator's row, for a line of the list."""
    return [column.of(lambda each: each.row) for column in columns]


def indicator_file(viewpoint: Viewpoint, rows: list[ListRow]) -> DataList:
    """KPI一覧: what the list of indicators shows."""
    report = viewpoint.report
    columns = flat(
        [
            whose(report, viewpoint.version),
            _of_row(subject_columns(report)),
            _of_row(target_columns(lambda row: row)),
            _judged(),
            text("前の版の評価区分", "grade_before", lambda each: each.before, 8),
            text("前の版からの変化", "change", lambda each: each.change_name, 10),
            _of_row([*last_year_columns(), *forecast_columns(), *pace_columns()]),
            coded(
                "当月の入力の状態",
                "cell_state",
                codes.CELL_STATES,
                lambda each: codes.CELL_STATES.label_of(each.row.state),
            ),
            text("評価の文", "sentence", lambda each: each.row.sentence, 44),
            is_sample(report),
        ]
    )
    return _listed(viewpoint, "KPI一覧", columns, rows)


def _judged() -> list[Column]:
    """The year's figure and its judgement."""
    return flat(
        [
            number("年度の値", "year_to_date", lambda each: each.row.actual, "（単位の列）"),
            month(
                "年度の値の年月",
                "year_to_date_of",
                lambda each: each.row.actual_of,
                "前の年度の値を示すときだけ、その年月",
            ),
            month("評価した年月", "judged_until", lambda each: each.row.judged_until),
            number("達成率（％）", "achievement_rate", lambda each: each.row.rate, "％"),
            text("評価区分", "grade", lambda each: each.row.grade, 8),
            coded(
                "評価対象外の理由",
                "not_evaluated",
                codes.NOT_JUDGED,
                lambda each: each.row.not_judged,
            ),
        ]
    )


def milestone_file(viewpoint: Viewpoint, lines: list) -> DataList:
    """節目の一覧: what the list of milestones shows, with the columns of 工程データ."""
    columns = step_columns(viewpoint.report, viewpoint.version)
    said = text("説明", "sentence", lambda line: line.item.sentence, 44)
    return _listed(viewpoint, "マイルストーンの一覧", [*columns, said], lines)


def submission_file(viewpoint: Viewpoint, lines: list[DepartmentRow]) -> DataList:
    """提出の一覧: the submission of each department."""
    columns = [
        *whose(viewpoint.report, viewpoint.version),
        text("入力課", "department", lambda line: line.name, 16),
        *coded("提出の状態", "submission", codes.SUBMISSIONS, lambda line: line.state),
        number("入力する指標（件）", "due", lambda line: line.due, "件"),
        number("入力した指標（件）", "answered", lambda line: line.answered, "件"),
        is_sample(viewpoint.report),
    ]
    return _listed(
        viewpoint,
        "提出の一覧",
        columns,
        lines,
    )
