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
    assert (done.late, done.slip, done.sentence) == (False, 7, "R8.10.7に7日遅れ完了")
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
