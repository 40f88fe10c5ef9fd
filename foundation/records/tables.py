"""Tables that ask once how a column is drawn, not for each cell of each row."""

from collections.abc import Callable
from functools import partial
from inspect import Parameter, signature
from typing import Any

import django_tables2 as tables
from django.db.models import Model
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django_tables2.rows import BoundRow

PLAIN = Context()
NOTHING = object()  # what no record says


class Table(tables.Table):
    """A table of ours."""

    def __init__(self, *args: Any, **others: Any):
        super().__init__(*args, **others)
        for column in self.columns.all():
            column.render = _known(column.render)

    def cells_of(self, row: BoundRow) -> SafeString:
        """The cells of a row: each with the attributes of its column and, beside the first, with
        the name of the column, which narrow screens show.
        """
        if not hasattr(self, "_drawers"):
            self._drawers = [_Drawer(column, place) for place, column in enumerate(self.columns)]
        return mark_safe("".join([one.cell(row) for one in self._drawers]))  # noqa: S308


class _Drawer:
    """How the cells of a column are drawn."""

    def __init__(self, column: Any, place: int):
        self.column = column
        head = format_html(' data-head="{}"', column.header) if place else ""
        self.mark = f"<td {column.attrs['td'].as_html()}{head}>"
        self.names = str(column.accessor).split("__")
        wanted = signature(column.render).parameters
        any_other = any(each.kind is Parameter.VAR_KEYWORD for each in wanted.values())
        self.wanted = None if column.link or any_other else tuple(wanted)

    def cell(self, row: BoundRow) -> str:
        """A whole cell."""
        drawn = self._content(row)
        text = drawn if isinstance(drawn, str) else render_value_in_context(drawn, PLAIN)
        return f"{self.mark}{conditional_escape(text)}</td>"

    def _content(self, row: BoundRow) -> Any:
        """What django-tables2 says, without asking what it would find again."""
        value = self._value(row.record)
        if value is NOTHING or self.wanted is None:
            return row.get_cell(self.column.name)
        if value in self.column.column.empty_values:
            return self.column.default
        given = row._optional_cell_arguments(self.column, value)
        return self.column.render(**{name: given[name] for name in self.wanted})

    def _value(self, record: Any) -> Any:
        """What a record that is no row of the database says under the name of the column."""
        value = record
        for name in self.names:
            if isinstance(value, Model | dict):
                return NOTHING
            value = getattr(value, name, NOTHING)
        return NOTHING if callable(value) else value


def _known(render: Callable[..., Any]) -> Callable[..., Any]:
    """The same, with its arguments on it, where django-tables2 looks for them."""
    drawn: Any = partial(render)
    drawn.__signature__ = signature(render)
    return drawn
