"""The roadmap as positions in percent: what the templates draw as SVG, and the sentence read aloud
instead.

Pure over `StepView`s: no ORM, no clock. A window is a first and a last day.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from foundation.japanese.calendar import (
    add_months,
    fiscal_year,
    fiscal_year_end,
    fiscal_year_name,
    fiscal_year_start,
    wareki_date,
    wareki_month,
    wareki_month_short,
)
from roadmap.choices import MilestoneState, Recurrence
from roadmap.reading import MilestoneView, StepView
from roadmap.schedule import CLOSED, COMPLETED, position

EDGE = 8  # percent of the width near which a name is written inwards
PLAN = (9, 14)  # where a span begins in its row and how high it is, in pixels
NAME_ROOM = 6  # percent of the width that 「毎年」 takes
SLIP_EDGE = 88  # percent of the width from which 「＋72日」 is written inwards
ANNUAL = "rm-annual"
LINE = '<line class="{}" x1="{}%" x2="{}%" y1="0" y2="100%"/>'
RECT = '<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>'
ROUND = RECT.replace("/>", ' rx="7"/>')


@dataclass(frozen=True)
class Year:
    """A fiscal year in the head of the drawing, over its columns."""

    name: str
    year: int
    columns: int


@dataclass(frozen=True)
class Line:
    """A grid line at a position in percent. `kind`: fy or q."""

    at: Decimal
    kind: str


@dataclass(frozen=True)
class Head:
    """The first month of a column and where the column begins, in percent."""

    at: Decimal
    month: date


@dataclass(frozen=True)
class Rect:
    """A span. `x`, `width` in percent of the drawing; `y`, `height` in pixels of the row."""

    kind: str
    x: Decimal
    width: Decimal
    y: int
    height: int

    @property
    def end(self) -> Decimal:
        """Where it ends, in percent."""
        return self.x + self.width

    @property
    def svg(self) -> SafeString:
        """As SVG."""
        box = (self.kind, self.x, self.y, self.width, self.height)
        return format_html(ROUND if self.kind == ANNUAL else RECT, *box)


@dataclass(frozen=True)
class Sign:
    """A milestone's sign at a position in percent; `anchor`: how its name is set."""

    kind: str
    at: Decimal
    day: date
    item: MilestoneView
    anchor: str

    @property
    def slip(self) -> int:
        """The days beside the sign: how much later than approved it is expected; 0 for none."""
        late = self.item.health.slip or 0
        return late if late > 0 and self.item.facts.state not in CLOSED else 0

    @property
    def slip_inwards(self) -> bool:
        """Do the days stand on its left, where the right edge is near?"""
        return self.at > SLIP_EDGE


@dataclass(frozen=True)
class Slip:
    """From where a milestone stands in the plan to where it stands now, in percent.

    `kind`: is-late or is-early.
    """

    planned: Decimal
    now: Decimal
    kind: str


@dataclass(frozen=True)
class Window:
    """The days that the drawing shows, with its column heads."""

    first: date
    last: date
    today: date

    def at(self, day: date) -> Decimal:
        """Position of a day in percent."""
        return position(
            day,
            self.first,
            self.last,
        )

    def shows(self, first: date, last: date) -> bool:
        """Is any part of that span inside?"""
        return first <= self.last and last >= self.first

    @cached_property
    def now(self) -> Decimal:
        """Position of today."""
        return self.at(self.today)

    @property
    def today_words(self) -> str:
        """「今日 11月6日」 over the line of the day."""
        return f"今日 {self.today.month}月{self.today.day}日"

    @property
    def years(self) -> list[Year]:
        """Fiscal years with their names and number of columns."""
        return [
            Year(
                fiscal_year_name(year),
                year,
                len(self.columns_of(year)),
            )
            for year in range(self.first.year, self.last.year)
        ]

    @property
    def monthly(self) -> bool:
        """One fiscal year is shown in months, more in quarters."""
        return (self.last - self.first).days < 370

    def columns_of(self, year: int) -> list[date]:
        """First months of the columns of a fiscal year."""
        return [
            add_months(fiscal_year_start(year), n)
            for n in range(
                0,
                12,
                1 if self.monthly else 3,
            )
        ]

    @cached_property
    def columns(self) -> list[date]:
        """First months of all columns."""
        return [month for row in self.years for month in self.columns_of(row.year)]

    @property
    def heads(self) -> list[Head]:
        """The first months of all columns with their positions."""
        return [Head(self.at(month), month) for month in self.columns]

    @property
    def lines(self) -> list[Line]:
        """Grid lines between the columns, fiscal years stronger."""
        return [
            Line(self.at(month), "fy" if month.month == 4 else "q") for month in self.columns[1:]
        ]

    @cached_property
    def grid(self) -> SafeString:
        """The grid lines as SVG, written once for all rows."""
        return format_html_join("", LINE, ((each.kind, each.at, each.at) for each in self.lines))


def window(first_year: int, last_year: int, today: date) -> Window:
    """The window of whole fiscal years from first to last."""
    return Window(
        fiscal_year_start(first_year),
        fiscal_year_end(last_year),
        today,
    )


