"""KPIデータ: one row per indicator and month since the plan's start, long and typed."""

from typing import NamedTuple

from foundation.japanese.calendar import fiscal_year
from foundation.sheets.book import Column
from foundation.sheets.columns import (
    OF_THE_ROW,
    coded,
    day,
    flat,
    month,
    number,
    text,
)
from headquarters.reports import codes
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow, MonthCell
from headquarters.reports.workbook.report_columns import is_sample, whose
from kpi.rules.codes import machine_code


class KpiRow(NamedTuple):
    """A row of KPIデータ."""

    indicator: IndicatorRow
    cell: MonthCell


def kpi_rows(report: MonthlyReport) -> list[KpiRow]:
    """Every indicator in every month."""
    return [KpiRow(each, cell) for each in report.indicators for cell in each.months]


def kpi_columns(report: MonthlyReport) -> list[Column]:
    """The columns of KPIデータ."""
    return flat(
        [
            whose(report),
            number("年度（西暦）", "fiscal_year", lambda r: fiscal_year(r.cell.month), "年度"),
            month("年月", "month", lambda r: r.cell.month, "どの月の値か（西暦）"),
            _subject(report),
            entered_columns(),
            judged_columns(),
            day("測定時点", "as_of", lambda r: r.cell.as_of, "値を測った日"),
            text("出典", "data_source", lambda r: r.indicator.source, 16),
            text("備考", "note", lambda r: r.cell.note, 30),
            is_sample(report),
        ]
    )


def subject_columns(report: MonthlyReport) -> list[Column]:
    """Which indicator an `IndicatorRow` is."""
    measures = {row.number: row.name for row in report.measures}
    return [
        number("施策番号", "measure_number", lambda r: r.measure, "番号", width=8),
        text("施策名", "measure_name", lambda r: measures.get(r.measure), 24),
        text(
            "指標番号",
            "indicator_code",
            lambda r: machine_code(r.code),
            10,
            "計画の指標番号の前にKPIを付けたもの（1-1は表計算ソフトで日付になるため）",
        ),
        text("指標名", "indicator_name", lambda r: r.name, 30),
        text("入力課", "department", lambda r: r.department, 14, "値を入力する課"),
        text("単位", "unit", lambda r: r.unit, 6, "値・目標・期待値の単位"),
    ]


def _of_indicator(column: Column) -> Column:
    """The column of an indicator's row, for a row of KPIデータ."""
    return column.of(lambda r: r.indicator)


def _subject(report: MonthlyReport) -> list[Column]:
    found = [_of_indicator(each) for each in subject_columns(report)]
    found += coded("種類", "kind", codes.KINDS, lambda r: r.indicator.kind, 8)
    found += coded("方向性", "direction", codes.DIRECTIONS, lambda r: r.indicator.direction, 8)
    return found


def entered_columns() -> list[Column]:
    """What was reported for the month."""
    return flat(
        [
            coded(
                "入力の状態",
                "cell_state",
                codes.CELL_STATES,
                lambda r: r.cell.state,
                meaning="空欄の理由を区別する（0と空欄は別）",
            ),
            number(
                "実績値",
                "value",
                lambda r: r.cell.value,
                OF_THE_ROW,
                "その月に報告された値。割合の指標では空欄（分子・分母を見る）",
            ),
            number(
                "分子",
                "numerator",
                lambda r: r.cell.numerator,
                "（分子の単位の列）",
                "割合の指標の分子",
            ),
            text("分子の単位", "numerator_unit", lambda r: r.indicator.numerator_unit, 8),
            number(
                "分母",
                "denominator",
                lambda r: r.cell.denominator,
                "（分母の単位の列）",
                "割合の指標の分母",
            ),
            text("分母の単位", "denominator_unit", lambda r: r.indicator.denominator_unit, 8),
            coded(
                "値なしの理由",
                "missing_reason",
                codes.MISSING_REASONS,
                lambda r: r.cell.missing_reason,
            ),
            coded(
                "確定区分",
                "maturity",
                codes.MATURITIES,
                lambda r: r.cell.maturity,
                meaning="値が後で変わりうるか（暫定）、変わらないか（確定）",
            ),
        ]
    )


def judged_columns() -> list[Column]:
    """How it is judged as of the month."""
    return flat(
        [
            number(
                "年度の値",
                "year_to_date",
                lambda r: r.cell.actual,
                OF_THE_ROW,
                "数え方のきまりで求めた、その月末時点の年度の値",
            ),
            coded(
                "年度の値の確定区分",
                "year_to_date_maturity",
                codes.MATURITIES,
                lambda r: r.cell.actual_maturity,
                meaning="年度の値に暫定の月の値が入っていれば暫定",
            ),
            number("前年同月", "last_year", lambda r: r.cell.last_year, OF_THE_ROW, LAST_YEAR),
            *target_columns(lambda r: r.cell),
            number(
                "達成率（％）",
                "achievement_rate",
                lambda r: r.cell.rate,
                "％",
                "その月末時点の達成率。年度の途中は期待値、年度末は年度目標に対する率",
            ),
            text("評価区分", "grade", lambda r: r.cell.grade, 8).taken_from(codes.GRADES),
            coded(
                "評価対象外の理由", "not_evaluated", codes.NOT_JUDGED, lambda r: r.cell.not_judged
            ),
        ]
    )


LAST_YEAR = "前の年度の同じ月の値。合計する指標では、4月からその月までの合計"


def target_columns(of) -> list[Column]:
    """Target and what is expected by now, of a row's part that has them (`of`)."""
    return [
        number(
            "年度目標",
            "target",
            lambda r: of(r).target,
            OF_THE_ROW,
            "その年度の目標（その月に有効な版）。範囲の目標では空欄（下限・上限を見る）",
        ),
        number("目標の下限", "target_lower", lambda r: of(r).lower, OF_THE_ROW, "範囲の目標の下限"),
        number("目標の上限", "target_upper", lambda r: of(r).upper, OF_THE_ROW, "範囲の目標の上限"),
        number(
            "期待値",
            "expectation",
            lambda r: of(r).expectation,
            OF_THE_ROW,
            "年度目標に向けて、その月末に達しているはずの値",
        ),
    ]
