"""One question about several days: what depends on the day stands in each row once for each day."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.base import ModelState

STANDS = "stands"


def for_each(days: Iterable[date], asked: Callable[[date], dict[str, Any]]) -> dict[str, Any]:
    """Annotations: those that are asked of a day, for each of the days (`seen_on`)."""
    return {f"{name}@{day}": what for day in days for name, what in asked(day).items()}


def standing(condition: Q) -> dict[str, Any]:
    """The annotation that says whether a row stands on a day."""
    return {STANDS: ExpressionWrapper(condition, output_field=BooleanField())}


def seen_on(rows: list[Any], day: date, *beside: str) -> list[Any]:
    """The rows that stood on one of the days, as if that day alone had been asked about.

    Each is a copy, and so is what is related to it (`beside`), once for all rows of that day.
    """
    mark = f"@{day}"
    stood = [row for row in rows if getattr(row, f"{STANDS}{mark}")]
    names = [name for name in vars(rows[0]) if name.endswith(mark)] if stood else []
    plain = [name.removesuffix(mark) for name in names]
    found = [_copy(row) for row in stood]
    for row in found:
        values = vars(row)
        values.update(zip(plain, [values[name] for name in names], strict=True))
    for name in beside:
        own = {row.pk: _copy(row) for row in filter(None, {getattr(row, name) for row in found})}
        for row in found:
            other = getattr(row, name)
            setattr(row, name, other and own[other.pk])
    return found


def _copy(row: Any) -> Any:
    """The same row once more; `copy` would ask the model how to pickle it."""
    made = row.__class__.__new__(row.__class__)
    made.__dict__.update(row.__dict__)
    made._state = state = ModelState()
    state.adding, state.db = row._state.adding, row._state.db
    state.fields_cache = row._state.fields_cache.copy()
    return made
