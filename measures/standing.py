"""The plan, the measures of a day, and what stands beside the words of one, as pages show them."""

from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db.models import Subquery

from foundation.records.compiled import Compiled
from foundation.records.within import by_age, moment_of, rows_within, told_of
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


def measures_within() -> Subquery:
    """Annotation: every measure with its number and name, for `measures_told`."""
    return rows_within(Measure.objects.all(), by=None, id="id", number="number", name="name")


def measures_told(stored: list[dict[str, Any]] | None) -> list[Measure]:
    """The measures, by number: what a form offers."""
    return sorted((told_of(Measure, **told) for told in stored or ()), key=lambda row: row.number)


@cache
def _plan() -> Compiled[Plan]:
    """The question for the plan, put together once."""
    return Compiled(Plan.objects.all()[:1])


def plan_that_runs() -> Plan | None:
    """The plan that the portal runs, or None while none is loaded. One query."""
    return next(iter(_plan()()), None)


def beside(measure: Any) -> tuple[list[EditorialNote], list[OpenPoint]]:
    """The notes beside a measure's words, and its open points, with what a page shows of them; the
    measure was asked for `with_words_beside`.
    """
    notes = [EditorialNote(**told) for told in by_age(measure.notes_told)]
    points = [OpenPoint(**_settled(told)) for told in by_age(measure.points_told)]
    return notes, sorted(points, key=lambda point: point.order)


def _settled(told: dict[str, Any]) -> dict[str, Any]:
    at = told["settled_at"]
    return told | {"settled_at": at and moment_of(at)}
