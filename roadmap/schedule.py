"""Late, slipped, stale: computed from dates as of a day. Pure; time is an argument
(docs/rules.md §6).

A milestone's four dates stay apart: original plan, approved plan, forecast, actual. 遅延 is never
a chosen state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from foundation.japanese.calendar import (
    fiscal_year,
    fiscal_year_short,
    last_of_month,
    wareki_short,
)

STALE_DAYS = 60  # without a decision of the town (measures.settings_of)
NOT_STARTED, IN_PROGRESS, COMPLETED, REVISED, CANCELLED = (
    "not_started",
    "in_progress",
    "completed",
    "revised",
    "cancelled",
)
CLOSED = {COMPLETED, CANCELLED}


@dataclass(frozen=True)
class MilestoneFacts:
    """What is known of a milestone at the end of a day.

    Dates may be None. `approved_on` always is one.
    """

    state: str
    approved_on: date
    original_on: date | None = None
    forecast_on: date | None = None
    completed_on: date | None = None
    last_update_on: date | None = None
    postponements: int = 0


@dataclass(frozen=True)
class Health:
    """The computed state.

    Days are calendar days, positive = later than planned; None = not known. `expected_on`: the day
    of the completion, else the day it is to be expected, at the earliest; None = not known.
    `passed`: the forecast has passed, so there is none any more.
    """

    late: bool = False
    days_late: int = 0
    slip: int | None = None
    slip_from_original: int | None = None
    slipping: bool = False
    stale: bool = False
    sentence: str = ""
    expected_on: date | None = None
    passed: bool = False

    @property
    def needs_attention(self) -> bool:
        """Something the headquarters should look at."""
        return self.late or self.slipping or self.stale or self.passed

    @property
    def original_slip(self) -> int | None:
        """The slip against the original plan, where it says another thing than `slip`."""
        return None if self.slip_from_original == self.slip else self.slip_from_original


def _gap(later: date | None, earlier: date | None) -> int | None:
    return None if later is None or earlier is None else (later - earlier).days


def _is_open(facts: MilestoneFacts) -> bool:
    return facts.state not in CLOSED


def _is_late(facts: MilestoneFacts, on: date) -> bool:
    return _is_open(facts) and on > facts.approved_on


def has_passed(facts: MilestoneFacts, on: date) -> bool:
    """Has the forecast passed while the milestone is open? Then it is no forecast any more."""
    return _is_open(facts) and facts.forecast_on is not None and on > facts.forecast_on


def expected_day(facts: MilestoneFacts, on: date) -> date | None:
    """The completion, else the forecast, else (late without a forecast ahead) today at the
    earliest, else None.
    """
    if facts.state == COMPLETED:
        return facts.completed_on
    if facts.forecast_on is not None and not has_passed(facts, on):
        return facts.forecast_on
    return on if _is_late(facts, on) else None


def _completed_words(facts: MilestoneFacts, slip: int | None) -> str:
    done = "" if facts.completed_on is None else wareki_short(facts.completed_on)
    how = f"{abs(slip)}日{'遅れて' if slip > 0 else '早く'}" if slip else ""
    return f"{done}に{how}完了"


def _forecast_words(facts: MilestoneFacts, on: date, slip: int | None) -> str:
    """The forecast of an open milestone in words, empty when there is nothing to say of it."""
    late = _is_late(facts, on)
    if facts.forecast_on is None:
        return "見込日なし" if late else ""
    day = wareki_short(facts.forecast_on)
    if has_passed(facts, on):
        return f"見込日（{day}）{'も' if late else 'を'}過ぎています"
    if slip:
        return f"見込 {day}（{abs(slip)}日{'遅れ' if slip > 0 else '早い'}）"
    return f"見込 {day}" if late else ""


def _sentence(facts: MilestoneFacts, on: date, slip: int | None, stale: bool) -> str:
    if facts.state == COMPLETED:
        return _completed_words(facts, slip)
    if facts.state == CANCELLED:
        return "中止"
    plan = f"計画 {wareki_short(facts.approved_on)}"
    late = f"{plan}から{(on - facts.approved_on).days}日経過" if _is_late(facts, on) else ""
    forecast = _forecast_words(facts, on, slip)
    waiting = ""
    if stale and facts.last_update_on:
        waiting = f"{(on - facts.last_update_on).days}日更新なし"
    return "、".join(filter(None, (late, forecast, waiting))) or plan


def _is_stale(facts: MilestoneFacts, on: date, stale_days: int) -> bool:
    return (
        facts.state == IN_PROGRESS
        and facts.last_update_on is not None
        and (on - facts.last_update_on).days > stale_days
    )


def health(facts: MilestoneFacts, on: date, stale_days: int = STALE_DAYS) -> Health:
    """The computed state of a milestone at the end of day `on`.

    Late from the day after the approved date while neither done nor cancelled. Slip = actual or
    forecast minus approved; late without a forecast ahead at least the days since. Stale = 実施中
    without an update for more than `stale_days`. 見直し is not done, so it can be late.
    """
    late, stale = _is_late(facts, on), _is_stale(facts, on, stale_days)
    expected = None if facts.state == CANCELLED else expected_day(facts, on)
    slip = _gap(expected, facts.approved_on)
    return Health(
        late=late,
        days_late=(on - facts.approved_on).days if late else 0,
        slip=slip,
        slip_from_original=_gap(expected, facts.original_on),
        slipping=_is_open(facts) and not late and slip is not None and slip > 0,
        stale=stale,
        sentence=_sentence(facts, on, slip, stale),
        expected_on=expected,
        passed=has_passed(facts, on),
    )


def is_overdue_or_done(facts: MilestoneFacts, on: date) -> bool:
    """Has its approved date come (「期日の来た」), whatever its state?"""
    return facts.approved_on <= on and facts.state != CANCELLED


@dataclass(frozen=True)
class StepState:
    """The computed state of a step.

    `kind` for the sign (done, doing, late, todo, check), `label` in words.
    """

    kind: str
    label: str


def step_state(
    *,
    first_month: date | None,
    last_month: date | None,
    actual_start: date | None,
    actual_end: date | None,
    healths: list[Health],
    states: list[str],
    on: date,
    years: Sequence[int] = (),
    yearly: bool = False,
    as_needed: bool = False,
) -> StepState:
    """The state of a step from its span, actual dates and milestones (their `Health`, state and
    fiscal year, same order; without years they are taken to be all there will be).
    """
    if actual_end and actual_end <= on:
        return StepState("done", "完了")
    if any(row.late for row in healths):
        return StepState("late", f"遅延 {sum(row.late for row in healths)}")
    ended = last_month is not None and on > last_of_month(last_month)
    if not states and ended and not as_needed:
        return StepState("late", "期間終了")
    goes_on = yearly or as_needed
    all_settled = bool(states) and all(state in CLOSED for state in states)
    if all_settled and (ended or _reach_the_end(last_month, years, goes_on)):
        return _settled(states)
    year = _year_done(states, years, goes_on)
    if year is not None:
        return StepState("doing", f"{fiscal_year_short(year)}年度分 完了")
    if (actual_start and actual_start <= on) or any(
        state in (IN_PROGRESS, COMPLETED, REVISED) for state in states
    ):
        return StepState("doing", "実施中")
    if first_month is None:
        return StepState("check", "期間 要確認")

    return StepState("todo", "未着手")


def _settled(states: list[str]) -> StepState:
    """Of a step to which nothing more will come."""
    return StepState("done", "完了") if COMPLETED in states else StepState("off", "中止")


def _reach_the_end(last_month: date | None, years: Sequence[int], goes_on: bool) -> bool:
    """Do the milestones of these years reach the last one of the step?

    Of an unknown span only a step that recurs has more to come.
    """
    if not years:
        return True
    return not goes_on if last_month is None else max(years) >= fiscal_year(last_month)


def _year_done(states: list[str], years: Sequence[int], goes_on: bool) -> int | None:
    """The fiscal year up to which everything is done, while nothing is under way."""
    if not years or any(state in (IN_PROGRESS, REVISED) for state in states):
        return None
    pairs = list(zip(years, states, strict=True))
    waiting = [year for year, state in pairs if state not in CLOSED]
    if waiting and not goes_on:
        return None
    done = [year for year, state in pairs if state == COMPLETED]
    return max((year for year in done if all(year < other for other in waiting)), default=None)


def knock_on(
    moved_to: date, days: int, later: list[tuple[date | None, int, MilestoneFacts]]
) -> list[tuple[int, date, date]]:
    """Shifts to propose when a forecast moves to `moved_to`, `days` later than expected before.

    `later`: (first month of its step or None, id, MilestoneFacts) of the milestones of later steps
    of the measure. Returns (id, expected day, proposed day) for the open ones of steps that the
    forecast now reaches into.
    """
    found = []
    for first_month, key, facts in later:
        if first_month is None or first_month > moved_to or facts.state in CLOSED:
            continue
        expected = facts.forecast_on or facts.approved_on
        found.append((key, expected, expected + timedelta(days=days)))
    return found


def position(day: date, first: date, last: date) -> Decimal:
    """Where a day stands between `first` (0) and the day after `last` (100), in percent with two
    decimals.
    """
    whole = (last - first).days + 1
    share = Decimal((day - first).days * 100) / Decimal(whole)
    return min(Decimal(100), max(Decimal(0), share)).quantize(Decimal("0.01"))
