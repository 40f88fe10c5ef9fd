"""Lists as files: typed, the same bytes, and what Shift_JIS takes badly is told beforehand."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import RequestFactory
from openpyxl import load_workbook

from foundation.sheets.columns import (
    Coded,
    choices_of,
    coded,
    day,
    flat,
    month,
    number,
    text,
    yes_no,
)
from foundation.sheets.csvfile import Signs
from foundation.sheets.lists import DataList, asked_kind, book_of, list_file

pytestmark = pytest.mark.pure
WHEN = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
STATES = Coded("状態", choices_of([("done", "完了"), ("late", "遅延")]))
COLUMNS = flat(
    [
        number("数", "number", lambda row: row[0], "件"),
        text("語", "word", lambda row: row[1]),
        day("日", "day", lambda _: date(2026, 10, 31)),
        month("年月", "month", lambda _: date(2026, 10, 1)),
        coded("状態", "state", STATES, lambda row: row[2]),
        yes_no("済", "is_done", lambda row: row[2] and row[2] == "完了"),
    ]
)
ROWS = [(Decimal("12.50"), "=1+1\r\n二行目", "完了"), (0, "", ""), (None, "KPI1-1", None)]


def listed(rows=ROWS, *, streamed=False):
    return DataList("一覧", "一覧_2026-10", COLUMNS, rows, WHEN, "大崎町", streamed)


def asked(kind, rows=ROWS, **more):
    request = RequestFactory().get("/x/", {"format": kind, "measure": "6", **more})
    return list_file(request, listed(rows))


def test_the_workbook_is_typed_and_blank_for_nothing():
    content = asked("xlsx").content
    assert content == book_of(listed())
    sheet = load_workbook(io.BytesIO(content))["一覧"]
    heads, *rows = sheet.iter_rows(values_only=True)
    assert heads == ("数", "語", "日", "年月", "状態", "状態コード", "済")
    on = datetime(2026, 10, 31)
    assert rows == [
        (12.5, "=1+1 二行目", on, "2026-10", "完了", "done", "はい"),
        (0, None, on, "2026-10", None, None, "いいえ"),
        (None, "KPI1-1", on, "2026-10", None, None, None),
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_the_csv_has_a_mark_and_one_record_a_row():
    answer = asked("csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    heads, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert {len(row) for row in rows} == {len(heads)}
    assert rows[0] == ["12.5", "'=1+1\n二行目", "2026-10-31", "2026-10", "完了", "done", "はい"]
    assert rows[1][:2] == ["0", ""]
    assert rows[2][0] == ""


# What Python's cp932, that of Windows, really takes. ① and 髙 fit there and nowhere else.
LOST = "😀𠮷é—–€™㊙¥‑"
WINDOWS = "髙①㈱㎡﨑Ⅲ№㍻"
FINE = "大－−〜～―…・ｱ￥×漢A1"


def test_which_signs_shift_jis_takes():
    found = Signs()
    found.read(LOST + WINDOWS + FINE)
    assert "".join(found.lost) == LOST
    assert "".join(found.windows_only) == WINDOWS
    assert not Signs()


@pytest.mark.django_db
@pytest.mark.parametrize("signs", [LOST, WINDOWS, LOST + WINDOWS])
def test_they_are_told_on_a_page_before_the_download(signs):
    rows = [(number, f"職員{sign}の{sign}", "完了") for number, sign in enumerate(signs)]
    page = asked("cp932", rows)
    assert page["Content-Type"].startswith("text/html")
    said = page.content.decode()
    for sign in signs:
        assert f"<b>{sign}</b> 2か所" in said
    assert ("〓に変わる文字" in said) == (signs != WINDOWS)
    assert ("機種依存文字" in said) == (signs != LOST)
    assert "?format=cp932&amp;measure=6&amp;anyway=1" in said  # filters are kept
    answer = asked("cp932", rows, anyway="1")
    assert answer["Content-Type"] == "text/csv; charset=Shift_JIS"
    read = answer.content.decode("cp932")
    for sign in signs:
        assert f"職員{'〓' if sign in LOST else sign}の" in read


def test_what_fits_is_downloaded_at_once_and_looks_alike():
    answer = asked("cp932", [(1, FINE, "完了")])
    assert "attachment" in answer["Content-Disposition"]
    assert FINE.replace("−", "－").replace("〜", "～") in answer.content.decode("cp932")


def test_a_long_list_is_sent_while_it_is_read():
    request = RequestFactory().get("/x/", {"format": "csv"})
    answer = list_file(request, listed(streamed=True))
    assert b"".join(answer.streaming_content) == asked("csv").content


@pytest.mark.parametrize("kind", ["", "pdf", "XLSX", "json"])
def test_another_word_asks_for_the_page(kind):
    assert asked_kind(RequestFactory().get("/x/", {"format": kind})) == ""
