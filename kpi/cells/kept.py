"""What a cell said before it was written over, as plain text, so that it can be put back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from kpi.models import KpiValue
from kpi.rules.checks import Entry

READ_BACK: dict[str, Callable[[str], Any]] = {
    "value": Decimal,
    "numerator": Decimal,
    "denominator": Decimal,
    "as_of": date.fromisoformat,
}


def kept(stored: KpiValue | None) -> dict[str, Any] | None:
    """The entry of a stored row as plain text, to be kept as JSON; None for an empty cell."""
    if stored is None:
        return None
    entry = {name: getattr(stored, name) for name in Entry.__dataclass_fields__}
    return {
        name: value if isinstance(value, bool | str) or value is None else str(value)
        for name, value in entry.items()
    }


def taken_up(before: dict[str, Any] | None) -> Entry:
    """The entry kept by `kept`; None clears the cell."""
    if before is None:
        return Entry()
    return Entry(
        **{
            name: READ_BACK[name](value) if name in READ_BACK and value is not None else value
            for name, value in before.items()
        }
    )
