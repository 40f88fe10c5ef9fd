"""The roster as it is shown: by duty, post by post, with who holds, held and will hold it."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from headquarters.organisation.roster.choices import Duty, Part
from headquarters.organisation.roster.models import Holding, Post
from measures.models import Plan

IN_THE_PLAN = re.compile(r"(本部長|副本部長|委員)（([^）]+)）")


@dataclass(frozen=True)
class RosterLine:
    """A post with one of its holders; `holding` None: 未登録. `kind`: now, coming, past."""

    post: Post
    holding: Holding | None
    kind: str = "now"

    @property
    def is_past(self) -> bool:
        """Did it end before the day the roster is of?"""
        return self.kind == "past"


@dataclass(frozen=True)
class RosterGroup:
    """The lines of one duty."""

    duty: Duty
    lines: list[RosterLine]


@dataclass(frozen=True)
class PlanPost:
    """A post as the plan's chapter 4 names it. `is_many`: 課長等, without saying which."""

    duty: Duty
    title: str

    @property
    def is_many(self) -> bool:
        """Does it stand for several posts?"""
        return self.duty == Duty.MEMBER

    @property
    def part(self) -> Part:
        """What its holder does at a meeting, unless the town says otherwise."""
        return Part.EXPLAINS if self.duty == Duty.OFFICE else Part.ATTENDS

    @property
    def as_asked(self) -> str:
        """How the form of a new post is asked for it."""
        return urlencode(
            {
                "duty": self.duty,
                "title": self.title,
                "part": self.part,
            }
        )


def posts() -> list[Post]:
    """Every post that ever was, in the order of the roster."""
    return sorted(Post.objects.listed(), key=lambda post: post.rank)


def lines_of(post: Post, day: date) -> list[RosterLine]:
    """Whoever holds it on that day, or 未登録; then who will; then who did, the latest first."""
    now = post.holder_on(day)
    rows = [row for row in post.holdings.all() if row is not now]
    coming = [
        RosterLine(
            post,
            row,
            "coming",
        )
        for row in rows
        if row.valid_from > day
    ]
    past = [
        RosterLine(
            post,
            row,
            "past",
        )
        for row in rows
        if row.valid_from <= day
    ]
    if not post.stands_on(day):
        return past or [
            RosterLine(
                post,
                None,
                "past",
            )
        ]
    return [RosterLine(post, now), *coming, *past]


def roster(day: date, *, past: bool = False) -> list[RosterGroup]:
    """The roster of a day by duty; with `past` those who held a post before as well."""
    lines = [line for post in posts() for line in lines_of(post, day)]
    shown = [line for line in lines if past or not line.is_past]
    groups = [
        RosterGroup(duty, [line for line in shown if line.post.duty == duty]) for duty in Duty
    ]
    return [group for group in groups if group.lines]


def posts_of_the_plan(plan: Plan | None) -> list[PlanPost]:
    """What the plan says of the headquarters: 本部長 町長, 副本部長 副町長, 委員 課長等, 事務局."""
    if plan is None:
        return []
    named = dict(IN_THE_PLAN.findall(plan.headquarters_members))
    named[Duty.OFFICE.label] = plan.secretariat
    return [PlanPost(duty, named[duty.label]) for duty in Duty if named.get(duty.label)]
