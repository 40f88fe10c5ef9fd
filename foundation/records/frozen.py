"""Frozen dataclasses as JSON and back: what is kept of a moment, read again by later code.

Keys stand in a fixed order, so the same facts give the same bytes. Whoever keeps facts gives them a
format version and brings older ones up before they are read.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import GenericAlias, UnionType
from typing import Any, get_args, get_origin, get_type_hints


def as_json(facts: Any) -> str:
    """A dataclass as JSON text; days and moments in ISO form, decimals as text."""
    return json.dumps(
        facts,
        ensure_ascii=False,
        default=_plain,
        sort_keys=True,
    )


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {row.name: getattr(value, row.name) for row in fields(value)}
    if isinstance(
        value,
        (date, datetime),
    ):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)

    raise TypeError(type(value).__name__)


def read_as(kind: Any, value: Any) -> Any:
    """A JSON value as the annotated type: a dataclass, a tuple of them, `X | None`, a plain one."""
    return None if value is None else _reader(kind)(value)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """How a value becomes that type, found once: a report has thousands of values."""
    if isinstance(kind, UnionType):
        return _reader(next(arg for arg in get_args(kind) if arg is not type(None)))
    if isinstance(kind, GenericAlias) and get_origin(kind) is tuple:
        of_one = get_args(kind)[0]
        return lambda items: tuple(read_as(of_one, item) for item in items)
    if isinstance(kind, type) and is_dataclass(kind):
        return _reader_of_rows(kind)
    if kind in (date, datetime):
        return kind.fromisoformat
    return Decimal if kind is Decimal else lambda value: value


def _reader_of_rows(kind: type) -> Callable[[dict], Any]:
    """How a JSON object becomes that dataclass."""
    hints = get_type_hints(kind)
    names = [row.name for row in fields(kind)]
    return lambda row: kind(**{name: read_as(hints[name], row[name]) for name in names})
