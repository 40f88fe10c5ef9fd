"""A cell of a file that comes back, as it was typed; no matter of which kind the file is."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from foundation.sheets.texts import leaving

_RETURN = re.compile("_x000D_", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass(frozen=True)
class Cell:
    """A cell that is not blank: its value, where it stands, how it is shown."""

    value: Any
    sheet: str = ""
    address: str = ""
    number_format: str = "General"
    is_formula: bool = False

    @property
    def place(self) -> str:
        """「入力!F18」."""
        if not self.sheet:
            return self.address
        return f"{self.sheet}!{self.address}"

    @property
    def is_percentage(self) -> bool:
        """Is the number shown × 100? Not where the sign is only a text of the format."""
        signs = _QUOTED.sub("", self.number_format)
        return "%" in signs

    @property
    def is_number(self) -> bool:
        """Did the spreadsheet take it for a number?"""
        if isinstance(self.value, bool):
            return False
        return isinstance(self.value, int | float)

    @property
    def has_no_result(self) -> bool:
        """A formula that was never computed."""
        return self.is_formula and self.value is None

    @property
    def text(self) -> str:
        """The value as a text, stripped; a day as 2026-11-03; "" for a blank cell."""
        if self.value is None:
            return ""
        if isinstance(self.value, bool):
            return str(self.value).upper()
        if isinstance(self.value, datetime):
            day = self.value.date()
            return day.isoformat()
        if isinstance(
            self.value,
            date | time,
        ):
            return self.value.isoformat()
        if isinstance(self.value, float):
            return _digits(self.value)
        text = _RETURN.sub("", str(self.value))
        return leaving(text).strip()


def _digits(number: float) -> str:
    """All the digits that a spreadsheet keeps (15), and no more: 0.1 + 0.2 → 0.3."""
    exact = f"{number:.15g}"
    if "e" not in exact:
        return exact
    if abs(number) >= 1:
        return f"{number:.0f}"
    plain = f"{number:.15f}"
    return plain.rstrip("0").rstrip(".")


BLANK = Cell(None)
Row = list[Cell]
