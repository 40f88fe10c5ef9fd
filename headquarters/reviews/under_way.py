"""The sheets of the cycles that are open now, as one person may read them."""

from functools import lru_cache

from foundation.records.compiled import Compiled
from headquarters.reviews.models import Review
from headquarters.reviews.querysets import drafts_of


@lru_cache(maxsize=64)
def _in_open_cycles(departments: tuple[int, ...] | None) -> Compiled[Review]:
    """The question for them, put together once for these departments."""
    return Compiled(Review.objects.beside_drafts_of(departments).in_open_cycles())


def in_open_cycles(user) -> list[Review]:
    """Sheets of open cycles, the graded ones too, that this person may read."""
    return _in_open_cycles(drafts_of(user))()
