"""How values, targets, figures, grades and reasons are said in Japanese. Each in one function."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from foundation.japanese.calendar import (
    fiscal_year_name,
    month_name,
    wareki_month_short,
)
from foundation.japanese.numbers import format_number, format_plain, format_signed
from foundation.round_trip.shown import saved_by
from kpi.choices import MissingReason, NotJudged
from kpi.models import Definition, KpiValue, Target, YearEndForecast
from kpi.rules.achievement import Band
from kpi.rules.checks import Entry
from kpi.rules.counting import Reading, Rule, next_due, scale_of
from kpi.rules.judged import Progress, show
from kpi.rules.outlook import OTHER_COUNT


class RowStatus(NamedTuple):
    """What the last column of a form row says.

    `kind`: ok, bad, conflict, warn, lock, off or todo, for the style; `text`: the words.
    """

    kind: str
    text: str


WRONG = RowStatus("bad", "誤り・未保存")
SAVED = RowStatus("ok", "保存済み")

DASH = "－"
NO_TARGET_WANTED = str(NotJudged.NO_TARGET_BY_DECISION.label)
EMPTY = "未入力"
NOT_COMPARABLE = OTHER_COUNT

__all__ = [
    "DASH",
    "EMPTY",
    "NOT_COMPARABLE",
    "SAVED",
    "WRONG",
    "RowStatus",
    "actual",
    "ahead",
    "changed",
    "earlier",
    "figure",
    "forecast",
    "grade_name",
    "last_year",
    "not_due",
    "point_unit",
    "reason",
    "saved_by",
    "show",
    "target",
    "target_line",
    "value",
]


def value(row: KpiValue | Entry | Reading | None) -> str:
    """A value, stored or about to be: 「118」「118／598」「対象外」; nothing for nothing; a
    denominator whose numerator is not known yet 「－／598」.
    """
    if row is None:
        return ""
    if row.missing_reason:
        return MissingReason(row.missing_reason).label
    if row.denominator is not None:
        numerator = DASH if row.numerator is None else format_plain(row.numerator)
        return f"{numerator}／{format_plain(row.denominator)}"
    return "" if row.value is None else format_plain(row.value)


def forecast(row: YearEndForecast | None) -> str:
    """A forecast as it was typed: 「1430」「800／4500」; nothing for nothing."""
    if row is None:
        return ""
    if row.numerator is not None and row.denominator is not None:
        return f"{format_plain(row.numerator)}／{format_plain(row.denominator)}"
    return "" if row.value is None else format_plain(row.value)


def figure(number: Decimal | None, definition: Definition) -> str:
    """A figure of the year with its unit, in the digits of the definition: 「1,208件」「－」."""
    if number is None:
        return DASH
    return f"{format_number(number, definition.decimals)}{definition.unit}"


def changed(difference: Decimal | None, unit: str, decimals: int) -> str:
    """A difference with its sign and unit: 「＋76件」, of percentages 「−1.2ポイント」, or －."""
    if difference is None:
        return DASH
    return f"{format_signed(difference, decimals)}{point_unit(unit)}"


def ahead(expected: str, against: str, reason: str = "") -> str:
    """「1,430件、目標の95.3％（見込）。11月から転出届が加わる」; `expected`: 「1,430件」."""
    said = f"{expected}、{against}" if against else expected
    return f"{said}。{reason}" if reason else said


def last_year(before: str, difference: str) -> str:
    """「612件（前年より＋76件）」, of both in words."""
    return f"{before}（前年より{difference}）"


def not_due(definition: Definition, rule: Rule, month: date) -> str:
    """Why nothing is asked in a month, and when it will be."""
    following = next_due(rule, month)
    when = (
        f"次は{following.year}年{month_name(following)}分です"
        if following
        else "測定の予定がありません"
    )
    return f"今月は測定時期ではありません（{definition.get_frequency_display()}）。{when}"


def point_unit(unit: str) -> str:
    """The unit of a difference: of percentages ポイント."""
    return "ポイント" if scale_of(unit) != 1 else unit


def actual(judged: Progress, definition: Definition) -> str:
    """The year's figure so far; one of another time carries its month: 「83.3％（R9.3）」, one that
    cannot be computed shows its parts: 「0／0」.
    """
    if judged.actual is None and judged.denominator is not None and judged.numerator is not None:
        return f"{format_plain(judged.numerator)}／{format_plain(judged.denominator)}"
    shown = figure(judged.actual, definition)
    return f"{shown}{earlier(judged)}"


def earlier(judged: Progress) -> str:
    """「（R9.3）」 behind a figure of another time (of an earlier year, of a survey)."""
    if not judged.shows_month or judged.actual is None or judged.actual_month is None:
        return ""
    return f"（{wareki_month_short(judged.actual_month)}）"


def target(row: Target) -> str:
    """A target without its unit: 「120」, 「10～20」 for a range, 「目標なし」."""
    if row.none:
        return NO_TARGET_WANTED
    if row.withdraws:
        return f"第{row.withdraws}版の取下げ"
    if row.value is not None:
        return format_plain(row.value)
    return "～".join(_plain(number) for number in (row.lower, row.upper))


def target_line(row: Target, definition: Definition) -> str:
    """「令和8年度：120件（9月末 60）　第2版：理由」, in the digits of the definition."""

    def digits(number: Decimal | None) -> str:
        return "" if number is None else format_number(number, definition.decimals)

    amount = f"{digits(row.value)}{definition.unit}"
    if row.none:
        amount = NO_TARGET_WANTED
    elif row.value is None:
        amount = f"{digits(row.lower)}～{digits(row.upper)}"
    midyear = f"（9月末 {digits(row.midyear_value)}）" if row.midyear_value is not None else ""
    version = f"　第{row.version}版：{row.reason}" if row.version > 1 else ""
    return f"{fiscal_year_name(row.fiscal_year)}：{amount}{midyear}{version}"


def grade_name(judged: Progress, bands: tuple[Band, ...]) -> str:
    """The name of the grade, as the plan's data has it; nothing where there is none."""
    return next((band.name for band in bands if band.letter == judged.grade), "")


def reason(judged: Progress) -> str:
    """Why an indicator is not judged; nothing where it is."""
    return NotJudged(judged.not_judged).label if judged.not_judged else ""


def _plain(number: Decimal | None) -> str:
    return "" if number is None else format_plain(number)
