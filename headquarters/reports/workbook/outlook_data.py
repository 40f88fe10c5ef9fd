"""見込データ: one row per indicator, what stands beside its judgement in the report's month."""

from typing import Any

from foundation.sheets.book import Column
from foundation.sheets.columns import OF_THE_ROW, day, flat, month, number, text, yes_no
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow
from headquarters.reports.workbook.kpi_data import LAST_YEAR, subject_columns
from headquarters.reports.workbook.report_columns import is_sample, whose
from kpi.words import point_unit

AGAINST_TARGET = "年度目標に対する率。評価には使わない"


def of_beside(name: str, field: str):
    """Getter of a field of what stands beside the judgement; empty where there is none."""

    def get(row: IndicatorRow) -> Any:
        beside = getattr(row, name)
        return None if beside is None else getattr(beside, field)

    return get


def outlook_columns(report: MonthlyReport) -> list[Column]:
    """The columns of 見込データ."""
    return flat(
        [
            whose(report),
            subject_columns(report),
            last_year_columns(),
            _forecast(),
            pace_columns(),
            _plan(),
            is_sample(report),
        ]
    )


def last_year_columns() -> list[Column]:
    """The figure of the same month a year before, and what has changed since."""
    return [
        month("前年比較の月", "compared_month", of_beside("last_year", "month"), "比べた月"),
        yes_no(
            "前年と比べられる",
            "comparable",
            of_beside("last_year", "comparable"),
            "数え方が変わり、比べられないときは「いいえ」",
        ),
        number(
            "前年同月",
            "same_month_last_year",
            of_beside("last_year", "before"),
            OF_THE_ROW,
            LAST_YEAR,
        ),
        number(
            "前年との差",
            "difference",
            of_beside("last_year", "difference"),
            "（差の単位の列）",
            "比較の月の値から前年同月を引いた差",
        ),
        text("差の単位", "difference_unit", lambda r: point_unit(r.unit), 8),
    ]


def forecast_columns() -> list[Column]:
    """What the department expects at the year's end."""
    return [
        number(
            "年度末見込",
            "year_end_forecast",
            of_beside("forecast", "figure"),
            OF_THE_ROW,
            "課が述べた年度末の見込。評価には使わない",
        ),
        number(
            "見込の率（％）",
            "forecast_rate",
            of_beside("forecast", "rate"),
            "％",
            f"年度末見込の、{AGAINST_TARGET}",
        ),
    ]


def _forecast() -> list[Column]:
    """The same with its parts, its reason and its day."""
    return [
        month("見込を述べた月", "forecast_month", of_beside("forecast", "month")),
        *forecast_columns(),
        number(
            "分子の見込",
            "forecast_numerator",
            of_beside("forecast", "numerator"),
            "（分子の単位の列）",
        ),
        text("分子の単位", "numerator_unit", lambda r: r.numerator_unit, 8),
        number(
            "分母の見込",
            "forecast_denominator",
            of_beside("forecast", "denominator"),
            "（分母の単位の列）",
        ),
        text("分母の単位", "denominator_unit", lambda r: r.denominator_unit, 8),
        text("見込の理由", "forecast_reason", of_beside("forecast", "reason"), 30),
        day("見込の入力日", "forecast_said_on", of_beside("forecast", "said_on")),
    ]


def pace_columns() -> list[Column]:
    """Where the present pace leads."""
    return [
        number(
            "このままのペースなら",
            "projection",
            of_beside("pace", "figure"),
            OF_THE_ROW,
            "これまでのペースが年度末まで続いたときの値。評価には使わない",
        ),
        number(
            "このままのペースの率（％）",
            "projection_rate",
            of_beside("pace", "rate"),
            "％",
            f"このままのペースの値の、{AGAINST_TARGET}",
        ),
    ]


def _plan() -> list[Column]:
    return [
        number(
            "計画全体の進捗（％）",
            "final_progress",
            of_beside("plan_progress", "rate"),
            "％",
            "基準値から最終目標までのうち、年度末に達した割合（年度末だけ）",
        ),
        number(
            "計画期間の経過（％）",
            "plan_elapsed",
            of_beside("plan_progress", "elapsed"),
            "％",
            "計画期間のうち、年度末までに過ぎた年度の割合（年度末だけ）",
        ),
        text(
            "計画全体の進捗がない理由",
            "final_progress_missing",
            of_beside("plan_progress", "words"),
            20,
        ),
    ]
