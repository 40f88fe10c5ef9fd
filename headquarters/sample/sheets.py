"""The PDCA cycles of the sample: the running one over every state, earlier ones graded."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from foundation.accounts.permissions import Permission
from foundation.japanese.calendar import add_months, fiscal_year, last_of_month
from foundation.japanese.workdays import next_working_day
from foundation.records.actions import local_day
from headquarters.reviews.actions import change_review, save_draft
from headquarters.reviews.cycles import KINDS, close_cycle, create_cycle, open_cycle
from headquarters.reviews.facts import facts_of
from headquarters.reviews.models import Review, ReviewCycle
from headquarters.sample.story import Event, Story

WHOLE_YEAR = ("mid", "end")  # cycles that every year has
STEPS = {  # state of the story → transitions that lead there, in their order
    "untouched": (),
    "draft": (),
    "returned": ("submit", "return"),
    "submitted": ("submit",),
    "sent_back": ("submit", "check", "send_back"),
    "checked": ("submit", "check"),
    "graded": ("submit", "check", "grade"),
}
DAYS = {"submit": 19, "return": 22, "check": 23, "send_back": 27, "grade": 29}
BEGUN, WRITTEN, ENDED = 1, 12, 60
BELOW = {"A": "B", "B": "C", "C": "B", "D": "C"}


def events(story: Story) -> Iterator[Event]:
    """Cycles whose month lies before the last one: the newest runs, the earlier ones are over."""
    ended = [month for month in story.closed if _kind(month)]
    for month in ended[:-1]:
        if _kind(month) in WHOLE_YEAR:
            yield from _over(story, month)
    for month in ended[-1:]:
        yield from _running(story, month)


def _kind(month: date) -> str:
    """Which kind of cycle looks at that month ('' when none does)."""
    kinds = (kind for kind, (_, number, _) in KINDS.items() if number == month.month)
    return next(kinds, "")


def _begin(story: Story, month: date, at: datetime) -> None:
    year, by = fiscal_year(month), story.town.keeper
    cycle = create_cycle(by=by, plan=story.plan, fiscal_year=year, kind=_kind(month), at=at)
    open_cycle(by=by, cycle=cycle, on=local_day(at), at=at)


def _sheet(month: date, number: int) -> Review:
    found: Review = Review.objects.full().get(cycle__as_of=month, measure__number=number)
    return found


def _when(story: Story, month: date, day: int, number: int = 0) -> datetime:
    """A moment of a working day after the cycle's month; sheet by sheet some minutes later."""
    asked = next_working_day(add_months(month, 1) + timedelta(days=day - 1))
    return story.within(asked, 9 + number // 2, 5 + 27 * (number % 2))


def _running(story: Story, month: date) -> Iterator[Event]:
    yield Event(_when(story, month, BEGUN), partial(_begin, story, month))
    for number, told in story.town.data["sheets"].items():
        if told["state"] != "untouched":
            yield from _lived(story, month, int(number), told["state"], told)


def _over(story: Story, month: date) -> Iterator[Event]:
    """An earlier cycle: short texts, every sheet graded, closed."""
    yield Event(_when(story, month, BEGUN), partial(_begin, story, month))
    for number in story.town.data["sheets"]:
        told = story.town.data["earlier_sheets"]
        yield from _lived(story, month, int(number), "graded", told)
    yield Event(_when(story, month, ENDED), partial(_end, story, month))


def _lived(story: Story, month: date, number: int, state: str, told: dict) -> Iterator[Event]:
    """A sheet is written and brought to its state."""
    yield Event(_when(story, month, WRITTEN, number), partial(_write, story, month, number, told))
    for name in STEPS[state]:
        at = _when(story, month, DAYS[name], number)
        yield Event(at, partial(_step, story, month, number, name, told))


def _end(story: Story, month: date, at: datetime) -> None:
    close_cycle(by=story.town.keeper, cycle=ReviewCycle.objects.get(as_of=month), at=at)


def _write(story: Story, month: date, number: int, told: dict, at: datetime) -> None:
    """The texts of a sheet, its own grade that of the portal unless the story differs."""
    row = _sheet(month, number)
    facts = facts_of(row.measure, month)
    judged = facts.verdict.grade or "B"
    grade = BELOW[judged] if "differs" in told else judged
    whole = "next" in told and told["next"]
    save_draft(
        by=story.town.acting(
            _lead(row),
            Permission.DRAFT_REVIEWS,
        ),
        review=row,
        seen_version=row.version,
        values={
            "plan_text": told["plan"],
            "done_text": facts.done_draft,
            "analysis": told.get("analysis") or facts.analysis_draft,
            "next_action": told["next"],
            "next_direction": told["direction"] if whole else "",
            "self_grade": grade if whole else "",
            "self_grade_reason": told["reason"] if "differs" in told else "",
        },
        at=at,
    )


def _lead(row: Review):
    return row.measure.lead_on(last_of_month(row.cycle.as_of))


def _step(story: Story, month: date, number: int, name: str, told: dict, at: datetime) -> None:
    row = _sheet(month, number)
    who = {
        "submit": story.town.acting(
            _lead(row),
            Permission.SUBMIT_REVIEWS,
        ),
        "grade": story.town.headquarters,
        "send_back": story.town.headquarters,
    }
    change_review(
        by=who.get(name, story.town.keeper),
        review=row,
        name=name,
        seen_version=row.version,
        reason=told["return_reason"] if name in ("return", "send_back") else "",
        grade=row.self_grade if name == "grade" else "",
        comment=told["comment"] if name == "grade" else "",
        at=at,
    )
