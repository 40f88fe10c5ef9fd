"""JSON out: numbers with every digit that is stored, texts as they may leave, the same data the
same bytes.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from foundation.sheets.texts import leaving

STEP = " "


def json_bytes(data: Any) -> bytes:
    """Plain data (dicts, lists, texts, numbers, days) as UTF-8 without BOM."""
    return f"{_written(data, '')}\n".encode()


def _written(value: Any, indent: str) -> str:
    if isinstance(value, dict):
        members = [f"{_text(key)}: {_written(part, indent + STEP)}" for key, part in value.items()]
        return _enclosed("{", members, "}", indent)
    if isinstance(value, list | tuple):
        return _enclosed("[", [_written(part, indent + STEP) for part in value], "]", indent)
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, date):
        return _text(value.isoformat())
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _enclosed(start: str, parts: list[str], end: str, indent: str) -> str:
    """Parts one a line between brackets."""
    if not parts:
        return start + end
    deeper = f"\n{indent}{STEP}"
    inside = f",{deeper}".join(parts)
    return f"{start}{deeper}{inside}\n{indent}{end}"


def _text(value: str) -> str:
    return json.dumps(leaving(value), ensure_ascii=False)


def exact(number: Decimal) -> str:
    """A number as JSON writes it, no digit more or less: 0.50 → 「0.5」, 1E+3 → 「1000」."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
