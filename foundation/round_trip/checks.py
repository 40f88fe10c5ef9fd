"""What a cell of a sheet takes: drop-downs, and checks that a spreadsheet program makes while
somebody types, each with its sentence. What counts is asked again when the file comes back.
"""

from collections.abc import Iterable
from datetime import date

from openpyxl.worksheet.datavalidation import DataValidation

from foundation.japanese.ranges import DateRange
from foundation.round_trip.columns import CLEAR

SHORTEST_DATE = 5  # 「R8.10」 would be a month; 「R8.1.5」 has more


def check(cell: str, **given: str) -> DataValidation:
    """A check of one cell (「I8」); a blank one is let be."""
    found = DataValidation(
        allow_blank=True,
        showErrorMessage=True,
        **given,
    )
    found.add(cell)
    return found


def one_of(labels: Iterable[str], cell: str, sentence: str) -> DataValidation:
    """A drop-down."""
    return check(
        cell,
        type="list",
        formula1=f'"{",".join(labels)}"',
        errorTitle="一覧から選んでください",
        error=sentence,
    )


def text_up_to(limit: int, cell: str, label: str) -> DataValidation:
    """A text of so many characters."""
    return check(
        cell,
        type="textLength",
        operator="lessThanOrEqual",
        formula1=str(limit),
        errorTitle=f"{label}が長すぎます",
        error=f"{label}は{limit:,}字までです。短くしてください。",
        imeMode="hiragana",
    )


def day_within(days: DateRange, cell: str) -> DataValidation:
    """A day that can have been meant, however it is written, or the word that clears."""
    first, last = _serial(days.first), _serial(days.last)
    shown = f'OR({cell}="{CLEAR}",LEN({cell})>={SHORTEST_DATE})'
    return check(
        cell,
        type="custom",
        formula1=f"IF(ISNUMBER({cell}),AND({cell}>={first},{cell}<={last}),{shown})",
        errorTitle="日付を入力してください",
        error=f"{days.sentence}例：R8.10.1　消すときは「{CLEAR}」と入力します。",
        imeMode="off",
    )


def _serial(day: date) -> str:
    return f"DATE({day.year},{day.month},{day.day})"
