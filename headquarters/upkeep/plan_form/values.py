"""What a cell of 計画の様式 holds: how a value is shown in it, and how what was typed is read.

Pure. `read` raises ValueError with a Japanese sentence that says what is wrong and how to mend it.
"""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, Protocol

from django.core.exceptions import ValidationError

from foundation.japanese.calendar import (
    fiscal_year_short,
    parse_date,
    read_month,
    wareki_month_short,
    wareki_short,
)
from foundation.japanese.numbers import parse_decimal
from foundation.sheets.cell import Cell
from foundation.sheets.texts import leaving
from kpi.rules.codes import typed_code
from kpi.setup.table_forms import FiscalYearField

YES = "はい"
NOT_WHOLE = "整数ではありません。1、2 のような数字だけを入力してください。"


class Value(Protocol):
    """A kind of value. `empty`: what a blank cell stands for."""

    @property
    def empty(self) -> Any:
        """What a blank cell stands for."""

    def read(self, cell: Cell) -> Any:
        """What was typed; ValueError in words."""

    def show(self, value: Any) -> Any:
        """What stands in the cell."""


@dataclass(frozen=True)
class Text:
    """A text of at most `most` characters (0: as many as a cell takes). `long`: of several lines,
    kept to the blank.
    """

    most: int = 0
    long: bool = False
    empty: str = ""

    def read(self, cell: Cell) -> str:
        """The text; in short ones no line breaks."""
        text = leaving(str(cell.value)) if self.long and not cell.is_number else cell.text
        if not self.long and "\n" in text:
            raise ValueError("途中に改行があります。改行を消して1行にしてください。")
        if self.most and len(text) > self.most:
            raise ValueError(f"{len(text):,}字あります。{self.most:,}字までに短くしてください。")
        return text

    def show(self, value: Any) -> Any:
        """As it is."""
        return value or None


@dataclass(frozen=True)
class Code:
    """The number of an indicator, of which a spreadsheet may have made a day."""

    empty: str = ""

    def read(self, cell: Cell) -> str:
        """「1-1」."""
        return typed_code(cell.text)

    def show(self, value: Any) -> Any:
        """As it is, a text."""
        return value or None


@dataclass(frozen=True)
class Number:
    """A number with at most `places` digits behind the point; `whole`: none, and not negative."""

    places: int = 4
    whole: bool = False
    least: int | None = None
    highest: int | None = None
    empty: None = None

    def read(self, cell: Cell) -> Decimal | int:
        """The number; of a whole one an int."""
        number = parse_decimal(cell.text, allow_negative=not self.whole)
        if self.whole and number != number.to_integral_value():
            raise ValueError(f"「{cell.text}」は{NOT_WHOLE}")
        exponent = number.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise ValueError(f"小数は{self.places}桁までです。四捨五入して入力してください。")
        if self.least is not None and number < self.least:
            raise ValueError(f"{self.least}以上の数字にしてください。")
        if self.highest is not None and number > self.highest:
            raise ValueError(f"{self.highest}以下の数字にしてください。")
        return int(number) if self.whole else number

    def show(self, value: Any) -> Any:
        """The digits that are there, none added."""
        if value is None or isinstance(
            value,
            int,
        ):
            return value
        return Decimal(f"{value.normalize():f}")


@dataclass(frozen=True)
class Choice:
    """One of a closed list ((code, label) pairs), by its label."""

    choices: tuple[tuple[str, str], ...]
    empty: str = ""

    @property
    def labels(self) -> list[str]:
        """What the drop-down offers."""
        return [label for _, label in self.choices]

    def read(self, cell: Cell) -> str:
        """The code of the label."""
        found = next((code for code, label in self.choices if label == cell.text), None)
        if found is None:
            raise ValueError(
                f"「{cell.text}」は選べません。{'、'.join(self.labels)}から選んでください。"
            )
        return found

    def show(self, value: Any) -> Any:
        """The label."""
        return dict(self.choices)[value] if value else None


@dataclass(frozen=True)
class Yes:
    """「はい」 or blank."""

    empty: bool = False

    @property
    def labels(self) -> list[str]:
        """What the drop-down offers."""
        return [YES]

    def read(self, cell: Cell) -> bool:
        """Is it so?"""
        if cell.text != YES:
            raise ValueError(f"「{cell.text}」は選べません。「{YES}」か空欄にしてください。")
        return True

    def show(self, value: Any) -> Any:
        """The word, or nothing."""
        return YES if value else None


@dataclass(frozen=True)
class Month:
    """A month: the first day of it."""

    empty: None = None

    def read(self, cell: Cell) -> date:
        """R8.4, 令和8年4月, 2026-04; a day that a program made of it counts as its month."""
        if isinstance(cell.value, date):
            return date(cell.value.year, cell.value.month, 1)
        return read_month(cell.text)

    def show(self, value: Any) -> Any:
        """「R8.4」."""
        return wareki_month_short(value) if value else None


@dataclass(frozen=True)
class Day:
    """A day."""

    empty: None = None

    def read(self, cell: Cell) -> date:
        """R8.4.1, 令和8年4月1日, 2026/4/1."""
        return parse_date(cell.text)

    def show(self, value: Any) -> Any:
        """「R8.4.1」."""
        return wareki_short(value) if value else None


@dataclass(frozen=True)
class Year:
    """A fiscal year, kept in western years."""

    empty: None = None

    def read(self, cell: Cell) -> int:
        """R8, 令和8年度, 2026."""
        try:
            year: int = FiscalYearField().to_python(cell.text)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from None
        return year

    def show(self, value: Any) -> Any:
        """「R8」."""
        return fiscal_year_short(value) if value else None


@dataclass(frozen=True)
class Hour:
    """An hour of the day."""

    empty: None = None

    def read(self, cell: Cell) -> time:
        """17:15."""
        try:
            return time.fromisoformat(cell.text)
        except ValueError:
            raise ValueError(
                f"「{cell.text}」は時刻として読めません。17:15 のように入力してください。"
            ) from None

    def show(self, value: Any) -> Any:
        """「17:15」."""
        return value.isoformat("minutes") if value else None
