"""The sheets that are asked for now, as one person may read them."""

from functools import lru_cache

from foundation.records.compiled import Compiled
from headquarters.reviews.models import Review
from headquarters.reviews.querysets import drafts_of


@lru_cache(maxsize=64)
def _asked(departments: tuple[int, ...] | None) -> Compiled[Review]:
    """The question for them, put together once for these departments."""
    return Compiled(Review.objects.beside_drafts_of(departments).asked())


def asked_of(user) -> list[Review]:
    """Sheets of cycles that are asked for and not yet graded, that this person may read."""
    return _asked(drafts_of(user))()
