"""Frozen dataclasses as JSON and back: what is kept of a moment, read again by later code.

Keys stand in a fixed order, so the same facts give the same bytes. Whoever keeps facts gives them a
format version and brings older ones up before they are read.
"""

import json
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import GenericAlias, UnionType
from typing import Any, get_args, get_origin, get_type_hints


def as_json(facts: Any) -> str:
    """A dataclass as JSON text; days and moments in ISO form, decimals as text."""
    return json.dumps(
        asdict(facts),
        ensure_ascii=False,
        default=_plain,
        sort_keys=True,
    )


def _plain(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)

    raise TypeError(type(value).__name__)


def read_as(kind: Any, value: Any) -> Any:
    """A JSON value as the annotated type: a dataclass, a tuple of them, `X | None`, a plain one."""
    if value is None:
        return None
    if isinstance(kind, UnionType):
        return read_as(next(arg for arg in get_args(kind) if arg is not type(None)), value)
    if isinstance(kind, GenericAlias) and get_origin(kind) is tuple:
        return tuple(read_as(get_args(kind)[0], item) for item in value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        given = {row.name: read_as(hints[row.name], value[row.name]) for row in fields(kind)}
        return kind(**given)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value
