"""The cells of a workbook that comes back, as they were typed. Knows no domain.

Nothing is opened that `bounds.check` has not passed. Only values are read (`data_only`), sheet by
sheet as they are asked for; where a cell holds a formula without a result, it says so.
"""

import io
import warnings
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from foundation.sheets.bounds import BROKEN, SHEET, Unreadable, check
from foundation.sheets.cell import BLANK, Cell, Row

COLUMNS = 100  # read of a sheet; what stands further right is no table of ours
MOST_SHEETS = 60
MANY_SHEETS = f"シートが多すぎます（{MOST_SHEETS}枚まで）。不要なシートを消してください。"


class Workbook:
    """A workbook that was checked: its sheets by title, each read when it is asked for."""

    def __init__(self, content: bytes) -> None:
        check(content)
        self._results = _opened(content, data_only=True)
        self._typed = _opened(content, data_only=False)
        if len(self._results.sheetnames) > MOST_SHEETS:
            raise Unreadable(MANY_SHEETS)

    @property
    def titles(self) -> list[str]:
        """The sheets with cells, in their order, hidden ones too."""
        return [sheet.title for sheet in self._results.worksheets]

    def rows(self, title: str) -> list[Row]:
        """The rows of a sheet from the first on, blank ones too; Unreadable where it is broken."""
        try:
            return list(self._rows(title))
        except Exception as error:  # openpyxl fails in as many ways as a sheet can be broken
            raise Unreadable(f"シート「{title}」：{BROKEN}") from error

    def _rows(self, title: str) -> Iterator[Row]:
        bounds = {"max_row": SHEET.last_row, "max_col": COLUMNS}
        results = self._results[title].iter_rows(**bounds)
        typed = self._typed[title].iter_rows(**bounds)
        for line, (row, formulas) in enumerate(zip(results, typed, strict=False), 1):
            yield [
                _cell(title, line, column, *pair)
                for column, pair in enumerate(zip(row, formulas, strict=False), 1)
            ]


def _opened(content: bytes, *, data_only: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(
                io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False
            )
    except Exception as error:  # the same
        raise Unreadable(BROKEN) from error


def _cell(title: str, line: int, column: int, result: Any, typed: Any) -> Cell:
    formula = getattr(typed, "data_type", "") == "f"
    if result.value is None and not formula:
        return BLANK
    return Cell(
        result.value,
        title,
        f"{get_column_letter(column)}{line}",
        getattr(result, "number_format", None) or "General",
        formula,
    )
