"""What the history says of a record: labels and values in Japanese, and what differs between two.

`fields_in_words` turns a model's fields into facts, `in_words` any single value: every fact goes
through it at the door (`records.actions.record_change`). Rows from before the door did so hold
codes (「improve」, 「True」, 「2026-10-05」, 「12.0000」); `said` shows them like the others, by
what the models say of the field with that label.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from foundation.japanese.calendar import wareki_date, wareki_month
from foundation.japanese.numbers import format_plain
from foundation.records.labels import field_label

Facts = dict[str, Any]  # {label: plain value}
YES, NO = "はい", "いいえ"
OF_DAYS = ("日", "期限")
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}).*)?")
BLANK, GONE = "－", "消去"
NUMBER = re.compile(r"[-−]?\d[\d,]*(\.\d+)?")
MONTH = re.compile(r"(\d{4})-(\d{2})")


def fields_in_words(row: models.Model, names: Iterable[str]) -> Facts:
    """{label: words} of a row's fields."""
    return {field_label(row, name): value_of(row, name) for name in names}


def value_of(row: models.Model, name: str) -> str | int:
    """One field of a row in words: the label of a choice, a day as 令和8年10月5日."""
    value, choice = getattr(row, name), getattr(row, f"get_{name}_display", None)
    if choice is not None and value not in (None, ""):
        return str(choice())
    return in_words(field_label(row, name), value)


def in_words(label: str, value: Any) -> str | int:
    """A value as the history keeps it under a label. Texts stay as they were typed."""
    match value:
        case None:
            return ""
        case bool():
            return YES if value else NO
        case models.Choices():
            return str(value.label)
        case Enum():
            return str(value.value)
        case datetime():
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return f"{wareki_date(local.date())} {local.hour}:{local.minute:02d}"
        case date():
            return wareki_month(value) if label.endswith("月") else wareki_date(value)
        case Decimal():
            return format_plain(value)
        case int():
            return value
        case list() | tuple() | set():
            return "、".join(
                str(
                    in_words(
                        label,
                        item,
                    )
                )
                for item in value
            )
    return str(value)


def all_in_words(facts: Facts) -> Facts:
    """The facts with every value in words."""
    return {label: in_words(label, value) for label, value in facts.items()}


@dataclass
class Known:
    """What the models say of all fields with one label."""

    choices: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)

    def add(self, column: models.Field) -> None:
        """Take one more field with the label in."""
        self.choices |= {str(code): str(words) for code, words in column.flatchoices}
        self.kinds.add(column.get_internal_type())

    @property
    def is_text(self) -> bool:
        """Can people have typed a text under this label?"""
        return bool(self.kinds & {"CharField", "TextField"}) and not self.choices


@cache
def _known() -> dict[str, Known]:
    """{label: what is known} of every field of every model."""
    found: dict[str, Known] = {}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            found.setdefault(str(column.verbose_name), Known()).add(column)
    return found


def said(label: str, value: Any) -> str | int:
    """A stored value as it is shown, rows of earlier releases too."""
    if not isinstance(value, str):
        return in_words(label, value)
    known = _known().get(label, Known())
    if value in known.choices:
        return known.choices[value]
    if known.is_text:
        return value
    if value in ("True", "False"):
        return in_words(label, value == "True")
    if value == "None":
        return ""
    return _day_or_number(
        label,
        value,
        known,
    )


def _day_or_number(label: str, value: str, known: Known) -> str | int:
    """「2026-10-05」 as a day, 「12.0000」 as a number, anything else as it is."""
    day, month = DAY.fullmatch(value), MONTH.fullmatch(value)
    try:
        if day and (label.endswith((*OF_DAYS, "月")) or known.kinds & {"DateField"}):
            return in_words(label, date(int(day[1]), int(day[2]), int(day[3])))
        if month and label.endswith("月"):
            return wareki_month(date(int(month[1]), int(month[2]), 1))
    except ValueError:
        return value
    if "DecimalField" in known.kinds and (number := _number(value)) is not None:
        return format_plain(number)
    return value


def _number(value: Any) -> Decimal | None:
    """The number that a value is, or None."""
    try:
        number = Decimal(str(value).replace(",", "").replace("−", "-"))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _shortest(value: str | int) -> str:
    """A number without commas and without zeros at its end: 12.0000 is 12, 012 is not."""
    text = str(value)
    if not NUMBER.fullmatch(text):
        return text

    plain = text.replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


@dataclass(frozen=True)
class FactLine:
    """One line of a history entry; `before` None: it was not known, `after` None: it is gone."""

    label: str
    before: str | int | None
    after: str | int | None

    @property
    def is_same(self) -> bool:
        """Does it say twice the same? 12.0000 is 12, and a blank is nothing."""
        before = "" if self.before is None else self.before
        after = "" if self.after is None else self.after
        return _shortest(before) == _shortest(after)

    @property
    def was(self) -> str:
        """The earlier side as shown; "" where there is none."""
        return "" if self.before is None else str(self.before) or BLANK

    @property
    def now(self) -> str:
        """The later side as shown."""
        return GONE if self.after is None else str(self.after) or BLANK

    def __str__(self) -> str:
        return f"{self.label}：{self.was} → {self.now}" if self.was else f"{self.label}：{self.now}"


def lines_of(before: Facts, after: Facts) -> list[FactLine]:
    """What an entry says, line by line: what differs, or all of it where nothing does."""
    labels = dict.fromkeys([*after, *before])
    lines = [
        FactLine(
            label,
            said(label, before[label]) if label in before else None,
            said(label, after[label]) if label in after else None,
        )
        for label in labels
    ]
    differing = [line for line in lines if not line.is_same]
    return differing or [
        FactLine(
            line.label,
            None,
            line.after,
        )
        for line in lines
    ]
