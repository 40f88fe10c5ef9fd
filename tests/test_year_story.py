"""A year as the town lives it, April to May: every month entered, judged, closed, and never moved.

The numbers are those of docs/rules.md §2–5 worked by hand. Each month is closed with its edition;
at the end every edition still says what was said then.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from foundation.japanese.calendar import add_months, month_span
from headquarters.reports.actions import close_month
from headquarters.reports.editions import report_of
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather
from kpi.actions import record_value
from kpi.forecasts.actions import NewForecast, record_forecast
from kpi.models import Definition, Indicator, KpiValue
from kpi.month.reopenings import decide_reopening, request_reopening
from kpi.rules.checks import Entry
from kpi.setup.definitions import set_definition, shown_of
from kpi.setup.plan_changes import add_indicator
from kpi.setup.targets import NewTarget, set_target
from measures.models import Measure

pytestmark = [pytest.mark.django_db, pytest.mark.pure]
APRIL, MARCH = date(2026, 4, 1), date(2027, 3, 1)
OFF = "not_applicable"
SUM = {"kind": "number", "accumulation": "year_sum", "unit": "件"}
LEVEL = SUM | {"accumulation": "latest"}
SHARE = {
    "kind": "ratio",
    "accumulation": "year_sum",
    "unit": "％",
    "decimals": 1,
    "numerator_label": "利用した人",
    "denominator_label": "対象の人",
}
# code → (definition, {year: target}, what was reported from April 2026 on)
LIVED = {
    "1-2": (SUM, {2026: 120, 2027: 150}, [8, 8, 8, 8, 8, 5, 5, 2, 2, 2, 2, 2, 9, 9]),
    "3-1": (
        SHARE | {"baseline_value": D(12), "baseline_fiscal_year": 2025},
        {2026: 20},
        [(99, 553)] * 6 + [(100, 555), (100, 554)] + [(100, 500)] * 4,
    ),
    "4-1": (SUM, {2026: 30}, [2, 3, 3, 3, 3, 2, OFF, 3, 3, 3, 3, 2]),
    "5-1": (SUM | {"accumulation": "plan_sum"}, {2026: 34, 2027: 64}, [3] * 10 + [2, 2, 3]),
    "5-3": (SUM, {2026: 120}, [10] * 10 + [12, OFF]),
    "8-1": (LEVEL, {2026: 95, 2027: 80}, [96] * 11 + [90, 88]),
    "9-1": (
        LEVEL | {"method": "baseline_ratio", "baseline_value": D(50), "baseline_fiscal_year": 2025},
        {2026: 54, 2027: 60, 2029: 70},
        [44] * 12 + [48],
    ),
    "10-3": (SHARE | {"accumulation": "latest"}, {2026: 20}, [(0, 0)] * 3),
}
# month → {code: (grade or reason, rate)} as judged at its end
TOLD = {
    date(2026, 6, 1): {"10-3": ("算定不能", None), "5-3": ("A", "100.0")},
    date(2026, 9, 1): {"4-1": ("A", "106.7"), "1-2": ("C", "75.0"), "9-1": ("D", "-300.0")},
    date(2026, 10, 1): {"4-1": ("A", "106.7"), "1-2": ("A", "142.9"), "11-1": ("計画前", None)},
    date(2026, 11, 1): {"3-1": ("A", "103.5"), "11-1": ("A", "100.0")},
    date(2027, 2, 1): {"5-3": ("A", "101.8")},
    MARCH: {"5-3": ("A", "101.8"), "8-1": ("B", "94.7"), "5-1": ("A", "100.0")},
    date(2027, 4, 1): {"5-1": ("A", "101.4"), "9-1": ("D", "-240.0"), "8-1": ("A", "110.0")},
}


def at_noon(day):
    """Noon of a day in Japan."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def indicator(code):
    return Indicator.objects.get(code=code)


def enter(by, code, month, answer, *, on, seen=0):
    """What was reported for a month; a rate as a pair, a reason by its name."""
    given = {"note": "確かめた"}
    if isinstance(answer, str):
        given["missing_reason"] = answer
    elif isinstance(answer, tuple):
        given |= {"numerator": D(answer[0]), "denominator": D(answer[1])}
    else:
        given["value"] = D(answer)
    row = indicator(code)
    return record_value(
        by=by, indicator=row, month=month, seen_version=seen, entry=Entry(**given), on=on
    )


def define(by, code, values, **terms):
    """Change what is given of an indicator's newest definition."""
    row = Definition.objects.filter(indicator__code=code).latest("from_month", "version")
    shown = shown_of(row)
    shown.pop("published")
    shown |= {"numerator_label": "", "denominator_label": "", "measured_from": None}
    set_definition(by=by, indicator=row.indicator, values=shown | values, published=False, **terms)


