"""A returned entry sheet is understood however people have filled it in, or refused by name."""

from datetime import date, datetime, time

import pytest
from openpyxl import Workbook
from openpyxl.styles.numbers import FORMAT_PERCENTAGE

from foundation.sheets.bounds import Unreadable
from foundation.sheets.cell import BLANK, Cell
from kpi.intake.back import any_file, returned
from kpi.intake.back.any_file import understand
from kpi.intake.back.typed import A_DATE, NO_RESULT, NOT_A_NUMBER, Misread, number_of, read
from kpi.intake.columns import CODE, SHEET
from kpi.models import Definition
from tests.kpi.returned_sheets import (
    OCTOBER,
    START,
    a_book,
    content,
    definition,
    known,
    ratio,
)

pytestmark = pytest.mark.pure
NUMBER, RATE = definition(), definition("4-1", 41, "％", decimals=1)
SHARE = ratio()

READ = [
    # typed, format, definition, field → field, text
    (3, "General", NUMBER, "value", "value", "3"),
    (0, "General", NUMBER, "value", "value", "0"),
    (1234.5, "General", NUMBER, "value", "value", "1234.5"),
    ("６１件", "General", NUMBER, "value", "value", "61"),
    ("1,234", "General", NUMBER, "value", "value", "1234"),
    ("１，２３４", "General", NUMBER, "value", "value", "1234"),
    ("▲5", "General", NUMBER, "value", "value", "-5"),
    ("0", "@", NUMBER, "value", "value", "0"),
    ("85％", "General", RATE, "value", "value", "85"),
    ("８５．５％", "General", RATE, "value", "value", "85.5"),
    (0.85, "0%", RATE, "value", "value", "85"),
    (0.855, "0.0%", RATE, "value", "value", "85.5"),
    (0.85, "General", RATE, "value", "value", "0.85"),
    (85, '0"％"', RATE, "value", "value", "85"),
    ("クリア", "General", NUMBER, "value", "value", ""),
    (" ｸﾘｱ ", "General", NUMBER, "value", "value", ""),
    ("対象外", "General", NUMBER, "value", "missing_reason", "not_applicable"),
    ("集計中", "General", SHARE, "denominator", "missing_reason", "counting"),
    (118, "General", SHARE, "numerator", "numerator", "118"),
    ("５９８人", "General", SHARE, "denominator", "denominator", "598"),
    ("測定不能", "General", NUMBER, "missing_reason", "missing_reason", "unmeasurable"),
    ("クリア", "General", NUMBER, "missing_reason", "missing_reason", ""),
    ("暫定", "General", NUMBER, "maturity", "maturity", "provisional"),
    (" 確定 ", "General", NUMBER, "maturity", "maturity", "final"),
    ("前\r\n後 ", "General", NUMBER, "note", "note", "前\n後"),
    (12, "General", NUMBER, "note", "note", "12"),
    ("クリア", "General", NUMBER, "note", "note", ""),
]


@pytest.mark.parametrize("value, shown, asked, field, wanted, text", READ)
def test_a_cell_is_read_as_people_type(value, shown, asked, field, wanted, text):
    typed = read(Cell(value, number_format=shown), asked, field)
    assert (typed.field, typed.text) == (wanted, text)
    if field in ("value", "numerator", "denominator") and str(value) != text:
        assert typed.how, "what is read into a cell is said"


@pytest.mark.parametrize("value", [None, "", "  ", "\u3000"])
def test_a_blank_cell_says_nothing(value):
    assert read(Cell(value), NUMBER, "value") is None


MISREAD = [
    (Cell("3くらい"), NUMBER, "value", "数字として読めません"),
    (Cell("①"), NUMBER, "value", "注の番号"),
    (Cell("－"), NUMBER, "value", "「値なしの理由」"),
    (Cell("12,34"), NUMBER, "value", "3桁ごと"),
    (Cell("118 598"), SHARE, "numerator", "2つの数字"),
    (Cell(True), NUMBER, "value", NOT_A_NUMBER),
    (Cell(datetime(2026, 3, 4)), NUMBER, "value", A_DATE),
    (Cell(date(2026, 3, 4)), NUMBER, "value", A_DATE),
    (Cell(time(8, 30)), NUMBER, "value", A_DATE),
    (Cell(0.85, number_format="0%"), NUMBER, "value", "単位は件"),
    (Cell("85％"), NUMBER, "value", "数字として読めません"),
    (Cell(None, is_formula=True), NUMBER, "value", NO_RESULT),
    (Cell(None, is_formula=True), NUMBER, "note", NO_RESULT),
    (Cell("#REF!", is_formula=True), NUMBER, "value", "#REF!"),
    (Cell(1e20), NUMBER, "value", "桁が大きすぎます"),
    (Cell(float("inf")), NUMBER, "value", "数字として読めません"),
    (Cell("9" * 300), NUMBER, "value", "長すぎます"),
    (Cell(3), SHARE, "value", "分子と分母に"),
    (Cell(3), NUMBER, "denominator", "「実績値」の列"),
    (Cell("該当なし"), NUMBER, "missing_reason", "測定不能・対象外・調査未実施・集計中"),
    (Cell("速報"), NUMBER, "maturity", "確定・暫定"),
    (Cell("あ" * 1001), NUMBER, "note", "いま1,001字"),
]


