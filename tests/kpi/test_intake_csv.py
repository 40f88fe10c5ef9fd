"""A CSV comes back: that of the portal, or one that another system wrote."""

import pytest

from foundation.sheets.bounds import SHEET, Counted, Limits, Unreadable
from foundation.sheets.csvreading import read
from kpi.intake.back import csv_file as words
from kpi.intake.back.any_file import understand
from kpi.intake.back.marked_csv import Mark, marked_csv
from kpi.intake.back.typed import number_of
from kpi.intake.back.typed import read as read_cell
from tests.kpi.returned_sheets import OCTOBER, definition, ratio

pytestmark = pytest.mark.pure
HEADS = "番号,年月,実績値,分子,分母,値なしの理由,暫定・確定,コメント（内部）"
NUMBER, RATE, SHARE = definition(), definition("4-1", 41, "％", decimals=1), ratio()


def table(*rows, heads=HEADS):
    return "\r\n".join([heads, *rows])


def found(text, encoding="utf-8"):
    return understand(text.encode(encoding))


def filled(returned):
    return {line.number: line.filled for line in returned.lines}


PLAIN = table('KPI5-3,2026年10月,"1,234",,,,暫定,"一行目\n二行目"', "5-2,,,29,152,,,")
READ = {
    "5-3": {"value": "1,234", "maturity": "暫定", "note": "一行目\n二行目"},
    "5-2": {"numerator": "29", "denominator": "152"},
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_a_csv_is_read_in_the_encodings_and_line_ends_of_spreadsheets(encoding, ends):
    returned = found(PLAIN.replace("\r\n", ends), encoding)
    assert filled(returned) == READ
    assert (returned.identity.month, returned.identity.issued_at) == (OCTOBER, None)
    assert words.NOBODY_KNOWS in returned.notes
    assert returned.lines[0].known is None


HABITS = {
    "columns in another order": "実績値,年月,番号\r\n21,2026-10,5-3",
    "lines above": "10月の実績,,\r\n,,\r\n番号,年月,実績値,分母\r\n5-3,R8.10,21,",
    "columns of its own": "課,番号,年月,メモ,実績値,分母\r\n総務課,5-3,令和8年10月,x,21,",
    "all in quotes": '"番号","年月","実績値","分母"\r\n"5-3","2026/10","21",""',
    "blank lines": "番号,年月,実績値,分母\r\n\r\n5-3,２０２６年１０月,21,\r\n,,,\r\n",
    "the month once": "番号,年月,実績値,分母\r\n5-3,,21,\r\n5-2,2026年10月分,,\r\n",
    "heads in one width": "番号,年月,実績値,コメント(内部)\r\n5-3,2026-10,21,",
    "short rows": "番号,年月,実績値,分母\r\n5-3,2026-10,21",
    "kept from a spreadsheet": '番号,年月,実績値,分母\r\n"=""5-3""",2026-10,21,',
}


@pytest.mark.parametrize("text", HABITS.values(), ids=HABITS)
def test_however_a_system_writes_it(text):
    returned = found(text)
    assert filled(returned)["5-3"] == {"value": "21"}
    assert returned.identity.month == OCTOBER
    assert not returned.lost
    assert not returned.asides


def test_a_column_that_is_not_taken_is_named():
    assert found(HABITS["columns of its own"]).notes[-1] == words.NOT_TAKEN.format("課・メモ")


NUMBERS = {
    "1-1": "1-1",
    "KPI1-1": "1-1",
    "ｋｐｉ１－１": "1-1",
    "1月1日": "1-1",
    "１月１日": "1-1",
    "10月1日": "10-1",
    "2026/1/1": "1-1",
    "2026-01-01": "1-1",
    "2026年1月1日": "1-1",
    "1-Jan": "1-1",
    "3-May": "5-3",
    "Jan-32": "1-32",
    "計": "計",
}


@pytest.mark.parametrize("typed, number", NUMBERS.items(), ids=NUMBERS)
def test_a_number_is_found_also_where_a_spreadsheet_made_a_day_of_it(typed, number):
    (line,) = found(table(f"{typed},2026-10,3,,,,,")).lines
    assert (line.number, number_of(line.code)) == (number, number)


CELLS = [
    # in the CSV, indicator, field → text
    ("1234", NUMBER, "value", "1234"),
    ('"1,234"', NUMBER, "value", "1234"),
    ("６１件", NUMBER, "value", "61"),
    ("0", NUMBER, "value", "0"),
    ("▲5", NUMBER, "value", "-5"),
    ("-5", NUMBER, "value", "-5"),
    ("'-5", NUMBER, "value", "-5"),
    ("85％", RATE, "value", "85"),
    ("85%", RATE, "value", "85"),
    ("0.85", RATE, "value", "0.85"),
    ("クリア", NUMBER, "value", ""),
]


@pytest.mark.parametrize("typed, asked, field, text", CELLS)
def test_a_cell_is_read_as_in_a_sheet(typed, asked, field, text):
    code = asked.indicator.code
    (line,) = found(table(f"{code},2026-10,{typed},,,,,")).lines
    assert read_cell(line.cells[field], asked, field).text == text


def test_cells_stand_where_a_spreadsheet_shows_them():
    returned = found('題,,\r\n番号,年月,実績値,分母\r\n5-2,2026-10,,\r\n5-3,,"1\n2",\r\n5-4,,3,')
    assert [line.cells["value"].place for line in returned.lines] == ["", "C4", "C5"]


def test_a_row_that_is_wider_than_its_heads_is_not_taken():
    returned = found("番号,年月,実績値,分子\r\n5-3,2026-10,1,234,5\r\n5-4,,3,")
    assert list(filled(returned)) == ["5-4"]
    assert [(each.number, each.said) for each in returned.asides] == [("5-3", words.TOO_WIDE)]


def test_a_value_without_a_number_is_lost_and_said():
    returned = found(table(",2026-10,3,,,,,", "5-3,,4,,,,,"))
    assert [cell.place for cell in returned.lost] == ["C2"]


REFUSED = {
    "no heads": ("1-1,3", "見出しの行が見つかりません"),
    "heads of the portal's data": (
        "団体名,指標番号,年月,実績値\r\n大崎町,KPI1-1,2026-10,3",
        "公表版など",
    ),
    "another head of the number": ("指標番号,年月,実績値\r\n1-1,2026-10,3", "「番号」と「実績値」"),
    "no month": ("番号,実績値,分母\r\n5-3,3,", "何月分か分かりません"),
    "a month that is none": (table("5-3,Oct-26,3,,,,,"), "B2：年月「Oct-26」"),
    "months": (table("5-3,2026-10,3,,,,,", "5-2,2026-09,3,,,,,"), "1つの月の行だけ"),
    "a head twice": ("番号,年月,実績値,実績値\r\n5-3,2026-10,3,4", "「実績値」の列が2つ"),
    "semicolons": ("番号;年月;実績値;分子\r\n5-3;2026-10;1,5;", "「;」（セミコロン）で区切"),
    "tabs": ('番号\t年月\t実績値\t分子\r\n5-3\t2026-10\t"1,234"\t', "タブで区切"),
    "an open quote": (table('5-3,2026-10,"3,,,,,', "5-2,,3,,,,,"), "2行目の引用符"),
    "a stray quote": (table('5-3,2026-10,"3"x,,,,,'), "2行目の引用符"),
    "NUL": (table("5-3,2026-10,3\0,,,,,"), "NUL"),
    "a long cell": (table(f"5-3,2026-10,3,,,,,{'あ' * 200_000}"), "セルが長すぎます"),
    "nothing": (" ", "見出しの行が見つかりません"),
}


@pytest.mark.parametrize("text, why", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_says_what_to_do(text, why):
    with pytest.raises(Unreadable, match=why):
        found(text)


ENCODINGS = {
    "UTF-16": (PLAIN.encode("utf-16"), "UTF-16"),
    "JIS": (PLAIN.encode("iso2022_jp"), "ISO-2022-JP"),
    "EUC": (PLAIN.encode("euc_jp"), "文字コード"),
    "half a character": (PLAIN.encode("utf-8-sig")[:-2] + b"\xe3\x81", "文字コードを読めません"),
    "cp932 behind a BOM": (b"\xef\xbb\xbf" + PLAIN.encode("cp932"), "文字コードを読めません"),
    "no letters": (bytes(range(128, 256)), "文字コード"),
}


@pytest.mark.parametrize("content, why", ENCODINGS.values(), ids=ENCODINGS)
def test_an_encoding_that_is_not_read_is_named(content, why):
    with pytest.raises(Unreadable, match=why):
        understand(content)


HOSTILE = {
    # content, what is counted at most
    "rows": ("a\n" * 1_000_000, ("rows", SHEET.last_row + 1)),
    "cells": (("," * 999 + "\n") * 5_000, ("cells", SHEET.cells + 1_000)),
    "one row": ("," * 4_000_000, ("rows", 1)),
    "bytes": ("x" * (SHEET.size + 1), ("size", 0)),
    "quotes": ('"' * 4_999_999, ("rows", 0)),
}


@pytest.mark.parametrize("text, most", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_csv_is_given_up_before_more_than_a_bounded_part_was_read(text, most):
    counted = Counted()
    with pytest.raises(Unreadable):
        read(text.encode(), ["番号", "実績値"], SHEET, counted)
    name, limit = most
    assert getattr(counted, name) <= limit


def test_limits_are_those_that_are_given():
    with pytest.raises(Unreadable, match="1行まで"):
        read(b"a\nb\n", [], Limits(last_row=1))


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_the_marked_csv_is_the_same_with_two_columns_more(encoding):
    content = table("5-3,2026-10,3くらい,,,,,前", "5-2,,,,,,,").encode(encoding)
    marks = [Mark("C2", "誤り", "5-3　実績値", "数字ではない"), Mark("H2", "保留", "5-3", "待つ")]
    for _ in range(2):
        content = marked_csv(content, marks)
    rows = read(content, []).rows
    assert [cell.text for cell in rows[0]] == [*HEADS.split(","), "印", "印の内容"]
    assert [cell.text for cell in rows[1][-3:]] == [
        "前",
        "誤り",
        "5-3　実績値：数字ではない／5-3：待つ",
    ]
    assert filled(understand(content)) == {"5-3": {"value": "3くらい", "note": "前"}, "5-2": {}}
    assert read(content, []).encoding == ("cp932" if encoding == "cp932" else "utf-8-sig")
