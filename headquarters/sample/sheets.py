"""The PDCA cycles of the sample: the running one over every state, earlier ones graded."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from foundation.accounts.permissions import Permission
from foundation.japanese.calendar import add_months, fiscal_year, last_of_month
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
DAYS = {"submit": 20, "return": 25, "check": 26, "send_back": 28, "grade": 30}
WRITTEN = 12
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


def _moments(story: Story, month: date) -> dict[str, datetime]:
    """When the first, the texts and each step of a cycle happen."""
    first = add_months(month, 1)
    days = {"begin": 1, "write": WRITTEN, **DAYS, "close": 60}
    return {
        what: story.within(first + timedelta(days=day - 1), 9 if what == "begin" else 15)
        for what, day in days.items()
    }


def _running(story: Story, month: date) -> Iterator[Event]:
    when = _moments(story, month)
    yield Event(when["begin"], partial(_begin, story, month))
    for number, told in story.town.data["sheets"].items():
        if told["state"] == "untouched":
            continue
        yield Event(when["write"], partial(_write, story, month, int(number), told))
        for name in STEPS[told["state"]]:
            yield Event(when[name], partial(_step, story, month, int(number), name, told))


def _over(story: Story, month: date) -> Iterator[Event]:
    """An earlier cycle: short texts, every sheet graded, closed."""
    when, told = _moments(story, month), story.town.data["earlier_sheets"]
    yield Event(when["begin"], partial(_begin, story, month))
    for number in story.town.data["sheets"]:
        yield Event(when["write"], partial(_write, story, month, int(number), told))
        for name in STEPS["graded"]:
            yield Event(when[name], partial(_step, story, month, int(number), name, told))
    yield Event(when["close"], partial(_end, story, month))


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
        by=story.town.acting(_lead(row), Permission.DRAFT_REVIEWS),
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
        "submit": story.town.acting(_lead(row), Permission.SUBMIT_REVIEWS),
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