@pytest.mark.parametrize("cell, asked, field, why", MISREAD)
def test_what_cannot_be_read_says_what_to_do(cell, asked, field, why):
    with pytest.raises(Misread, match=why):
        read(cell, asked, field)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("5-3", "5-3"),
        ("KPI5-3", "5-3"),
        ("ＫＰＩ５－３", "5-3"),
        (" 10-1 ", "10-1"),
        (datetime(2026, 5, 3), "5-3"),
        (date(2026, 12, 1), "12-1"),
        ("5月3日", "5-3"),
        ("2026-05-03", "5-3"),
        ("計", "計"),
    ],
)
def test_a_number_is_found_however_it_was_written(value, expected):
    assert number_of(Cell(value)) == expected


ROWS = [known(NUMBER, value="18", note="前回"), known(SHARE)]
TYPED = {"5-3": {"value": 18, "note": "前回"}, "5-2": {"numerator": 29}}


def cells_of(book):
    found = understand(content(book))
    return found, {line.number: line.filled for line in found.lines}


def test_a_sheet_says_which_it_is_and_what_stood_in_it():
    found, cells = cells_of(a_book(ROWS, TYPED))
    assert (found.identity.month, found.identity.department_name) == (OCTOBER, "総務課")
    assert cells == {"5-3": {"value": "18", "note": "前回"}, "5-2": {"numerator": "29"}}
    assert [line.known for line in found.lines] == ROWS
    assert found.lines[1].cells["numerator"].place == f"{SHEET}!D{START + 2}"


def sorted_rows(book):
    """Sorted by hand: the second row first."""
    book[SHEET].move_range(f"A{START + 1}:H{START + 1}", rows=5)


def moved_columns(book):
    """A column of one's own before the numbers; ours follow."""
    book[SHEET].insert_cols(3)
    book[SHEET].cell(START, 3, "メモ")


def moved_down(book):
    book[SHEET].insert_rows(1, 4)


def hidden_columns(book):
    book[SHEET].column_dimensions["C"].hidden = True
    book[SHEET].row_dimensions[START + 1].hidden = True


def more_sheets(book):
    other = book.create_sheet("集計", 0)
    other.append([CODE, "合計"])
    other.append(["5-3", 99])
    book.create_sheet("空")


def renamed_sheet(book):
    book[SHEET].title = "10月分 提出"


def machine_codes(book):
    book[SHEET].cell(START + 1, 1).value = "KPI5-3"
    book[SHEET].cell(START + 2, 1).value = datetime(2026, 5, 2)


def words_below(book):
    book[SHEET].cell(START + 9, 2, "※ 10月末の数字です")


def spaced_heads(book):
    book[SHEET].cell(START, 3).value = " 実績値\n"


HABITS = [
    sorted_rows,
    moved_columns,
    moved_down,
    hidden_columns,
    more_sheets,
    renamed_sheet,
    machine_codes,
    words_below,
    spaced_heads,
]


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
def test_what_people_do_to_a_sheet_does_not_matter(habit):
    book = a_book(ROWS, TYPED)
    habit(book)
    found, cells = cells_of(book)
    assert cells == {"5-3": {"value": "18", "note": "前回"}, "5-2": {"numerator": "29"}}
    assert {line.known for line in found.lines} == set(ROWS)
    assert not found.lost


def test_a_row_without_a_number_is_not_guessed():
    book = a_book(ROWS, TYPED)
    book[SHEET].cell(START + 1, 1).value = None
    found, cells = cells_of(book)
    assert list(cells) == ["5-2"]
    assert [cell.place for cell in found.lost] == [f"入力!C{START + 1}", f"入力!H{START + 1}"]


def test_a_deleted_column_changes_nothing():
    book = a_book(ROWS, TYPED)
    book[SHEET].delete_cols(8)
    _, cells = cells_of(book)
    assert cells["5-3"] == {"value": "18"}


def without_identity(book):
    del book["照合"]
    return any_file.NOT_OURS.format(SHEET)


def without_heads(book):
    book[SHEET].delete_rows(START)
    return returned.NO_TABLE.format(CODE, "実績値")


def copied_sheet(book):
    book.copy_worksheet(book[SHEET]).title = "入力 (2)"
    return returned.TWO_TABLES.format("入力、入力 (2)")


def broken_identity(book):
    book["照合"]["I2"] = "nonsense"
    return returned.BROKEN


def empty_identity(book):
    book["照合"].delete_rows(1, 99)
    return returned.BROKEN


def older_format(book):
    for row in book["照合"].iter_rows(min_row=2, min_col=3, max_col=3):
        row[0].value = 0
    return returned.OTHER_FORMAT.format(0)


def of_the_report(book):
    book["照合"].delete_cols(2)
    return returned.NO_TABLE.format("年月", "実績値")


OTHERS = [
    without_identity,
    without_heads,
    copied_sheet,
    broken_identity,
    empty_identity,
    older_format,
    of_the_report,
]


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.__name__)
def test_another_file_is_refused_by_name(other):
    book = a_book(ROWS, TYPED)
    why = other(book)
    with pytest.raises(Unreadable) as refused:
        understand(content(book))
    assert str(refused.value) == why


def test_a_percentage_and_a_formula_travel_with_their_cells():
    book = a_book(ROWS, TYPED)
    cell = book[SHEET].cell(START + 1, 3)
    cell.value, cell.number_format = 0.5, FORMAT_PERCENTAGE
    book[SHEET].cell(START + 2, 4).value = "=1+1"
    found, cells = cells_of(book)
    assert found.lines[0].cells["value"].is_percentage
    assert cells["5-2"] == {"numerator": "計算式"}


def test_any_workbook_is_no_sheet_of_ours():
    book = Workbook()
    with pytest.raises(Unreadable, match="入力様式ではありません（シート：Sheet）"):
        understand(content(book))
    assert BLANK.place == "" and isinstance(NUMBER, Definition)
