"""The town's own form: handed in, looked at, used, and filled with every edition."""

import hashlib
import io
import re
from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts.models import User
from foundation.records.models import HistoryEntry
from foundation.sheets import targets
from foundation.sheets.named import NamedBook, key_of
from headquarters.reports.actions import close_month, issue_annual
from headquarters.reports.editions import report_of, whole_report
from headquarters.reports.models import Edition, FilledForm, TownForm, TownFormUse
from headquarters.reports.town_form import filling
from headquarters.reports.town_form.actions import stop_form, use_form
from headquarters.reports.town_form.example import example_form
from headquarters.reports.town_form.filling import FAILED
from headquarters.reports.town_form.items import items_of, values_of
from headquarters.reports.town_form.preview import newest_report, preview_of
from tests.conftest import MONTH
from tests.pages import page_text
from tests.reports.forms_of_towns import NAMES, ON, a_town_form, book_of
from tests.reports.test_editions import correct
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.standing_town]
SEPTEMBER = date(2026, 9, 1)
FORM_PAGE = "/reports/form/"


@pytest.fixture
def clerk(client):
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        load_town()
        user = User.objects.get(username="jimukyoku")
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        yield user


def in_use(by, **given):
    form = a_town_form(by, **given)
    use_form(by=by, form=form, on=ON)
    return form


def close(by, month=MONTH):
    return close_month(by=by, month=month, on=ON, reason="報告のため")


def cells(content):
    return load_workbook(io.BytesIO(content))["様式"]


def posted(client, content, name="様式第3号.xlsx"):
    answer = client.post(FORM_PAGE, {"file": SimpleUploadedFile(name, content)})
    return client.get(answer["Location"]) if answer.status_code == 302 else answer


def looks_like_a_cell(name):
    """Excel's rule: A1 to XFD1048576, and the other way to say it, R1C1."""
    found = re.fullmatch(r"([A-Za-z]{1,3})([0-9]+)", name)
    if found and len(found[1]) <= 3 and found[1].upper().rjust(3) <= "XFD":
        return 0 < int(found[2]) <= 1_048_576
    return re.fullmatch(r"(?:[Rr][0-9]*)?(?:[Cc][0-9]*)?", name) is not None


@pytest.mark.pure
def test_every_name_is_one_that_excel_takes_and_none_stands_twice(clerk):
    names = [item.name for item in items_of(newest_report(on=ON))]
    assert len(set(map(key_of, names))) == len(names) > 1000
    for name in names:
        assert re.fullmatch(r"[^\W\d][\w.]{0,254}", name), name
        assert not looks_like_a_cell(name), name
    assert all(map(looks_like_a_cell, ("KPI1", "A1", "xfd1048576", "R1C1", "r", "C5")))
    assert not any(map(looks_like_a_cell, ("XFE1", "KPI1_1", "A0", "A1048577")))


@pytest.mark.pure
def test_names_say_what_the_report_says(clerk):
    report = report_of(Edition.objects.newest(SEPTEMBER))
    values, row = values_of(report), report.indicators[0]
    assert values["報告_年月"] == "令和8年9月"
    assert values["報告_月末日"] == date(2026, 9, 30)
    assert values["報告_版"] == report.version
    assert values["報告_版番号"] == report.edition
    for end, value in (
        ("指標名", row.name),
        ("目標", row.target),
        ("実績", row.actual),
        ("達成率", row.rate),
        ("判定", row.grade),
        ("9月", row.months[-1].figure),
        ("10月", None),
    ):
        assert values[f"KPI1_1_{end}"] == value
    assert values["施策1_名称"] == report.measures[0].name
    assert values["要対応1_内容"] == report.attention[0].fact
    assert values["要対応20_期限"] is None or len(report.attention) >= 20
    assert sum(values[f"集計_判定{band.letter}"] for band in report.bands) == report.judged
    assert "" not in values.values()
    kinds = {"文字列": str, "数値": (int, Decimal), "日付": date}
    for item in items_of(report):
        assert item.value is None or isinstance(item.value, kinds[item.kind]), item


