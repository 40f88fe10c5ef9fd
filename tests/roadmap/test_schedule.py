"""Late, slip, stale, and the state of a step: tables and properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.schedule import STALE_DAYS, MilestoneFacts, health, position, step_state

pytestmark = pytest.mark.pure
PLAN = date(2026, 9, 30)
DAYS = st.dates(date(2026, 4, 1), date(2030, 3, 31))


def facts(state="in_progress", **given):
    return MilestoneFacts(**{"state": state, "approved_on": PLAN, **given})


@pytest.mark.parametrize(
    ("state", "on", "late"),
    [
        ("in_progress", PLAN, False),
        ("in_progress", PLAN + timedelta(days=1), True),
        ("not_started", date(2026, 10, 1), True),
        ("revised", date(2026, 10, 1), True),
        ("cancelled", date(2026, 12, 1), False),
    ],
)
def test_late_from_the_day_after(state, on, late):
    assert health(facts(state), on).late is late


def test_done_late_is_not_late_any_more():
    done = health(facts("completed", completed_on=date(2026, 10, 7)), date(2026, 12, 1))
    assert (done.late, done.slip, done.sentence) == (False, 7, "R8.10.7に7日遅れて完了")
    early = health(facts("completed", completed_on=date(2026, 9, 20)), date(2026, 12, 1))
    assert (early.slip, early.sentence) == (-10, "R8.9.20に10日早く完了")
    assert (
        health(facts("completed", completed_on=PLAN), date(2026, 12, 1)).sentence == "R8.9.30に完了"
    )


def test_slip_against_the_approved_and_the_original_plan():
    found = health(
        facts(original_on=date(2026, 8, 31), forecast_on=date(2026, 12, 11)), date(2026, 9, 1)
    )
    assert (found.slip, found.slip_from_original, found.slipping, found.late) == (
        72,
        102,
        True,
        False,
    )
    assert "72日遅れ" in found.sentence
    assert health(facts(), date(2026, 9, 1)).slip is None


@pytest.mark.parametrize(("days", "stale"), [(STALE_DAYS, False), (STALE_DAYS + 1, True)])
def test_stale_after_sixty_days(days, stale):
    on = date(2026, 9, 1)
    assert health(facts(last_update_on=on - timedelta(days=days)), on).stale is stale
    assert not health(facts("not_started", last_update_on=on - timedelta(days=days)), on).stale


@given(DAYS, DAYS, st.sampled_from(["not_started", "in_progress", "revised"]))
def test_open_milestones_are_late_exactly_after_their_date(approved, on, state):
    found = health(MilestoneFacts(state=state, approved_on=approved), on)
    assert found.late == (on > approved)
    assert found.days_late == max(0, (on - approved).days)
    assert found.sentence


@given(DAYS, DAYS)
def test_positions_stay_inside_and_in_order(first, second):
    window = (date(2026, 4, 1), date(2030, 3, 31))
    low, high = sorted((first, second))
    assert 0 <= position(low, *window) <= position(high, *window) <= 100
    assert position(date(2028, 2, 29), *window) < position(date(2028, 3, 1), *window)
    assert position(window[0], *window) == 0


@pytest.mark.parametrize(
    ("given_state", "kind", "label"),
    [
        ({"states": [], "healths": []}, "todo", "未着手"),
        (
            {"states": [], "healths": [], "first_month": None, "last_month": None},
            "check",
            "期間 要確認",
        ),
        ({"states": ["in_progress"], "healths": ["ok"]}, "doing", "実施中"),
        ({"states": ["completed", "cancelled"], "healths": ["ok", "ok"]}, "done", "完了"),
        ({"states": ["in_progress"], "healths": ["late"]}, "late", "遅延 1"),
        ({"states": [], "healths": [], "actual_start": date(2026, 5, 1)}, "doing", "実施中"),
        (
            {
                "states": [],
                "healths": [],
                "actual_start": date(2026, 5, 1),
                "actual_end": date(2026, 6, 1),
            },
            "done",
            "完了",
        ),
        ({"states": [], "healths": [], "last_month": date(2026, 5, 1)}, "late", "期間終了"),
    ],
)
def test_state_of_a_step(given_state, kind, label):
    on = date(2026, 7, 1)
    late = health(MilestoneFacts("in_progress", date(2026, 5, 1)), on)
    fine = health(MilestoneFacts("in_progress", date(2026, 12, 1)), on)
    whole = {
        "first_month": date(2026, 4, 1),
        "last_month": date(2027, 3, 1),
        "actual_start": None,
        "actual_end": None,
        "on": on,
        **given_state,
    }
    whole["healths"] = [late if word == "late" else fine for word in whole["healths"]]
    found = step_state(**whole)
    assert (found.kind, found.label) == (kind, label)


PASSED = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("given", "on", "passed", "slip", "sentence"),
    [
        # the forecast stands on its day, and has passed from the day after
        ({}, PASSED, False, 51, "計画 R8.9.30から51日経過、見込 R8.11.20（51日遅れ）"),
        (
            {},
            date(2026, 11, 21),
            True,
            52,
            "計画 R8.9.30から52日経過、見込日（R8.11.20）も過ぎています",
        ),
        (
            {"state": "not_started"},
            date(2026, 12, 31),
            True,
            92,
            "計画 R8.9.30から92日経過、見込日（R8.11.20）も過ぎています",
        ),
        (
            {"state": "revised", "forecast_on": PLAN},
            date(2026, 10, 1),
            True,
            1,
            "計画 R8.9.30から1日経過、見込日（R8.9.30）も過ぎています",
        ),
        # none at all counts like one that has passed
        ({"forecast_on": None}, date(2026, 10, 1), False, 1, "計画 R8.9.30から1日経過、見込日なし"),
        # before the approved date: passed, but not late
        (
            {"forecast_on": date(2026, 9, 10)},
            date(2026, 9, 20),
            True,
            None,
            "見込日（R8.9.10）を過ぎています",
        ),
        (
            {"forecast_on": date(2026, 9, 10)},
            date(2026, 9, 10),
            False,
            -20,
            "見込 R8.9.10（20日早い）",
        ),
        # what is settled has no forecast to pass
        (
            {"state": "completed", "completed_on": date(2026, 10, 1)},
            date(2026, 12, 1),
            False,
            1,
            "R8.10.1に1日遅れて完了",
        ),
        ({"state": "cancelled"}, date(2026, 12, 1), False, None, "中止"),
    ],
)
def test_a_forecast_that_has_passed_is_none(given, on, passed, slip, sentence):
    found = health(facts(**{"forecast_on": PASSED, **given}), on)
    assert (found.passed, found.slip, found.sentence) == (passed, slip, sentence)
    assert found.needs_attention or not passed


@given(DAYS, DAYS, DAYS)
def test_an_open_late_milestone_slips_at_least_the_days_since(approved, forecast, on):
    found = health(MilestoneFacts("in_progress", approved, forecast_on=forecast), on)
    if found.late:
        assert found.slip >= found.days_late


@pytest.mark.parametrize(
    ("original", "slip", "shown"),
    [(PLAN, 51, None), (date(2026, 8, 31), 81, 81), (None, None, None)],
)
def test_the_slip_against_the_original_is_said_where_it_differs(original, slip, shown):
    found = health(facts(original_on=original, forecast_on=PASSED), date(2026, 10, 1))
    assert (found.slip_from_original, found.original_slip) == (slip, shown)


ALL_YEARS = [2026, 2027, 2028, 2029]


@pytest.mark.parametrize(
    ("states", "years", "changed", "state"),
    [
        # every year: one of four done
        (["completed"], [2026], {"yearly": True}, ("doing", "R8年度分 完了")),
        (
            ["completed", *["not_started"] * 3],
            ALL_YEARS,
            {"yearly": True},
            ("doing", "R8年度分 完了"),
        ),
        (
            ["completed", "in_progress", "not_started", "not_started"],
            ALL_YEARS,
            {"yearly": True},
            ("doing", "実施中"),
        ),
        (
            ["completed", "completed", "not_started", "not_started"],
            ALL_YEARS,
            {"yearly": True},
            ("doing", "R9年度分 完了"),
        ),
        (["completed"] * 4, ALL_YEARS, {"yearly": True}, ("done", "完了")),
        (["completed"], [2029], {"yearly": True}, ("done", "完了")),
        (["completed", "cancelled"], [2026, 2027], {"yearly": True}, ("doing", "R8年度分 完了")),
        (["cancelled"], [2026], {"yearly": True}, ("todo", "未着手")),
        (["cancelled"] * 4, ALL_YEARS, {"yearly": True}, ("off", "中止")),
        # two in a year: not done until both are
        (["completed", "not_started"], [2026, 2026], {"yearly": True}, ("doing", "実施中")),
        # its span has ended, or is not known
        (["completed"], [2026], {"yearly": True, "last": date(2026, 9, 1)}, ("done", "完了")),
        (["completed"], [2026], {"yearly": True, "last": None}, ("doing", "R8年度分 完了")),
        (["completed"], [2026], {"as_needed": True}, ("doing", "R8年度分 完了")),
        (["completed"], [2026], {"last": None}, ("done", "完了")),
        # once, over several years
        (["completed"], [2026], {}, ("doing", "R8年度分 完了")),
        (["completed", "not_started"], [2026, 2027], {}, ("doing", "実施中")),
        (["completed", "completed"], [2026, 2029], {}, ("done", "完了")),
        (["completed"], [2026], {"last": date(2027, 3, 1)}, ("done", "完了")),
        (["completed"], [2026], {"actual_end": date(2026, 9, 1)}, ("done", "完了")),
    ],
)
def test_a_step_is_done_with_its_last_year(states, years, changed, state):
    rest = {"last": date(2030, 3, 1), **changed}
    last = rest.pop("last")
    found = step_state(
        **{
            "first_month": last and date(2026, 4, 1),
            "last_month": last,
            "actual_start": None,
            "actual_end": None,
            "healths": [],
            "states": states,
            "years": years,
            "on": date(2026, 11, 27),
            **rest,
        }
    )
    assert (found.kind, found.label) == state