@dataclass
class Bar:
    """One row of the roadmap: the step view, its rectangles and signs, and its sentence."""

    step: StepView
    rects: list[Rect] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    sentence: str = ""
    span: str = ""

    @property
    def yearly_ends(self) -> list[Decimal]:
        """Where 「毎年」 is written: at the end of each capsule that no sign stands on."""
        ends = [rect.end for rect in self.rects if rect.kind == ANNUAL]
        return [
            end for end in ends if not any(end - NAME_ROOM < sign.at < end for sign in self.signs)
        ]


def _rect(view: Window, kind, first, last, y, height):
    x = view.at(first)
    end = view.at(last)
    return Rect(kind, x, max(end - x, Decimal("0.3")), y, height)


def _plan_rects(view: Window, step) -> list[Rect]:
    """The span of the plan: one box, one line for 適宜, one capsule a fiscal year for 毎年."""
    first, end = step.first_month, add_months(step.last_month, 1)
    if step.recurrence == Recurrence.AS_NEEDED:
        return [_rect(view, "rm-need", first, end, *PLAN)]
    if step.recurrence != Recurrence.YEARLY:
        return [_rect(view, "rm-plan", first, end, *PLAN)]
    years = range(fiscal_year(first), fiscal_year(step.last_month) + 1)
    parts = [
        (max(first, fiscal_year_start(year)), min(end, fiscal_year_start(year + 1)))
        for year in years
    ]
    return [
        _rect(view, ANNUAL, start, stop, *PLAN)
        for start, stop in parts
        if view.shows(start, stop - timedelta(days=1))
    ]


def _extension(view: Window, step_view) -> list[Rect]:
    """How far the step is expected to reach beyond its span: to its latest open milestone."""
    step = step_view.row
    if not step.first_month:
        return []
    end = add_months(step.last_month, 1)
    open_days = [
        item.day
        for item in step_view.milestones
        if item.facts.state not in CLOSED and item.health.slip and item.health.slip > 0
    ]
    latest = max(open_days, default=end)
    if latest <= end or not view.shows(end, latest):
        return []
    return [_rect(view, "rm-fc", end, latest, *PLAN)]


def _sign(view: Window, item):
    """Where a milestone stands now: done, or expected at the earliest, else planned."""
    day = item.day
    kind = {"done": "ms-done", "late": "ms-late"}.get(item.kind, "ms-todo")
    at = view.at(day)
    anchor = "start" if at < EDGE else "end" if at > 100 - EDGE else "middle"
    return Sign(
        kind,
        at,
        day,
        item,
        anchor,
    )


def bar_of(view: Window, step_view) -> Bar:
    """The drawing of one step."""
    step, bar = step_view.row, Bar(step_view)
    if step.first_month:
        if view.shows(step.first_month, step.last_month):
            bar.rects += _plan_rects(view, step)
        bar.span = f"{wareki_month_short(step.first_month)}–{wareki_month_short(step.last_month)}"
    if (
        step.original_first
        and (step.original_first, step.original_last) != (step.first_month, step.last_month)
        and view.shows(step.original_first, step.original_last)
    ):
        bar.rects.append(
            _rect(view, "rm-orig", step.original_first, add_months(step.original_last, 1), 4, 3)
        )
    bar.rects += _extension(view, step_view)
    if step.actual_start and step.actual_start <= step_view.on:
        end = min(step.actual_end or step_view.on, step_view.on)
        kind = "rm-act is-done" if step.actual_end else "rm-act"
        bar.rects.append(_rect(view, kind, step.actual_start, end, 13, 6))
    for item in step_view.milestones:
        sign = _sign(view, item)
        if item.facts.state == MilestoneState.CANCELLED or not view.first <= sign.day <= view.last:
            continue
        bar.signs.append(sign)
        if item.health.slip and sign.day != item.facts.approved_on:
            kind = "is-late" if item.health.slip > 0 else "is-early"
            bar.slips.append(Slip(view.at(item.facts.approved_on), sign.at, kind))
    bar.sentence = _sentence(step_view)
    return bar


def _sentence(step_view) -> str:
    """The row in words, for those who cannot see the drawing."""
    step = step_view.row
    if step.first_month:
        text = f"計画 {wareki_month(step.first_month)}から{wareki_month(step.last_month)}"
        text += {Recurrence.YEARLY: "、毎年", Recurrence.AS_NEEDED: "、適宜"}.get(
            step.recurrence, ""
        )
    else:
        text = "期間は要確認"
    if step.original_first and (step.original_first, step.original_last) != (
        step.first_month,
        step.last_month,
    ):
        text += (
            f"（当初 {wareki_month(step.original_first)}から{wareki_month(step.original_last)}）"
        )
    for item in step_view.milestones:
        facts = item.facts
        if facts.state == COMPLETED:
            day = wareki_date(facts.completed_on) if facts.completed_on else ""
            text += f"。マイルストーン「{item.row.name}」{day}完了"
        else:
            text += f"。マイルストーン「{item.row.name}」{item.state_label}、{item.health.sentence}"
    return text + ("" if step_view.milestones else "。マイルストーン未設定")