def test_a_form_is_tried_taken_and_filled_with_the_next_edition(clerk, client):
    answer = posted(client, book_of(NAMES | {"KPI1_1_実籍": "$B$5"}))
    text = page_text(answer)
    form = TownForm.objects.get()
    assert not TownFormUse.objects.exists()
    for said in (
        "様式のB2",
        "一覧にない名前が1つ",
        "KPI1_1_実籍",
        "様式のB5",
        "町の欄",
        "様式のB4",
    ):
        assert said in text
    report = newest_report(on=ON)
    assert report.indicators[0].name in text  # among the names that the form does not use
    client.post(reverse("reports:town_form_preview", args=[form.pk]))
    assert TownFormUse.objects.get().form == form
    assert "この様式を使っています" in page_text(
        client.get(reverse("reports:town_form_preview", args=[form.pk]))
    )

    row = close(clerk)
    kept = row.filled
    sheet, values = cells(kept.content), values_of(report_of(row))
    assert sheet["B1"].value == "令和8年10月"
    assert Decimal(str(sheet["B2"].value)) == values["KPI1_1_実績"]
    assert sheet["B3"].value == values["KPI1_1_判定"]
    assert (sheet["A1"].value, sheet["B4"].value, sheet["B5"].value) == ("様式第３号", None, None)
    assert kept.name.startswith("様式第3号_進捗報告_R8-10_第")
    assert "KPI1_1_実籍" in kept.note
    assert kept.sha256 == hashlib.sha256(bytes(kept.content)).hexdigest()
    entry = HistoryEntry.objects.about(row).first()
    assert kept.sha256 in str(entry.after["町の様式"])


@pytest.mark.pure
def test_the_form_of_an_edition_stays_whatever_form_comes_after(clerk, client):
    in_use(clerk)
    first = close(clerk)
    url = reverse("reports:edition", args=[MONTH, first.number]) + "?format=form"
    before = client.get(url)
    assert before["Content-Disposition"].startswith("attachment")
    in_use(clerk, names={"報告_版": "$C$9"}, name="新しい様式.xlsx")
    assert client.get(url).content == before.content == bytes(first.filled.content)
    correct(clerk, "1-1", MONTH, 41, "2026-11-20 03:00+00:00")
    second = close(clerk)
    assert second.filled.form.name == "新しい様式.xlsx"
    stop_form(by=clerk, reason="様式の改正")
    correct(clerk, "1-1", MONTH, 42, "2026-11-20 04:00+00:00")
    third = close(clerk)
    assert not hasattr(third, "filled")
    assert client.get(url).content == before.content
    missing = reverse("reports:edition", args=[MONTH, third.number]) + "?format=form"
    assert client.get(missing).status_code == 404
    page = page_text(client.get(reverse("reports:list")))
    assert page.count("?format=form") == 2
    assert page_text(client.get(FORM_PAGE)).count("様式の改正") == 2


@pytest.mark.pure
def test_an_edition_of_before_there_was_a_form_fills_the_form_of_today(clerk, client):
    url = reverse("reports:edition", args=[SEPTEMBER, 1]) + "?format=form"
    assert client.get(url).status_code == 404
    in_use(clerk)
    report = report_of(Edition.objects.of(SEPTEMBER, 1).get())
    answer = client.get(url)
    assert cells(answer.content)["B1"].value == "令和8年9月"
    assert Decimal(str(cells(answer.content)["B2"].value)) == values_of(report)["KPI1_1_実績"]
    assert "いまの様式で作る" in page_text(client.get(reverse("reports:list")))
    assert not FilledForm.objects.exists()


