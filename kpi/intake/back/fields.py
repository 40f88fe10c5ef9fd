"""The entry fields of one value as texts, so that three sides can be compared: at the download, now
and in the file. Pure.

A text is what is stored, whoever typed it how: a number with all its digits and no more (「1200」),
the code of a reason or of 確定・暫定, the comment with plain line ends. "" is blank.
"""

from decimal import Decimal
from typing import Protocol

from foundation.japanese.numbers import format_plain
from foundation.round_trip.row import Texts
from foundation.sheets.texts import leaving
from kpi.choices import Maturity, MissingReason
from kpi.intake.columns import (
    DENOMINATOR,
    ENTRY_COLUMNS,
    MATURITY,
    MISSING_REASON,
    NOTE,
    NUMBERS,
    NUMERATOR,
    VALUE,
)
from kpi.models import KpiValue
from kpi.rules.checks import Entry

FIELDS = tuple(column.name for column in ENTRY_COLUMNS)
LABELS = {column.name: column.header for column in ENTRY_COLUMNS}
ANSWER = (*NUMBERS, MISSING_REASON, MATURITY)  # one answer: it moves as a whole
PARTS = {"answer": ANSWER, "note": (NOTE,)}  # what is chosen by itself in a conflict
BLANK: Texts = dict.fromkeys(FIELDS, "")
EMPTY = "空欄"


class Known(Protocol):
    """A value as it is stored, or as it was at the download."""

    @property
    def value(self) -> Decimal | None:
        """The number itself."""

    @property
    def numerator(self) -> Decimal | None:
        """The part above."""

    @property
    def denominator(self) -> Decimal | None:
        """The part below."""

    @property
    def missing_reason(self) -> str:
        """The code of the reason why there is none."""

    @property
    def maturity(self) -> str:
        """The code of 確定・暫定."""

    @property
    def note(self) -> str:
        """The comment."""


def part_of(field: str) -> str:
    """The part to which a field belongs."""
    return "note" if field == NOTE else "answer"


def plain(number: Decimal | None) -> str:
    """「1200」「-0.5」: all digits and no more; "" for None."""
    if number is None:
        return ""
    return f"{number.normalize():f}"


def one_way(text: str) -> str:
    """A comment as it is compared: plain line ends, nothing blank at its ends."""
    return leaving(text).strip()


def texts_of(known: Known | None) -> Texts:
    """The fields of a value; where there is no answer, all blank."""
    if known is None:
        return dict(BLANK)
    texts = {name: plain(getattr(known, name)) for name in NUMBERS}
    texts |= {MISSING_REASON: known.missing_reason, MATURITY: known.maturity}
    return without_loose_maturity(texts | {NOTE: one_way(known.note)})


def without_loose_maturity(texts: Texts) -> Texts:
    """確定・暫定 is said of a number: where there is none it is blank."""
    if has_number(texts):
        return texts
    return texts | {MATURITY: ""}


def shown(field: str, text: str) -> str:
    """A text in words: 「1,200」「対象外」「暫定」; 「空欄」 for nothing."""
    if not text:
        return EMPTY
    if field in NUMBERS:
        return format_plain(Decimal(text))
    if field == MISSING_REASON:
        return str(MissingReason(text).label)
    if field == MATURITY:
        return str(Maturity(text).label)
    return text


def settled(texts: Texts, changes: Texts) -> Texts:
    """The fields once the changes are made. A number typed where a reason stood takes its place,
    and a reason that of a number (docs/rules.md §2).
    """
    found = {**texts, **changes}
    reason = changes.get(MISSING_REASON)
    if has_number(changes):
        found[MATURITY] = found[MATURITY] or Maturity.FINAL.value
        found[MISSING_REASON] = reason or ""
    elif reason:
        found |= dict.fromkeys(NUMBERS, "")
    return without_loose_maturity(found)


def has_number(texts: Texts) -> bool:
    """Does any of the fields hold a number?"""
    numbers = map(texts.get, NUMBERS)
    return any(numbers)


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    return Decimal(text)


def entry_of(texts: Texts, stored: KpiValue | None) -> Entry:
    """The entry as `record_value` takes it; what the sheet does not show stays as it is stored."""
    number = {name: _number(texts[name]) for name in NUMBERS}
    missing = texts[MISSING_REASON]
    return Entry(
        value=number[VALUE],
        numerator=number[NUMERATOR],
        denominator=number[DENOMINATOR],
        missing_reason=missing,
        maturity=Maturity.FINAL if missing else texts[MATURITY] or Maturity.FINAL,
        note=texts[NOTE],
        as_of=stored.as_of if stored else None,
        public_note=stored.public_note if stored else "",
        follow_up=stored.follow_up if stored else False,
    )
