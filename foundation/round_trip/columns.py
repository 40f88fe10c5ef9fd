"""The columns of a sheet that goes out: those that are given, and those that people fill in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MARK = "印"  # the locked column for marks of the portal
CODE = "番号"  # the locked column by which a row is found again
CLEAR = "クリア"  # typed into a cell: what stood there goes away; a blank cell changes nothing


@dataclass(frozen=True)
class EntryColumn:
    """A column that people fill in.

    `name`: of the field; `header`: its head in the sheet; `help`: the note at the head; `width` in
    units of a column; `style` of its cells.
    """

    name: str
    header: str
    help: str
    width: float
    style: str = "dx-entry"


@dataclass(frozen=True)
class GivenColumn:
    """A locked column: its head, what it says of a row, its width and style."""

    header: str
    read: Callable[[Any], Any]
    width: float
    style: str = "dx-given"