@pytest.mark.pure
def test_the_month_as_it_stands_now_fills_the_form_too(clerk, client, tmp_path):
    url = reverse("reports:workbook", args=[MONTH]) + "?live=1&format=form"
    assert client.get(url).status_code == 404
    in_use(clerk)
    assert client.get(url).content == client.get(url).content
    sheet = cells(client.get(url).content)
    report = whole_report(MONTH, on=ON)
    assert Decimal(str(sheet["B2"].value)) == values_of(report)["KPI1_1_実績"]
    out = tmp_path / "form.xlsx"
    call_command("export_month", "2026-10", out=str(out), live=True, form=True, verbosity=0)
    assert out.read_bytes() == client.get(url).content
    row = close(clerk)
    call_command("export_month", "2026-10", out=str(out), form=True, verbosity=0)
    assert out.read_bytes() == bytes(row.filled.content)


@pytest.mark.pure
def test_the_annual_edition_has_its_form(clerk, client):
    in_use(clerk)
    march, on = date(2027, 3, 1), date(2027, 4, 20)
    with time_machine.travel("2027-04-20 01:00+00:00", tick=False):
        close_month(by=clerk, month=march, on=on, reason="報告のため")
        row = issue_annual(by=clerk, year=2026, on=on)
        assert "年次報告_R8_第1版" in row.filled.name
        client.force_login(clerk, backend="foundation.accounts.backends.MembershipBackend")
        for query in ("?edition=1&format=form", "?format=form"):
            answer = client.get(reverse("reports:annual", args=[2026]) + query)
            assert answer.content == bytes(row.filled.content)
        live = client.get(reverse("reports:annual", args=[2026]) + "?live=1&format=form")
        assert cells(live.content)["B1"].value == "令和9年3月"


def test_a_form_that_cannot_be_filled_stops_no_closing_and_is_told(clerk, client, monkeypatch):
    in_use(clerk)

    def broken(*given, **more):
        raise RuntimeError("whatever a file from outside can do")

    monkeypatch.setattr(filling, "filled", broken)
    answer = client.post(reverse("reports:close", args=[MONTH]), {"reason": "報告のため"})
    row = Edition.objects.newest(MONTH)
    assert FAILED in page_text(client.get(answer["Location"]))
    assert not row.filled.is_filled
    assert FAILED in page_text(client.get(reverse("reports:list")))
    url = reverse("reports:edition", args=[MONTH, row.number])
    assert client.get(url + "?format=form").status_code == 404
    assert client.get(url).status_code == 200


@pytest.mark.pure
def test_a_known_name_without_a_free_cell_is_told_by_name_and_the_form_is_not_taken(clerk, client):
    names = NAMES | {"KPI1_1_目標": "$C$2", "KPI1_1_単位": "$D$1:$D$3", "報告_版": "#REF!"}
    answer = posted(client, book_of(names, formulas={"C2": "=B2*2"}))
    text = page_text(answer)
    assert "値を入れられない名前が3つ" in text
    for why in (targets.FORMULA, targets.MANY, targets.GONE):
        assert why in text
    assert "この様式を使う" not in text
    form = TownForm.objects.get()
    with pytest.raises(ValidationError, match="値を入れられない名前があります"):
        use_form(by=clerk, form=form, on=ON)


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
REFUSED = {
    "様式.xlsm": (b"PK\x03\x04", "マクロ有効ブック（.xlsm）は使えません"),
    "様式.xls": (LOCKED, "「.xls」のファイルは様式にできません"),
    "様式.ods": (b"PK\x03\x04", "「.ods」のファイルは様式にできません"),
    "パスワード.xlsx": (LOCKED, "パスワード付きか、古い形式（.xls）のファイルです"),
    "文字.xlsx": (b"abc", "ファイルの中身が .xlsx ではありません"),
    "壊れた.xlsx": (b"PK\x03\x04" + b"\x00" * 50, "ファイルが壊れています"),
}


@pytest.mark.pure
@pytest.mark.parametrize("name", REFUSED)
def test_another_kind_of_file_is_refused_in_words_and_not_kept(name, clerk, client):
    content, said = REFUSED[name]
    answer = posted(client, content, name)
    assert answer.status_code == 422
    assert said in page_text(answer)
    assert not TownForm.objects.exists()


