"""Tables that ask once how a cell is drawn, not for each cell of each row."""

from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import Any

import django_tables2 as tables


class Table(tables.Table):
    """A table of ours."""

    def __init__(self, *args: Any, **others: Any):
        super().__init__(*args, **others)
        for column in self.columns.all():
            column.render = _known(column.render)


def _known(render: Callable[..., Any]) -> Callable[..., Any]:
    """The same, with its arguments on it, where django-tables2 looks for them."""
    drawn: Any = partial(render)
    drawn.__signature__ = signature(render)
    return drawn
