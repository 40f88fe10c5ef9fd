"""Sheets handed in before their facts were kept: what the edition of their month says instead.

Editions are made in a room above, which may not be looked at from here; it tells how to ask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from headquarters.reviews.models import Review
from headquarters.reviews.stored import SheetFacts


@dataclass(frozen=True)
class EditionFacts:
    """The facts of a measure in an edition: named 「令和8年9月 第1版」, made on a day."""

    name: str
    made_on: date
    facts: SheetFacts


Ask = Callable[[Review], EditionFacts | None]
_ask: list[Ask] = []


def tells_edition(ask: Ask) -> Ask:
    """Register how to ask for the facts of a sheet's measure in an edition of its month."""
    _ask[:] = [ask]
    return ask


def facts_in_edition(review: Review) -> EditionFacts | None:
    """What the edition of the sheet's month says of its measure, or None without one."""
    return _ask[0](review) if _ask else None
