"""Late, slipped, stale: computed from dates as of a day. Pure; time is an argument
(docs/rules.md §6).

A milestone's four dates stay apart: original plan, approved plan, forecast, actual. 遅延 is never
a chosen state.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from foundation.japanese.calendar import last_of_month, wareki_short

STALE_DAYS = 60
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

    Days are calendar days, positive = later than planned; None = not known.
    """

    late: bool = False
    days_late: int = 0
    slip: int | None = None
    slip_from_original: int | None = None
    slipping: bool = False
    stale: bool = False
    sentence: str = ""

    @property
    def needs_attention(self) -> bool:
        """Something the headquarters should look at."""
        return self.late or self.slipping or self.stale


def _gap(later: date | None, earlier: date | None) -> int | None:
    return None if later is None or earlier is None else (later - earlier).days


def _sentence(facts: MilestoneFacts, on: date, late: bool, slip: int | None, stale: bool) -> str:
    plan = f"計画 {wareki_short(facts.approved_on)}"
    if facts.state == COMPLETED:
        done = "" if facts.completed_on is None else wareki_short(facts.completed_on)
        how = f"{abs(slip)}日{'遅れ' if slip > 0 else '早く'}" if slip else ""
        return f"{done}に{how}完了"
    if facts.state == CANCELLED:
        return "中止"
    parts = [f"{plan}から{(on - facts.approved_on).days}日経過"] if late else []
    if facts.forecast_on and slip:
        word = "遅れ" if slip > 0 else "早い"
        parts.append(f"見込 {wareki_short(facts.forecast_on)}（{abs(slip)}日{word}）")
    elif late:
        parts.append(
            "見込日なし" if not facts.forecast_on else f"見込 {wareki_short(facts.forecast_on)}"
        )
    if stale and facts.last_update_on:
        parts.append(f"{(on - facts.last_update_on).days}日更新なし")
    return "、".join(parts) or plan


def health(facts: MilestoneFacts, on: date) -> Health:
    """The computed state of a milestone at the end of day `on`.

    Late from the day after the approved date while neither done nor cancelled. Slip = actual or
    forecast minus approved. Stale = 実施中 without an update for more than 60 days. 見直し is not
    done, so it can be late.
    """
    open_ = facts.state not in CLOSED
    late = open_ and on > facts.approved_on
    expected = facts.completed_on if facts.state == COMPLETED else facts.forecast_on
    slip = None if facts.state == CANCELLED else _gap(expected, facts.approved_on)
    stale = (
        facts.state == IN_PROGRESS
        and facts.last_update_on is not None
        and (on - facts.last_update_on).days > STALE_DAYS
    )
    return Health(
        late=late,
        days_late=(on - facts.approved_on).days if late else 0,
        slip=slip,
        slip_from_original=None if facts.state == CANCELLED else _gap(expected, facts.original_on),
        slipping=open_ and not late and slip is not None and slip > 0,
        stale=stale,
        sentence=_sentence(facts, on, late, slip, stale),
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
    as_needed: bool = False,
) -> StepState:
    """The state of a step from its span, actual dates and milestones (their `Health` and state,
    same order).
    """
    if actual_end and actual_end <= on:
        return StepState("done", "完了")
    if any(row.late for row in healths):
        return StepState("late", f"遅延 {sum(row.late for row in healths)}")
    if not states and last_month and on > last_of_month(last_month) and not as_needed:
        return StepState("late", "期間終了")
    if states and all(state in CLOSED for state in states):
        return StepState("done", "完了")
    if (actual_start and actual_start <= on) or any(
        state in (IN_PROGRESS, COMPLETED, REVISED) for state in states
    ):
        return StepState("doing", "実施中")
    if first_month is None:
        return StepState("check", "期間 要確認")
    return StepState("todo", "未着手")


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
