"""The measures of a day, as pages list them."""

from datetime import date
from functools import lru_cache
from typing import Any

from foundation.records.compiled import Compiled
from measures.labels import call_then
from measures.models import Measure


@lru_cache(maxsize=64)
def _on(day: date) -> Compiled[Measure]:
    """The question for them, put together once for a day."""
    return Compiled(Measure.objects.on(day))


def measures_on(day: date) -> list[Any]:
    """The measures that stand in the plan on that day, with policy and lead, under that day's
    numbers and names, by number. One query.
    """
    return [call_then(row, row) for row in _on(day)()]
