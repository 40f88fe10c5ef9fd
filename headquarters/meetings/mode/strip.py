"""The roadmap of one measure on a meeting's screen: a few steps, seven quarters, a label each.

Positions in percent, as `roadmap.drawing` has them; pure over the rows of a report.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.japanese.calendar import (
    add_months,
    fiscal_year,
    fiscal_year_end,
    fiscal_year_start,
    last_of_month,
    wareki_month_short,
)
from headquarters.meetings.frozen_roadmap import bars
from headquarters.reports.rows import StepRow
from roadmap.drawing import Bar, Line, Sign, Window

QUARTERS = 7
LETTER = Decimal("5.3")  # percent of the width that a character of a label takes
HALF = Decimal("2.9")  # of the same, a figure or a half-width sign
NARROW = "（）"  # half as wide in the proportional type of the portal
SIGN = 3  # percent beside a sign that its label keeps clear
URGENCY = ("late", "doing", "todo", "check", "done", "off")


@dataclass(frozen=True)
class QuarterHead:
    """The head of a quarter, where it begins in percent."""

    at: Decimal
    words: str


@dataclass(frozen=True)
class Label:
    """What is written beside the sign of a step. `inwards`: on its left."""

    at: Decimal
    words: str
    late: bool
    inwards: bool


@dataclass(frozen=True)
class StripLine:
    """One step: its drawing and the one thing said beside it."""

    bar: Bar
    label: Label | None


@dataclass(frozen=True)
class Strip:
    """The drawing. `left_out`: how many steps of the measure have no line here; `now_words`: what
    the line of the day is called.
    """

    view: Window
    lines: list[StripLine]
    left_out: int
    now_words: str

    @property
    def quarters(self) -> list[date]:
        """The first months of the quarters."""
        return [add_months(self.view.first, 3 * place) for place in range(QUARTERS)]

    @property
    def grid(self) -> list[Line]:
        """The lines between the quarters, fiscal years stronger."""
        return [
            Line(
                self.view.at(month),
                "fy" if month.month == 4 else "q",
            )
            for month in self.quarters[1:]
        ]

    @property
    def heads(self) -> list[QuarterHead]:
        """The names of the quarters, except where 「今日」 stands."""
        rows = [QuarterHead(self.view.at(month), self._name(month)) for month in self.quarters]
        return [row for row in rows if not self._meets_today(row)]

    def _name(self, month: date) -> str:
        says_year = month == self.view.first or month.month == 1
        return wareki_month_short(month) if says_year else f"{month.month}月"

    def _meets_today(self, head: QuarterHead) -> bool:
        half, start = _room(self.now_words) / 2, head.at
        end = start + 1 + _room(head.words)
        return start - half < self.view.now < end + half


def _window(first_year: int, last_year: int, today: date) -> Window:
    """Seven quarters from April of the year on; at the end of the plan its last ones."""
    latest = add_months(fiscal_year_end(last_year).replace(day=1), 1 - 3 * QUARTERS)
    first = fiscal_year_start(fiscal_year(today))
    first = max(fiscal_year_start(first_year), min(first, latest))
    return Window(first, last_of_month(add_months(first, 3 * QUARTERS - 1)), today)


def strip_of(steps: list[StepRow], years: range, on: date, *, room: int, is_today: bool) -> Strip:
    """The drawing of a measure as of `on` with at most `room` lines: what is late, then what is
    under way.
    """
    view = _window(years[0], years[-1], on)
    every = bars(view, steps)
    shown = sorted(every, key=lambda bar: _urgency(view, bar))[: max(room, 1)]
    lines = [StripLine(bar, _label(bar)) for bar in every if bar in shown]
    now_words = "今日" if is_today else f"{on.month}月{on.day}日"

    return Strip(view, lines, len(every) - len(lines), now_words)


def _urgency(view: Window, bar: Bar) -> tuple:
    slipping = any(item.health.slipping for item in bar.step.milestones)
    kind = bar.step.state.kind
    place = URGENCY.index(kind) if kind in URGENCY else len(URGENCY)
    return (not bar.step.late, not slipping, not bar.signs, place)


def _label(bar: Bar) -> Label | None:
    """What is said of a step: by how much it slips, else its next milestone, else its last one.

    Beside its spans where there is room, else beside its sign.
    """
    if not bar.signs:
        return None
    sign = min(bar.signs, key=_weight)
    late = bool(sign.slip) or sign.item.health.late
    here = sign.at
    around = [rect for rect in bar.rects if rect.x <= here <= rect.end]
    first = min((rect.x for rect in around), default=here)
    last = max((rect.end for rect in around), default=here)
    for words in _words(sign):
        room = _room(words) + SIGN
        for start, end in ((first, last), (here, here)):
            if end + room <= 100:
                return Label(end, words, late, inwards=False)
            if start - room >= 0:
                return Label(start, words, late, inwards=True)
    return None


def _weight(sign: Sign) -> tuple:
    done = sign.kind == "ms-done"
    order = -sign.day.toordinal() if done else sign.day.toordinal()
    return (not sign.item.health.late, -sign.slip, done, order)


def _words(sign: Sign) -> list[str]:
    """What may be said of a milestone, the longest first."""
    day = f"{sign.day.month}月{sign.day.day}日"
    if sign.slip:
        days = f"＋{sign.slip}日"
        foreseen = sign.item.facts.forecast_on == sign.day
        return [f"{days}（{day}見込）", days] if foreseen else [days]
    if sign.item.health.late:
        return [f"{day} 未完了", "未完了"]
    return [f"{day} 完了", day] if sign.kind == "ms-done" else [day]


def _room(words: str) -> Decimal:
    """How much of the width a text takes, in percent."""
    return sum((HALF if sign.isascii() or sign in NARROW else LETTER for sign in words), Decimal(0))
