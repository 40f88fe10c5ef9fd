"""A load of the sample town: the portal before it is kept, then the story is lived through.

Everything goes through the actions, dated as it would have been, so that history, revisions and
editions are true.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from foundation.records.actions import record_change
from foundation.records.models import SampleLoad
from headquarters.sample import (
    choice,
    collecting,
    figures,
    gatherings,
    keeping,
    people,
    sheets,
    snapshot,
    timetable,
)
from headquarters.sample.source import Source
from headquarters.sample.story import Story, moment_of, tell
from headquarters.sample.town import START, Town, move_in
from kpi.models import KpiValue
from measures.models import Plan

ROOMS = (people.changes, timetable.events, collecting.events, keeping.events)
MEETINGS = (sheets.events, gatherings.events)  # a meeting looks at the cycle of its day


@transaction.atomic
def load(*, source: Source, plan: Plan, until: date, ahead: bool, at: datetime) -> list[list[str]]:
    """Live through the sample town until a month; returns the rows of the accounts file."""
    SampleLoad.objects.create(
        loaded_at=at,
        until=until,
        snapshot=snapshot.take(),
    )
    choice.remember(True, at=at)
    town = Town(source)
    story = Story.framed(plan, town, until, now=at, ahead=ahead)
    _first_days(story)
    tell(event for events in (*ROOMS, *MEETINGS) for event in events(story))
    record_change(
        by=None,
        action="sample.load",
        subject=plan,
        before={},
        after={"実績値": KpiValue.objects.count(), "最終月": until},
        at=at,
    )
    return town.accounts


def _first_days(story: Story) -> None:
    """What stood before the first month was over: people, spans, definitions, targets."""
    move_in(story.town, moment_of(START, 8, 30))
    keeping.decide_rules(story, moment_of(START + timedelta(days=1), 9))
    timetable.make_spans(story, moment_of(START + timedelta(days=1)))
    figures.make_definitions(story.town, moment_of(START + timedelta(days=1), 14))
    figures.make_targets(story.town, moment_of(START + timedelta(days=2)))