@pytest.fixture
def lived(secretariat, sketched):
    """Set-up in April, then every month in turn; {month: (grade or reason, rate) by code}."""
    sketched.add(MARCH)
    with time_machine.travel(at_noon(date(2026, 4, 1)), tick=False) as clock:
        for code, (definition, targets, _) in LIVED.items():
            define(secretariat, code, definition)
            for year, value in targets.items():
                new = NewTarget(year, D(value))
                set_target(by=secretariat, indicator=indicator(code), new=new)
        told = {}
        for place, month in enumerate(month_span(APRIL, date(2027, 4, 1))):
            on = add_months(month, 1) + timedelta(days=6)
            clock.move_to(at_noon(on))
            _what_happens(secretariat, month, on)
            for code, (_, _, answers) in LIVED.items():
                if place < len(answers):
                    enter(secretariat, code, month, answers[place], on=on)
            told[month] = judged(month, on)
            if month <= MARCH:
                close_month(by=secretariat, month=month, on=on, reason="ほかの指標は対象外")
        yield told


def _what_happens(by, month, on):
    """What the town decides in the course of the year, before a month is entered."""
    if month == date(2026, 9, 1):
        new = NewForecast(value=D(84), reason="秋に落ちる見込み")
        record_forecast(by=by, indicator=indicator("1-2"), month=month, new=new, on=on)
    elif month == date(2026, 10, 1):
        revised = NewTarget(
            2026, D(60), from_month=month, reason="窓口の縮小", decided_where="課長会議"
        )
        set_target(by=by, indicator=indicator("1-2"), new=revised)
    elif month == date(2026, 11, 1):
        again = LIVED["3-1"][0] | {"denominator_label": "対象になる人"}
        terms = {"reason": "言い方をそろえる", "change": "rewording", "from_month": month}
        define(by, "3-1", again, **terms)
        added = add_indicator(
            by=by,
            measure=Measure.objects.get(number=10),
            code="11-1",
            name="見直しで加えた指標",
            unit="件",
            accumulation="year_sum",
            month=month,
            reason="適宜見直し",
            decision="第2回本部会議",
        )
        set_target(by=by, indicator=added, new=NewTarget(2026, D(50)))
    if month >= date(2026, 11, 1) and month <= MARCH:
        enter(by, "11-1", month, 10, on=on)


def judged(month, on):
    """{code: (grade or reason, rate)} of a month as it stands on a day."""
    rows = gather(month, on=on).indicators
    told = {row.code: (row.grade or row.not_judged, row.rate) for row in rows}
    return told if "11-1" in told else told | {"11-1": ("計画前", None)}


def test_the_year_says_what_the_rules_say_and_stands_still(lived, secretariat, head):
    for month, expected in TOLD.items():
        for code, (grade, rate) in expected.items():
            assert lived[month][code] == (grade, rate and D(rate)), (month, code)

    march = closed_rows(MARCH)
    assert (march["5-3"].phase, march["1-2"].phase) == ("見通し", "年度評価")  # 対象外 in March
    assert march["1-2"].pace is None  # the year is over
    whole = march["9-1"].plan_progress
    assert (march["9-1"].beside, whole.rate, whole.elapsed) == ("基準値より悪化", -30, 25)
    september, october = closed_rows(date(2026, 9, 1)), closed_rows(date(2026, 10, 1))
    assert september["1-2"].forecast.words == "目標の70.0％（見込）"
    assert september["1-2"].pace.figure == 90  # 45 of six months
    assert october["1-2"].expectation == 35
    assert october["4-1"].judged_until == date(2026, 9, 1)
    april = rows_of(gather(date(2027, 4, 1), on=date(2027, 5, 7)))
    assert (april["1-2"].last_year.now, april["1-2"].last_year.before) == (9, 8)
    assert april["8-1"].expectation == 80
    assert april["9-1"].expectation > 50  # the line starts at the baseline, not at last year's 44

    frozen = {row.pk: (row.report, bytes(row.workbook)) for row in Edition.objects.all()}
    _correct_september(secretariat)
    on = date(2027, 5, 8)
    now = {month: judged(month, on) for month in lived}
    moved = [
        (month, code)
        for month, told in lived.items()
        for code in told
        if now[month][code] != told[code]
    ]
    assert {code for _, code in moved} == {"4-1"}
    assert moved[0][0] == date(2026, 9, 1)
    assert {row.pk: (row.report, bytes(row.workbook)) for row in Edition.objects.all()} == frozen


def rows_of(report):
    """{code: row} of a report."""
    return {row.code: row for row in report.indicators}


def closed_rows(month):
    """The same of a month's newest edition."""
    return rows_of(report_of(Edition.objects.newest(month)))


def _correct_september(secretariat):
    """September's 2 of 4-1 was a 1: asked for, allowed, corrected, in May of the next year."""
    september, row, now = date(2026, 9, 1), indicator("4-1"), at_noon(date(2027, 5, 8))
    with time_machine.travel(now, tick=False):
        asked = request_reopening(
            by=secretariat, indicator=row, month=september, reason="数え間違い", at=now
        )
        on, until = date(2027, 5, 8), date(2027, 5, 14)
        decide_reopening(pk=asked.pk, by=secretariat, allow=True, on=on, until=until, at=now)
        stored = KpiValue.objects.get(indicator=row, month=september)
        enter(secretariat, "4-1", september, 1, on=date(2027, 5, 8), seen=stored.version)
