"""How a cell of the entry sheet is read: as the entry page reads what is typed there, and as Excel
shows a number (docs/rules.md §2). Pure.
"""

import unicodedata
from datetime import date, time
from decimal import Decimal

from foundation.japanese.numbers import NumberError, parse_decimal
from foundation.round_trip.read_row import Misread, Typed
from foundation.sheets.cell import Cell
from kpi.choices import Maturity, MissingReason
from kpi.intake.back.fields import LABELS, one_way, plain, shown
from kpi.intake.columns import (
    CLEAR,
    MATURITY,
    MISSING_REASON,
    NOTE_LIMIT,
    NUMBERS,
    VALUE,
    asked_fields,
)
from kpi.models import Definition
from kpi.rules.codes import typed_code
from kpi.rules.counting import PERCENT

NO_RESULT = (
    "計算式の結果が保存されていません。Excelで開いて保存し直すか、数字を直接入力してください。"
)
A_DATE = "日付になっています。セルの書式を「標準」に戻して、数字を入力してください。"
NOT_A_NUMBER = "数字だけを入力してください（例：3）。"
AS_RATIO = "割合の指標です。分子と分母に入力してください。"
AS_NUMBER = f"数値の指標です。「{LABELS[VALUE]}」の列に入力してください。"
LINKED = "分子は{}です。ここでは変えられません。"
LONGEST_SHOWN = 40


def number_of(cell: Cell) -> str:
    """The number of an indicator: 「5-3」「KPI5-3」, also where Excel has made a day of it."""
    return typed_code(cell.text)


def read(cell: Cell, definition: Definition, field: str) -> Typed | None:
    """What a cell says; None where it is blank. Misread with a sentence."""
    if cell.has_no_result:
        raise Misread(NO_RESULT)
    if not cell.text:
        return None
    if cell.text.startswith("#") and cell.text.isupper() and cell.is_formula:
        raise Misread(f"Excelのエラー値（{cell.text}）です。数字を直接入力してください。")
    word = unicodedata.normalize("NFKC", cell.text)
    if field not in asked_fields(definition) and cell.text == "－":
        return None
    if word == CLEAR:
        return Typed(field, "", "消去します")
    if field in NUMBERS:
        return _number(
            cell,
            word,
            definition,
            field,
        )
    if field == MISSING_REASON:
        return Typed(field, _code(MissingReason, word, field))
    if field == MATURITY:
        return Typed(field, _code(Maturity, word, field))
    return Typed(field, _note(cell))


def _number(cell: Cell, word: str, definition: Definition, field: str) -> Typed:
    reason = next((row for row in MissingReason if row.label == word), None)
    if reason is not None:
        return Typed(MISSING_REASON, reason.value, f"「{reason.label}」を値なしの理由に入れます")
    _check_place(definition, field)
    unit = definition.unit if field == VALUE else getattr(definition, f"{field}_unit")
    if isinstance(cell.value, date | time):
        raise Misread(A_DATE)
    if isinstance(cell.value, bool):
        raise Misread(NOT_A_NUMBER)
    try:
        number = parse_decimal(cell.text, unit=unit, allow_negative=True)
    except NumberError as error:
        raise Misread(str(error)) from None
    if cell.is_number and cell.is_percentage:
        return _shown_number(number, unit, field)
    text = plain(number)
    how = "" if text == cell.text else f"「{cell.text[:LONGEST_SHOWN]}」を読み替え"
    return Typed(field, text, how)


def _check_place(definition: Definition, field: str) -> None:
    """Misread when the number stands in a column that is not asked of the indicator."""
    asked = asked_fields(definition)
    if field in asked:
        return
    raise Misread(AS_NUMBER if VALUE in asked else AS_RATIO)


def _shown_number(number: Decimal, unit: str, field: str) -> Typed:
    """A number as its format shows it: × 100, where the unit is a percentage too."""
    if unit not in PERCENT:
        raise Misread(
            f"セルの書式が％です（単位は{unit}）。書式を「標準」に戻して入力してください。"
        )
    text = plain(number * 100)
    return Typed(field, text, f"書式が％のため {shown(field, text)}％ と読みました")


def _code(choices: type[MissingReason] | type[Maturity], word: str, field: str) -> str:
    found = next((row for row in choices if row.label == word), None)
    if found is None:
        offered = "・".join(str(row.label) for row in choices)
        raise Misread(
            f"「{word[:LONGEST_SHOWN]}」は「{LABELS[field]}」にありません。"
            f"{offered} から選んでください。"
        )
    return str(found.value)


def _note(cell: Cell) -> str:
    text = one_way(cell.text)
    if len(text) > NOTE_LIMIT:
        raise Misread(f"コメントは{NOTE_LIMIT:,}字までです（いま{len(text):,}字）。")
    return text
