"""The drawings of the meeting mode: round ticks, labels that do not meet, what a step says."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from headquarters.meetings.mode.chart import Scale, chart_of
from headquarters.meetings.mode.kpis import graded_as
from headquarters.meetings.mode.strip import strip_of
from headquarters.reports.rows import MilestoneRow, StepRow

pytestmark = pytest.mark.pure
YEARS = range(2026, 2030)
TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("figures", "ticks"),
    [
        ([120, 41], [0, 60, 120]),
        ([1260], [0, 800, 1600]),
        ([4, 1], [0, 2, 4]),
        ([Decimal("0.3")], [0, Decimal("0.15"), Decimal("0.3")]),
        ([0, 0], [0, 1]),
        ([-3, 5], [-4, 0, 4, 8]),
        ([-8, -2], [-8, -4, 0]),
    ],
)
def test_an_axis_has_round_ticks_around_its_figures(figures, ticks):
    scale = Scale.over([Decimal(each) for each in figures], 196)
    assert scale.ticks == [Decimal(each) for each in ticks]
    heights = [scale.y(tick) for tick in scale.ticks]
    assert heights == sorted(heights, reverse=True)
    assert (heights[0], heights[-1]) == (196, 18)


def cell(month, actual, expectation=None):
    return SimpleNamespace(
        month=month,
        actual=None if actual is None else Decimal(actual),
        expectation=None if expectation is None else Decimal(expectation),
    )


def indicator(cells, target=None, pace=None, forecast=None, midyear=None):
    ahead = forecast or pace
    figure = SimpleNamespace(figure=Decimal(ahead)) if ahead is not None else None
    return SimpleNamespace(
        code="2-3",
        name="削減時間",
        unit="時間",
        decimals=1,
        months=cells,
        target=None if target is None else Decimal(target),
        targets=[SimpleNamespace(fiscal_year=2026, midyear=midyear)],
        actual=cells[-1].actual if cells else None,
        ahead=figure,
        forecast=figure if forecast is not None else None,
        pace=figure if pace is not None else None,
        sentence="期待値に対し",
    )


MONTHS = [date(2026, month, 1) for month in range(4, 11)]


def test_a_year_is_drawn_to_its_end():
    row = indicator(
        [cell(month, n * 6, n * 10) for n, month in enumerate(MONTHS, 1)], target=120, forecast=100
    )
    drawn = chart_of(row, 2026, 232)
    assert (len(drawn.actual), len(drawn.expected), len(drawn.ahead)) == (7, 8, 2)
    assert [each.words for each in drawn.labels] == ["目標120", "見込100.0", "実績42.0"]
    assert [each.words for each in drawn.months] == ["4月", "10月", "3月"]
    assert "年度の目標120.0時間" in drawn.sentence


@pytest.mark.parametrize("ahead", [118, 119, 120, 121, 60, 0])
@pytest.mark.parametrize("height", [232, 160])
def test_labels_at_the_edge_never_meet(ahead, height):
    row = indicator([cell(month, 8, 10) for month in MONTHS], target=120, pace=ahead)
    edge = [each for each in chart_of(row, 2026, height).labels if each.kind != "act"]
    first, second = sorted(each.at.y for each in edge)
    assert second - first >= 30


def test_a_year_without_figures_is_not_drawn():
    assert chart_of(indicator([cell(month, None, 10) for month in MONTHS]), 2026, 232) is None
    assert chart_of(indicator([]), 2026, 232) is None


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ("B", "B", "変化なし"),
        ("B", "C", "B から悪化"),
        ("C", "A", "C から改善"),
        (None, "D", "新たに評価"),
        ("A", None, "A から評価対象外"),
        (None, None, ""),
    ],
)
def test_how_a_grade_differs_from_the_last_meetings(before, now, words):
    assert graded_as(before, now) == words


def milestone(name="報告", kind="todo", day=None, **facts):
    day = day or date(2027, 2, 26)
    known = {
        "original_on": None,
        "approved_on": day,
        "forecast_on": None,
        "completed_on": day if kind == "done" else None,
        "late": kind == "late",
        "days_late": 0,
        "slipping": False,
        "stale": False,
        "is_due": False,
        "slip": 0,
        "postponements": 0,
        "sentence": "",
        "reason": "",
        "comment": "",
    }
    return MilestoneRow(id=1, name=name, state="", kind=kind, **{**known, **facts})


def step(name, *milestones, kind="todo", first=date(2026, 4, 1), last=date(2027, 3, 1)):
    return StepRow(
        id=1,
        measure=2,
        name=name,
        recurrence="",
        first_month=first,
        last_month=last,
        actual_start=None,
        actual_end=None,
        kind=kind,
        state="",
        department="",
        department_id=None,
        milestones=milestones,
    )


def slipped(days, to):
    return {
        "kind": "late",
        "day": date(2026, 9, 30),
        "slip": days,
        "forecast_on": to,
    }


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (milestone(**slipped(72, date(2026, 12, 11))), "＋72日（12月11日見込）"),
        (milestone(**slipped(58, None)), "＋58日"),
        (milestone(kind="late", day=date(2026, 11, 26)), "11月26日 未完了"),
        (milestone(), "2月26日"),
        (milestone(kind="done", day=date(2026, 9, 30)), "9月30日 完了"),
    ],
)
def test_what_a_step_says(item, words):
    (line,) = strip_of([step("調査", item)], YEARS, TODAY, room=4, is_today=True).lines
    assert line.label.words == words
    assert line.label.late == (item.kind == "late")


def test_what_is_late_has_a_line_before_what_is_to_come():
    steps = [
        step("済", milestone(kind="done", day=date(2026, 6, 30)), kind="done"),
        step("先", kind="todo", first=date(2028, 4, 1), last=date(2028, 9, 1)),
        step("遅", milestone(**slipped(72, date(2026, 12, 11))), kind="late"),
        step("中", milestone(), kind="doing"),
    ]
    strip = strip_of(steps, YEARS, TODAY, room=2, is_today=True)
    assert [line.bar.step.row.name for line in strip.lines] == ["遅", "中"]
    assert strip.left_out == 2
    assert len(strip_of(steps, YEARS, TODAY, room=-1, is_today=True).lines) == 1


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), date(2027, 12, 31)),
        (date(2027, 3, 31), date(2026, 4, 1), date(2027, 12, 31)),
        (date(2027, 4, 1), date(2027, 4, 1), date(2028, 12, 31)),
        (date(2029, 11, 1), date(2028, 7, 1), date(2030, 3, 31)),
    ],
)
def test_seven_quarters_are_shown_and_the_plans_end_is_the_last(today, first, last):
    strip = strip_of([], YEARS, today, room=4, is_today=True)
    assert (strip.view.first, strip.view.last) == (first, last)
    assert len(strip.quarters) == 7
    words = [head.words for head in strip.heads]
    assert len(words) >= 5
    assert all(words)
