"""What baselines have moved, within a question about rows that name them (a decision)."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from foundation.records.within import by_age, rows_within
from roadmap.models import BaselineEntry, Milestone, Step

DAYS = ("due_on", "first_month", "last_month", "due_before", "first_before", "last_before")


def moves_within(baseline: str) -> Subquery:
    """Annotation: the entries that the decision of a baseline moved, for `moves_told`; `baseline`:
    the field of the outer row that names it.
    """
    return rows_within(
        BaselineEntry.objects.moved().filter(baseline=OuterRef(baseline)),
        by="baseline",
        id="id",
        milestone="milestone__name",
        step=Coalesce("milestone__step__name", "step__name"),
        **{name: name for name in DAYS},
    )


def moves_told(stored: list[dict[str, Any]] | None) -> list[BaselineEntry]:
    """The entries, with the names of what they are about, in the order in which they were made."""
    return [_entry(told) for told in by_age(stored)]


def _entry(told: dict[str, Any]) -> BaselineEntry:
    step = Step(name=told["step"])
    milestone = told["milestone"] and Milestone(name=told["milestone"], step=step)
    days = {name: told[name] and date.fromisoformat(told[name]) for name in DAYS}
    about = {"milestone": milestone} if milestone else {"step": step}
    return BaselineEntry(id=told["id"], **about, **days)
