"""Where the plan stands, for the homes of the headquarters and of those who only read.

The figures are those of 総括: the newest edition, or the month as it stands while none is closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, may_somewhere
from headquarters.desk.search.rows import Row, rows_of, together
from headquarters.meetings.choices import OVER
from headquarters.meetings.models import Decision, Meeting
from headquarters.organisation.choices import ActionState
from headquarters.organisation.models import ActionItem
from headquarters.reports.changes import Moves, moves
from headquarters.reports.editions import grades_in
from headquarters.reports.monthly import plan_now
from headquarters.reports.pages.matrix import Headline, headline
from headquarters.reports.pages.sentence import in_one_sentence
from headquarters.reports.pages.viewpoint import Viewpoint, viewpoint_of
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.kept import facts_handed_in
from headquarters.reviews.models import Review
from headquarters.reviews.stored import SheetFacts
from roadmap import reading
from roadmap.reading import MilestoneView

NAMED = 5  # late milestones named on the page


@dataclass(frozen=True)
class Sheet:
    """A sheet in the list: with the facts it was handed in with, where they were kept."""

    review: Review
    facts: SheetFacts | None


@dataclass(frozen=True)
class Meetings:
    """The next meeting, the one before, what that one decided, and what became of what it asked
    for.
    """

    coming: Meeting | None
    last: Meeting | None
    on: date
    decided: tuple[Row, ...] = ()
    asked: tuple[Row, ...] = ()

    @property
    def given(self) -> int:
        """How many instructions the last one gave."""
        return len(self.asked)

    @property
    def answered(self) -> int:
        """How many of them were answered."""
        return sum(row.state != ActionState.OPEN for row in self.asked)

    @property
    def overdue(self) -> int:
        """How many were not, and should have been."""
        waiting = (row.day for row in self.asked if row.state == ActionState.OPEN and row.day)
        return sum(self.on > day for day in waiting)

    @property
    def overdue_words(self) -> str:
        """「期限超過 2件」."""
        return f"期限超過 {self.overdue}件"

    @property
    def days(self) -> int:
        """Until the next one."""
        return (self.coming.held_on - self.on).days if self.coming else 0


@dataclass(frozen=True)
class Milestones:
    """Milestones whose day has come by today, how many are done, and the late ones."""

    due: int
    done: int
    late: list[MilestoneView]

    @property
    def late_words(self) -> str:
        """「遅延 2件」."""
        return f"遅延 {len(self.late)}件"

    @property
    def sentence(self) -> str:
        """What is said after 「今日現在、」."""
        if not self.late:
            return "遅延しているマイルストーンはありません。"
        return f"マイルストーン{len(self.late)}件が遅延しています。"

    @property
    def more(self) -> int:
        """How many late ones are not named."""
        return len(self.late) - NAMED


@dataclass(frozen=True)
class Overview:
    """All of the page. `moves`: since the newest edition of an earlier month, `since`.

    `sheets`: what waits for the grade of the headquarters; for who grades.
    """

    viewpoint: Viewpoint
    sentence: str
    milestones: Milestones
    meetings: Meetings
    sheets: list[Sheet]
    graded: int
    asked: int
    moves: Moves | None
    since: Any
    sample: bool

    @property
    def headline(self) -> Headline:
        """The other figures of 総括."""
        return headline(self.viewpoint.report)

    @property
    def better(self) -> list:
        """Grades that went up."""
        return [row for row in self.moves.rows if row.improved] if self.moves else []

    @property
    def worse(self) -> list:
        """Grades that went down."""
        return [row for row in self.moves.rows if not row.improved] if self.moves else []


def overview(user: User, *, on: date) -> Overview | None:
    """As of today; None while no plan is loaded."""
    plan = plan_now()
    if plan is None:
        return None
    viewpoint = viewpoint_of("", plan=plan, today=on, told=plan)
    reviews = _reviews(user)
    base = viewpoint.base
    return Overview(
        viewpoint=viewpoint,
        sentence=in_one_sentence(viewpoint.report),
        milestones=_milestones(on),
        meetings=_meetings(on),
        sheets=[
            Sheet(row, facts_handed_in(row)) for row in reviews if row.state == ReviewState.CHECKED
        ],
        graded=sum(row.state == ReviewState.GRADED for row in reviews),
        asked=len(viewpoint.report.measures),
        moves=moves(grades_in(base.text), viewpoint.report) if base else None,
        since=base,
        sample=plan.sample,
    )


def _reviews(user: User) -> list[Review]:
    if not may_somewhere(user, Permission.GRADE):
        return []
    return list(Review.objects.visible_to(user).of_open_cycles())


def _milestones(on: date) -> Milestones:
    items = [item for step in reading.load(on) for item in step.milestones]
    due = [item for item in items if item.is_due]
    done = sum(item.facts.completed_on is not None for item in due)
    return Milestones(len(due), done, [item for item in items if item.late])


def _meetings(on: date) -> Meetings:
    """The next one that is prepared and the last one that was held. Two queries."""
    standing = Meeting.objects.standing().annotate(items=Count("agenda"))
    rows = list(standing.order_by("held_on", "pk"))
    held = [row for row in rows if row.state in OVER]
    coming = [row for row in rows if row.state not in OVER and row.held_on >= on]
    if not held:
        return Meetings(coming[0] if coming else None, None, on)
    said = list(_said_in(held[-1]))
    return Meetings(
        coming[0] if coming else None,
        held[-1],
        on,
        decided=tuple(row for row in said if row.kind == "decision"),
        asked=tuple(row for row in said if row.kind == "item"),
    )


def _said_in(meeting: Meeting) -> Iterator[Row]:
    """What stands of a meeting: decisions, and instructions with who answers by when."""
    decisions = Decision.objects.standing().filter(meeting=meeting)
    items = ActionItem.objects.standing().filter(meeting=meeting)
    return together(
        rows_of(decisions, "decision", title="text"),
        rows_of(
            items,
            "item",
            title="text",
            text="department__name",
            state="state",
            day="due_on",
        ),
    )
