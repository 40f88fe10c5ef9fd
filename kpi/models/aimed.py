"""The versions of an indicator's targets, out of a row of its definition that was asked for them
(`kpi.querysets.targets_known_by`).
"""

from datetime import date
from decimal import Decimal
from typing import Any

from foundation.records.built import maker
from kpi.models.indicator import Definition
from kpi.models.target import Target
from kpi.querysets import AIMED_AT, AIMED_SINCE

STORED = Decimal("0.0001")  # the digits of the columns
_made = maker(Target, [*AIMED_AT, *AIMED_SINCE])


def targets_of(row: Definition) -> tuple[Target, ...]:
    """In force by the month or of later fiscal years, oldest version first; without who wrote them
    down and when.
    """
    stored: list[dict[str, Any]] = row.targets_known or []  # type: ignore[attr-defined]
    db = row._state.db or ""
    return tuple(_target(db, each) for each in sorted(stored, key=_age))


def _age(stored: dict[str, Any]) -> tuple[int, int]:
    return stored["version"], stored["id"]


def _target(db: str, stored: dict[str, Any]) -> Target:
    known = stored | {
        "from_month": date.fromisoformat(stored["from_month"]),
        "decided_on": stored["decided_on"] and date.fromisoformat(stored["decided_on"]),
        "none": bool(stored["none"]),
    }
    numbers = [_number(stored[name]) for name in AIMED_AT]
    target: Target = _made(db, [*numbers, *(known[name] for name in AIMED_SINCE)])
    return target


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text).quantize(STORED)
