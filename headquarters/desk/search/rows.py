"""Rows of several models in one query: the same columns of each, joined one under another."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import CharField, DateField, Expression, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast


class Row(NamedTuple):
    """What every kind of row says of itself.

    `measure`: of which it is, by id; `number`: one more by which its page is addressed.
    """

    kind: str
    key: int
    title: str
    text: str
    place: str
    state: str
    measure: int | None
    number: int | None
    day: date | None


Column = str | Expression
NOTHING: dict[str, Expression] = {
    "title": Value("", CharField()),
    "text": Value("", CharField()),
    "place": Value("", CharField()),
    "state": Value("", CharField()),
    "measure": Cast(Value(None), IntegerField()),
    "number": Cast(Value(None), IntegerField()),
    "day": Cast(Value(None), DateField()),
}


def rows_of(rows: QuerySet, kind: str, **columns: Column) -> QuerySet:
    """Rows of one model for `together`; `columns`: where each field of `Row` is taken from."""
    given = {"kind": Value(kind, CharField()), "key": F("pk")} | NOTHING
    for name, column in columns.items():
        given[name] = F(column) if isinstance(column, str) else column
    own = {f"row_{name}": given[name] for name in Row._fields}
    return rows.order_by().annotate(**own).values_list(*own)


def together(first: QuerySet, *others: QuerySet, newest: int | None = None) -> Iterator[Row]:
    """All rows in one query; `newest`: no more than so many, those of the last days first."""
    return rows_in(joined(first, *others, newest=newest))


def joined(first: QuerySet, *others: QuerySet, newest: int | None = None) -> QuerySet:
    """The question for them, for `rows_in`."""
    rows = first.union(*others, all=True)
    return rows if newest is None else rows.order_by("-row_day", "-row_key")[:newest]


def rows_in(values: Iterable) -> Iterator[Row]:
    """The rows out of the answer."""
    return (Row(*each) for each in values)
