"""The plan, the measures of a day, and what stands beside the words of one, as pages show them."""

from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType

from foundation.records.compiled import Compiled
from measures.labels import call_then
from measures.models import EditorialNote, Measure, OpenPoint, Plan


@lru_cache(maxsize=64)
def _on(day: date) -> Compiled[Measure]:
    """The question for them, put together once for a day."""
    return Compiled(Measure.objects.on(day))


def measures_on(day: date) -> list[Any]:
    """The measures that stand in the plan on that day, with policy and lead, under that day's
    numbers and names, by number. One query.
    """
    return [call_then(row, row) for row in _on(day)()]


@cache
def _plan() -> Compiled[Plan]:
    """The question for the plan, put together once."""
    return Compiled(Plan.objects.all()[:1])


def plan_that_runs() -> Plan | None:
    """The plan that the portal runs, or None while none is loaded. One query."""
    return next(iter(_plan()()), None)


def beside(measure: Measure) -> tuple[list[EditorialNote], list[OpenPoint]]:
    """The notes beside a measure's words, and its open points. Two queries."""
    kind = ContentType.objects.get_for_model(Measure).pk
    notes, points = _beside(measure.pk, kind)
    return notes(), points()


@lru_cache(maxsize=128)
def _beside(measure: int, kind: int) -> tuple[Compiled[EditorialNote], Compiled[OpenPoint]]:
    """The questions for them, put together once for a measure; `kind`: number of the content type
    by which open points know measures.
    """
    points = OpenPoint.objects.filter(subject_type=kind, subject_id=measure)
    notes = EditorialNote.objects.filter(measure=measure)
    return Compiled(notes), Compiled(points.select_related("settled_by"))
