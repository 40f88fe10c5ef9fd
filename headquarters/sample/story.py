"""When things happened in the sample town, and the order in which they are told.

Months are counted from the last one (`until`): -3 is three months before it. What would fall before
the plan is left out; what would lie after the end of the story happens at its end.
"""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from foundation.japanese.calendar import add_months, last_of_month, month_span
from foundation.japanese.workdays import next_working_day
from headquarters.sample.town import Town
from measures.models import Plan

SEED = 464686
JAPAN = timedelta(hours=9)
LAST_DAY = 12  # of the month after the last one: what is told later has not happened yet


def dice(*about: object) -> Random:
    """Chance with a fixed seed: the same for the same thing, whatever else is told."""
    return Random(zlib.crc32(f"{SEED} {about}".encode()))  # noqa: S311


def moment_of(day: date, hour: int = 10, minute: int = 30) -> datetime:
    """A moment of a day in the town's time."""
    return datetime.combine(day, time(hour, minute), tzinfo=UTC) - JAPAN


@dataclass(frozen=True)
class Event:
    """Something that happened: `act` is called with the moment."""

    at: datetime
    act: Callable[[datetime], object]


@dataclass(frozen=True)
class Story:
    """The frame of one load. `until`: the last month; `end`: nothing happens after it."""

    plan: Plan
    town: Town
    until: date
    end: datetime

    @classmethod
    def framed(cls, plan: Plan, town: Town, until: date, now: datetime, ahead: bool) -> "Story":
        """Ends in the month after `until`, and (unless `ahead`) not after now."""
        usual = moment_of(add_months(until, 1).replace(day=LAST_DAY), 12, 0)
        return cls(plan, town, until, usual if ahead else min(usual, now))

    @property
    def months(self) -> list[date]:
        """All months of the story, oldest first."""
        return month_span(self.plan.months.first, self.until)

    @property
    def closed(self) -> list[date]:
        """The months that are closed: all but the last."""
        return self.months[:-1]

    def month(self, distance: int) -> date:
        """The month so many months from the last one."""
        return add_months(self.until, distance)

    def has(self, month: date) -> bool:
        """Does the month belong to the plan?"""
        return month in self.plan.months

    def day(self, distance: int, day: int) -> date:
        """A working day so many months from the last one."""
        return next_working_day(self.month(distance).replace(day=day))

    def within(self, day: date, hour: int = 10, minute: int = 30) -> datetime:
        """A moment of that day, or the end of the story when that is earlier."""
        return min(moment_of(day, hour, minute), self.end)

    def is_over(self, day: date) -> bool:
        """Has the day come before the last month was over (and the story ended)?"""
        return day <= last_of_month(self.until) and moment_of(day) <= self.end


def tell(events: Iterable[Event]) -> None:
    """Let everything happen in the order of time; what has the same moment as it was written."""
    for event in sorted(events, key=lambda event: event.at):
        event.act(event.at)