@pytest.mark.pure
def test_a_book_without_a_known_name_is_refused_and_not_kept(clerk, client):
    answer = posted(client, book_of({"町の欄": "$B$4"}))
    assert answer.status_code == 422
    assert "一覧にある名前の付いたセルが、1つもありません" in page_text(answer)
    assert not TownForm.objects.exists()


def test_the_same_file_is_kept_once_and_an_earlier_form_can_be_used_again(clerk):
    first = in_use(clerk)
    with pytest.raises(ValidationError, match="すでに使っています"):
        use_form(by=clerk, form=first, on=ON)
    second = in_use(clerk, names={"報告_版": "$C$9"}, name="新しい様式.xlsx")
    assert a_town_form(clerk) == first != second
    use_form(by=clerk, form=first, on=ON)
    assert TownFormUse.objects.form_in_use() == first
    assert TownForm.objects.count() == 2
    told = HistoryEntry.objects.filter(action="reports.form")
    assert told.count() == 5
    assert "様式第3号.xlsx" in str(told.first().after)
    stop_form(by=clerk, reason="改正")
    with pytest.raises(ValidationError, match="使っている様式はありません"):
        stop_form(by=clerk, reason="改正")


@pytest.mark.pure
def test_only_the_secretariat_hands_in_uses_and_stops(clerk):
    form = in_use(clerk)
    reader = User.objects.exclude(memberships__role="secretariat").first()
    with pytest.raises(PermissionDenied):
        a_town_form(reader)
    with pytest.raises(PermissionDenied):
        use_form(by=reader, form=form, on=ON)
    with pytest.raises(PermissionDenied):
        stop_form(by=reader, reason="x")


@pytest.mark.pure
def test_a_form_handed_in_changes_no_report(clerk):
    before = whole_report(MONTH, on=ON)
    in_use(clerk)
    assert whole_report(MONTH, on=ON) == before


@pytest.mark.pure
def test_the_example_is_a_form_whose_every_name_is_known_and_filled(clerk, client):
    report = newest_report(on=ON)
    content = client.get(reverse("reports:town_form_example")).content
    assert content == example_form(report)
    preview = preview_of(NamedBook(content), report)
    assert preview.may_be_used
    assert not preview.alike + preview.others
    assert len(preview.known) > 9 * len(report.indicators)
    assert not [each for each in preview.known if each.hint]
    sheet = load_workbook(io.BytesIO(NamedBook(content).filled(values_of(report))))["指標"]
    assert sheet["B5"].value == report.indicators[0].name
    assert isinstance(sheet.cell(2, 9).value, datetime)


@pytest.mark.pure
def test_what_the_cells_own_format_makes_of_a_value_is_told(clerk, client):
    book = load_workbook(io.BytesIO(book_of({"報告_月末日": "$B$1", "KPI1_1_達成率": "$B$2"})))
    book["様式"]["B2"].number_format = "0.0%"
    out = io.BytesIO()
    book.save(out)
    text = page_text(posted(client, out.getvalue()))
    assert "セルの表示形式が日付ではない" in text
    assert "セルの表示形式がパーセント" in text


@pytest.mark.pure
def test_the_list_of_names_leaves_as_a_file(clerk, client):
    report = newest_report(on=ON)
    book = load_workbook(io.BytesIO(client.get(FORM_PAGE + "?format=xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == len(items_of(report)) + 1
    named = {row[6]: row for row in rows}
    assert "令和8年10月" in named["報告_年月"] or "令和8年9月" in named["報告_年月"]
    csv = client.get(FORM_PAGE + "?format=csv").content.decode("utf-8-sig")
    assert "KPI1_1_実績" in csv


def test_two_who_decide_at_once_are_told(clerk, client):
    form = a_town_form(clerk)
    page = reverse("reports:town_form_preview", args=[form.pk])
    carried = client.filled(page, "")
    other = in_use(clerk, names={"報告_版": "$C$9"}, name="ほかの様式.xlsx")
    answer = client.post(page, carried, bare=True)
    assert answer.status_code in (302, 409)
    assert TownFormUse.objects.form_in_use() == other
    assert FilledForm.objects.count() == 0
