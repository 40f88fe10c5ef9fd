"""Columns for machines: what a value is, in which unit, what it means, which codes it takes.

A choice stands twice: in words, and beside it as a code that a code table explains.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from foundation.sheets.book import Column
from foundation.sheets.styles import ISO_DATE

Getter = Callable[[Any], Any]
TEXT, NUMBER, DAY, MONTH, CODE = "文字列", "数値", "日付", "年月", "コード"
OF_THE_ROW = "（単位の列）"  # the unit of a number that another column of its row states
YES, NO = "はい", "いいえ"


class Choice(NamedTuple):
    """A value of a closed list: its code and what it is called."""

    code: str
    label: str


def choices_of(choices: Iterable[tuple[Any, Any]]) -> tuple[Choice, ...]:
    """The values of a closed list as a code table shows them."""
    return tuple(Choice(str(code), str(label)) for code, label in choices)


YES_NO = (Choice(YES, "当てはまる"), Choice(NO, "当てはまらない"))


class Coded(NamedTuple):
    """A closed list of which a column takes its values; `item`: its name in the code table."""

    item: str
    choices: tuple[Choice, ...]

    def code_of(self, label: str | None) -> str | None:
        """The code of a value in words; None where there is none."""
        return next((each.code for each in self.choices if each.label == label), None)

    def label_of(self, code: str | None) -> str | None:
        """The words of a code."""
        return next((each.label for each in self.choices if each.code == code), None)


def blank(getter: Getter) -> Getter:
    """The getter, an empty text as no value."""

    def read(row: Any) -> Any:
        value = getter(row)
        return None if value == "" else value

    return read


def text(header: str, name: str, getter: Getter, width: float = 14, meaning: str = "") -> Column:
    """A column of texts, empty where there is none."""
    return Column(header, name, blank(getter), width=width, kind=TEXT, meaning=meaning)


def number(
    header: str,
    name: str,
    getter: Getter,
    unit: str,
    meaning: str = "",
    width: float = 11,
) -> Column:
    """A column of numbers; a unit that all have stands in the head too: 「ずれ（日）」."""
    return Column(header, name, getter, width=width, kind=NUMBER, unit=unit, meaning=meaning)


def day(header: str, name: str, getter: Getter, meaning: str = "") -> Column:
    """A column of days, shown as 2026-10-31."""
    return Column(
        header,
        name,
        getter,
        number_format=ISO_DATE,
        width=12,
        kind=DAY,
        meaning=meaning,
    )


def month(header: str, name: str, getter: Getter, meaning: str = "") -> Column:
    """A column of months, as 「2026-10」."""

    def read(row: Any) -> str | None:
        found: date | None = getter(row)
        return f"{found:%Y-%m}" if found else None

    return Column(
        header,
        name,
        read,
        width=10,
        kind=MONTH,
        meaning=meaning,
    )


def coded(
    header: str, name: str, of: Coded, label: Getter, width: float = 12, meaning: str = ""
) -> list[Column]:
    """Two columns: a choice in words, and its code."""
    words = blank(label)
    return [
        Column(header, name, words, width=width, kind=TEXT, meaning=meaning),
        Column(
            f"{header}コード",
            f"{name}_code",
            lambda row: of.code_of(words(row)),
            width=width,
            kind=CODE,
            codes=of.item,
        ),
    ]


def yes_no(header: str, name: str, getter: Getter, meaning: str = "") -> Column:
    """A column of はい and いいえ; empty where it is not known."""

    def read(row: Any) -> str | None:
        found = getter(row)
        return None if found is None else YES if found else NO

    return Column(
        header,
        name,
        read,
        width=8,
        kind=CODE,
        meaning=meaning,
        codes="該当の有無",
    )


def flat(parts: Sequence[Column | Sequence[Column]]) -> list[Column]:
    """Columns and groups of columns in one list."""
    found: list[Column] = []
    for part in parts:
        found += [part] if isinstance(part, Column) else part
    return found
