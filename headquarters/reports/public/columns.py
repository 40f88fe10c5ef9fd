"""The columns of the public data: those of KPIデータ without what is internal.

A row is a `KpiRow`: an indicator in a month. The CSV has all columns in every line; the JSON says
once what is the report's or the indicator's.
"""

from foundation.japanese.calendar import fiscal_year
from foundation.sheets.book import Column
from foundation.sheets.columns import OF_THE_ROW, Coded, coded, day, flat, month, number, text
from headquarters.reports import codes
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.kpi_data import entered_columns, judged_columns, subject_columns
from headquarters.reports.workbook.report_columns import is_sample, whose

INTERNAL = {"department"}
OF_INDICATOR = {"numerator_unit", "denominator_unit"}  # said with the numbers, the same each month


def report_columns(report: MonthlyReport) -> list[Column]:
    """Whose data, of which plan and edition, as of when."""
    return [
        text("計画名", "plan", lambda _: report.plan, meaning="進捗を公表している計画"),
        *whose(report),
        number("版番号", "edition", lambda _: report.edition, "番号", "何回目に締めた版か"),
    ]


def indicator_columns(report: MonthlyReport) -> list[Column]:
    """Which indicator, and how it is counted."""
    subject = [each for each in subject_columns(report) if each.name not in INTERNAL]
    found = flat(
        [
            subject,
            coded("種類", "kind", codes.KINDS, lambda r: r.kind),
            coded("方向性", "direction", codes.DIRECTIONS, lambda r: r.direction),
            text("数え方", "counting", lambda r: r.counting, meaning="年度の値の求め方"),
            number(
                "基準値",
                "baseline_value",
                lambda r: r.baseline_value,
                OF_THE_ROW,
                "計画を作ったときの値",
            ),
        ]
    )
    return [each.of(lambda r: r.indicator) for each in found]


def month_columns() -> list[Column]:
    """What was reported for a month, how it is judged, and what is said about it."""
    return flat(
        [
            number("年度（西暦）", "fiscal_year", lambda r: fiscal_year(r.cell.month), "年度"),
            month("年月", "month", lambda r: r.cell.month, "どの月の値か（西暦）"),
            entered_columns(),
            judged_columns(),
            day("測定時点", "as_of", lambda r: r.cell.as_of, "値を測った日"),
            text("公表用の文", "public_note", lambda r: r.cell.public_note, meaning="値の説明"),
        ]
    )


def csv_columns(report: MonthlyReport) -> list[Column]:
    """Every column, in the order of the CSV."""
    return [
        *report_columns(report),
        *indicator_columns(report),
        *month_columns(),
        is_sample(report),
    ]


def code_lists(report: MonthlyReport) -> dict[str, Coded]:
    """{item: the closed list} of every list of which a column takes values."""
    known = (codes.grades_of(report), *codes.CODED)
    used = {each.codes for each in csv_columns(report)}
    return {each.item: each for each in known if each.item in used}
