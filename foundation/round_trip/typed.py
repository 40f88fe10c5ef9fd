"""How a cell of a returned sheet is read: what is typed in it as a page would read it, and what a
spreadsheet program has made of it. Pure; each raises Misread with a sentence.
"""

import unicodedata
from datetime import date, datetime, time

from django.db.models import TextChoices

from foundation.japanese.calendar import parse_date, wareki_date
from foundation.round_trip.columns import CLEAR
from foundation.round_trip.read_row import Misread
from foundation.sheets.cell import Cell
from foundation.sheets.texts import leaving

NO_RESULT = (
    "計算式の結果が保存されていません。Excelで開いて保存し直すか、内容を直接入力してください。"
)
ERROR_VALUE = "Excelのエラー値（{}）です。内容を直接入力してください。"
NO_DATE = "数字になっています。日付は R8.10.1 のように、元号か西暦の年から入力してください。"
NOT_OFFERED = "「{}」は「{}」にありません。{} から選んでください。"
TOO_LONG = "{}は{:,}字までです（いま{:,}字）。"
READ_AS = "「{}」を {} と読みました"
LONGEST_SHOWN = 40


def word_of(cell: Cell) -> str:
    """The text of a cell in one width; "" for a blank one."""
    if cell.has_no_result:
        raise Misread(NO_RESULT)
    if cell.text.startswith("#") and cell.text.isupper() and cell.is_formula:
        raise Misread(ERROR_VALUE.format(cell.text))
    return unicodedata.normalize("NFKC", cell.text)


def clears(cell: Cell) -> bool:
    """Is it the word that takes away what stood there?"""
    return word_of(cell) == CLEAR


def day_of(cell: Cell, near: date) -> tuple[date, str]:
    """(the day, what was read into it). A date of the program, or one typed as people do."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date(), ""
    if isinstance(value, date):
        return value, ""
    if isinstance(value, bool | int | float | time):
        raise Misread(NO_DATE)
    try:
        day = parse_date(cell.text, near=near)
    except ValueError as error:
        raise Misread(str(error)) from None
    return day, "" if _says_its_year(cell.text) else READ_AS.format(cell.text, wareki_date(day))


def _says_its_year(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def choice_of(cell: Cell, choices: type[TextChoices], label: str) -> str:
    """The code of a word that was chosen from a list."""
    word = word_of(cell)
    found = next((row for row in choices if row.label == word), None)
    if found is None:
        offered = "・".join(str(row.label) for row in choices)
        raise Misread(NOT_OFFERED.format(word[:LONGEST_SHOWN], label, offered))
    return str(found.value)


def text_of(cell: Cell, label: str, limit: int) -> str:
    """A text with plain line ends."""
    word_of(cell)
    text = leaving(cell.text).strip()
    if len(text) > limit:
        raise Misread(
            TOO_LONG.format(
                label,
                limit,
                len(text),
            )
        )
    return text
