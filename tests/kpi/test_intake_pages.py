"""The entry sheet goes out, is filled in, comes back: shown, chosen, confirmed, taken back."""

import io
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from foundation.records.actions import current_revision
from foundation.records.models import HistoryEntry
from foundation.sheets.colours import BAD_WASH, argb
from kpi.actions import record_value
from kpi.intake.columns import SHEET
from kpi.intake.models import Batch, ReturnedFile
from kpi.models import Indicator, KpiValue, Reopening, ReportingMonth, Submission
from kpi.rules.checks import Entry
from tests.conftest import MONTH
from tests.kpi.returned_sheets import filled, sheet_of
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 6)
RECEIVE = "/kpis/intake/files/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False) as moving:
        yield moving


@pytest.fixture(autouse=True)
def town(soumu, zeimu):
    """総務課 leads measures 1 and 5, 税務課 measure 3."""
    for number, department in ((1, soumu), (5, soumu), (3, zeimu)):
        lead(number, department)


def indicator(code):
    return Indicator.objects.get(code=code)


def save(by, code, **fields):
    """Save as the entry page does."""
    stored = KpiValue.objects.filter(indicator__code=code, month=MONTH).first()
    seen = stored.version if stored else 0
    numbers = {name: Decimal(each) for name, each in fields.items() if isinstance(each, int)}
    entry = Entry(**(fields | numbers))
    found = indicator(code)
    return record_value(
        by=by, indicator=found, month=MONTH, seen_version=seen, entry=entry, on=ON
    ).value


def value_of(code):
    """(value, numerator, denominator, reason, note) of a cell."""
    row = KpiValue.objects.filter(indicator__code=code, month=MONTH).first()
    return row and (row.value, row.numerator, row.denominator, row.missing_reason, row.note)


def send(client, content, name="様式.xlsx", **more):
    """Choose a file and read it."""
    return client.post(RECEIVE, {"file": SimpleUploadedFile(name, content)}, **more)


def sent(client, content):
    """The address of the preview of a file."""
    answer = send(client, content)
    assert answer.status_code == 302, page_text(answer)
    return answer["Location"]


def history():
    return HistoryEntry.objects.count(), current_revision()


def test_what_was_filled_in_is_shown_first_and_taken_over_when_confirmed(head, sign_in):
    client, before = sign_in(head), history()
    save(head, "5-3", value=18)
    content = filled(
        sheet_of("総務課"),
        {
            "1-1": {"value": "３６手続"},
            "1-2": {"value": 0, "note": "停止中"},
            "5-2": {"numerator": 29, "denominator": "152人"},
            "5-3": {"value": "クリア"},
        },
    )
    stood = history()
    place = sent(client, content)
    assert (history(), value_of("1-1")) == (stood, None), "reading a file changes nothing"
    page = client.get(place)
    text = page_text(page)
    assert "まだ何も保存していません" in text
    assert "「３６手続」" in text and "0件として保存" in text and "消去します" in text
    assert page.context["preview"].taken == 6
    answer = client.post(place, {})
    assert answer.status_code == 302
    assert value_of("1-1") == (36, None, None, "", "")
    assert value_of("1-2") == (0, None, None, "", "停止中")
    assert value_of("5-2") == (None, 29, 152, "", "")
    assert value_of("5-3") is None
    batch = Batch.objects.get()
    assert (batch.number, batch.applied_by, len(batch.cells)) == (1, head, 4)
    told = HistoryEntry.objects.filter(revision__gt=stood[1]).order_by("revision")
    assert [row.action for row in told] == ["kpi.value"] * 4 + ["kpi.intake"]
    assert told.first().reason == "取込 第1号"
    assert "取込 第1号" in page_text(client.get(place))
    assert before[0] < stood[0]


def test_a_sheet_that_nobody_has_touched_writes_nothing(head, secretariat, sign_in):
    save(head, "5-3", value=18, note="a\r\nb")
    save(head, "5-2", numerator=29, denominator=152)
    save(head, "1-1", missing_reason="counting")
    client, stood = sign_in(head), history()
    place = sent(client, sheet_of("総務課"))
    page = client.get(place)
    assert page.context["preview"].taken == page.context["preview"].conflicts == 0
    assert "取り込む値がないため" in page_text(page)
    assert client.post(place, {}).status_code == 422
    assert (history(), Batch.objects.count()) == (stood, 0)
    assert len(page.context["preview"].cells) > 5
    assert "変更なし" in page_text(client.get(place + "?show=all"))


def test_a_conflict_is_shown_with_who_and_when_and_waits_for_a_choice(head, staff, sign_in):
    save(head, "5-3", value=18)
    content = filled(sheet_of("総務課"), {"5-3": {"value": 21}, "1-1": {"value": 3}})
    save(staff, "5-3", value=22)
    client = sign_in(head)
    place = sent(client, content)
    page = client.get(place)
    assert "担当 三郎 11月6日 10時00分" in page_text(page)
    assert [(each.now, each.file) for each in page.context["preview"].choices] == [("22", "21")]
    refused = client.post(place, {})
    assert refused.status_code == 422
    assert "どちらにするかを選んでください" in page_text(refused)
    assert value_of("1-1") is None
    name = refused.context["preview"].choices[0].name
    assert client.post(place, {name: "now"}).status_code == 302
    assert (value_of("5-3")[0], value_of("1-1")[0]) == (22, 3)


def test_the_value_of_the_file_may_be_chosen_also_over_a_cleared_one(head, staff, sign_in):
    save(head, "5-3", value=18)
    content = filled(sheet_of("総務課"), {"5-3": {"value": 21}})
    save(staff, "5-3")
    client = sign_in(head)
    place = sent(client, content)
    page = client.get(place)
    assert "担当 三郎 11月6日 10時00分" in page_text(page)
    name = page.context["preview"].choices[0].name
    assert client.post(place, {name: "file"}).status_code == 302
    assert value_of("5-3")[0] == 21


def test_what_has_moved_since_the_preview_stops_the_confirmation(head, staff, sign_in):
    content = filled(sheet_of("総務課"), {"5-3": {"value": 21}, "1-1": {"value": 3}})
    client = sign_in(head)
    place = sent(client, content)
    carried = client.filled(place, action=place)
    save(staff, "5-3", value=22)
    stopped = client.post(place, carried, bare=True)
    assert stopped.status_code == 409
    text = page_text(stopped)
    assert "ほかの人が保存するなどして内容が変わりました" in text
    assert "いまの値" in text and "担当 三郎 11月6日" in text
    assert (value_of("1-1"), Batch.objects.count()) == (None, 0)
    name = stopped.context["preview"].choices[0].name
    assert client.post(place, {name: "file"}).status_code == 302
    assert (value_of("5-3")[0], value_of("1-1")[0]) == (21, 3)


def test_a_second_press_takes_nothing_over_again(head, sign_in):
    client = sign_in(head)
    place = sent(client, filled(sheet_of("総務課"), {"5-3": {"value": 21}}))
    carried = client.filled(place, action=place)
    for _ in range(2):
        assert client.post(place, carried, bare=True).status_code == 302
    assert (Batch.objects.count(), HistoryEntry.objects.of_action("kpi.value").count()) == (1, 1)


def test_errors_are_named_by_cell_and_the_rest_is_taken(head, sign_in):
    cells = {"5-3": {"value": "3くらい"}, "5-2": {"numerator": 200, "denominator": 152}}
    content = filled(sheet_of("総務課"), cells | {"1-1": {"value": 3}})
    client = sign_in(head)
    place = sent(client, content)
    page = client.get(place)
    text = page_text(page)
    assert "「3くらい」は数字として読めません" in text and "より大きくなっています" in text
    assert page.context["preview"].refused == 3
    assert client.post(place, {}).status_code == 302
    assert (value_of("1-1")[0], value_of("5-3"), value_of("5-2")) == (3, None, None)


def close(month):
    ReportingMonth.objects.create(
        month=month, due_on=ON, locked_at=timezone.now(), locked_revision=current_revision()
    )


def hand_in(department):
    Submission.objects.create(
        department=department, month=MONTH, state="submitted", updated_at=timezone.now()
    )


@pytest.mark.parametrize("who", ["head", "secretariat"])
@pytest.mark.parametrize("lock", ["closed", "submitted"])
def test_what_is_closed_or_handed_in_stays_whatever_the_file_says(
    who, lock, soumu, sign_in, request
):
    user = request.getfixturevalue(who)
    save(user, "5-3", value=18)
    content = filled(sheet_of("総務課"), {"5-3": {"value": 21}, "1-1": {"value": 3}})
    close(MONTH) if lock == "closed" else hand_in(soumu)
    client, stood = sign_in(user), history()
    place = sent(client, content)
    page = client.get(place)
    assert (page.context["preview"].locked, page.context["preview"].taken) == (2, 0)
    assert client.post(place, {}).status_code == 422
    assert (history(), value_of("5-3")[0], value_of("1-1")) == (stood, 18, None)


def test_a_cell_of_a_closed_month_that_was_opened_is_taken(soumu, head, secretariat, sign_in):
    close(MONTH)
    Reopening.objects.create(
        indicator=indicator("5-3"),
        month=MONTH,
        reason="集計の誤り",
        state="allowed",
        requested_by=head,
        requested_at=timezone.now(),
        decided_by=secretariat,
        decided_at=timezone.now(),
        decided_revision=current_revision(),
        expires_at="2026-11-09T00:00Z",
    )
    content = filled(sheet_of("総務課"), {"5-3": {"value": 21}, "1-1": {"value": 3}})
    client = sign_in(head)
    place = sent(client, content)
    assert client.post(place, {}).status_code == 302
    assert (value_of("5-3")[0], value_of("1-1")) == (21, None)
    told = HistoryEntry.objects.of_action("kpi.value").first()
    assert told.reason == "例外の申請：集計の誤り"


def test_rows_of_another_department_stay_and_the_secretariat_takes_all(head, secretariat, sign_in):
    content = filled(sheet_of("税務課"), {"3-1": {"numerator": 5, "denominator": 50}})
    client = sign_in(head)
    place = sent(client, content)
    assert "入力できるのは税務課と事務局です" in page_text(client.get(place))
    assert client.post(place, {}).status_code == 422
    assert value_of("3-1") is None
    client = sign_in(secretariat)
    assert client.post(sent(client, content), {}).status_code == 302
    assert value_of("3-1")[1] == 5
    assert HistoryEntry.objects.of_action("kpi.value").first().on_behalf_of == "税務課"


def test_who_may_see_a_returned_file(head, staff, other_head, secretariat, viewer, sign_in):
    place = sent(sign_in(head), filled(sheet_of("総務課"), {"5-3": {"value": 21}}))
    doors = (place, f"{place}file/", f"{place}marked/")
    expected = {head: 200, staff: 404, other_head: 404, secretariat: 200, viewer: 403}
    for user, status in expected.items():
        client = sign_in(user)
        assert [client.get(door).status_code for door in doors] == [status] * 3, user
        assert client.post(f"{place}undo/", {}, bare=True).status_code == (
            403 if status == 403 else 404
        )
    assert send(sign_in(viewer), b"PK").status_code == 403


def test_the_file_is_kept_as_it_came(head, sign_in):
    content = filled(sheet_of("総務課"), {"5-3": {"value": 21}})
    client = sign_in(head)
    place = sent(client, content)
    kept = ReturnedFile.objects.get()
    assert bytes(kept.content) == content and kept.uploaded_by == head
    answer = client.get(f"{place}file/")
    assert answer.content == content
    assert answer["Content-Disposition"].startswith("attachment")
    assert "様式.xlsx" in page_text(client.get(RECEIVE))


def test_the_file_comes_back_with_marks_and_still_says_the_same(head, staff, sign_in):
    save(head, "5-3", value=18)
    typed = {"5-1": {"value": "3くらい"}, "5-3": {"value": 21}, "1-1": {"value": 3}}
    content = filled(sheet_of("総務課"), typed)
    save(staff, "5-3", value=22)
    client = sign_in(head)
    place = sent(client, content)
    shown = client.get(place).context["preview"].cells
    cells = {each.what.split()[0]: each.cell.cell for each in reversed(shown)}
    answer = client.get(f"{place}marked/")
    assert answer["Content-Disposition"].startswith("attachment")
    paper = load_workbook(io.BytesIO(answer.content))[SHEET]
    wrong, asked, right = (paper[cells[code].address] for code in ("5-1", "5-3", "1-1"))
    assert wrong.comment.text.startswith("誤り：「3くらい」は数字として読めません")
    assert asked.comment.text.startswith("競合：いまの値は 22 です（担当 三郎 11月6日")
    assert wrong.fill.start_color.rgb == argb(BAD_WASH) and right.comment is None
    marks = [paper.cell(cell.row, 1).value for cell in (wrong, asked, right)]
    assert marks == ["誤り", "競合", None]
    again = client.get(sent(client, answer.content)).context["preview"]
    assert (again.refused, again.conflicts, again.taken) == (1, 1, 1)


REFUSED = {
    "no file": (None, "ファイルを選んでください"),
    "empty": (b"", "中身のないファイルです"),
    "text": (b"1-1,3", "Excelのファイル（.xlsx）ではありません"),
    "old": (b"\xd0\xcf\x11\xe0" * 200, "古い形式（.xls）"),
    "half": (b"PK\x03\x04 half", "ファイルが壊れていて読めません"),
}


@pytest.mark.parametrize("content, why", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_said_and_not_kept(content, why, head, sign_in):
    client = sign_in(head)
    answer = client.post(RECEIVE, {}) if content is None else send(client, content)
    assert answer.status_code == 422
    assert why in page_text(answer)
    assert not ReturnedFile.objects.exists()


def test_a_month_that_has_not_begun_is_refused_by_name(head, sign_in, clock):
    content = sheet_of("総務課")
    clock.move_to("2026-09-06 01:00+00:00")
    answer = send(sign_in(head), content)
    assert answer.status_code == 422
    assert "令和8年10月分の様式です" in page_text(answer)


def test_a_batch_is_taken_back_with_one_press(head, staff, sign_in):
    save(head, "5-3", value=18, note="前")
    cells = {"5-3": {"value": 21}, "1-1": {"value": 3}, "1-2": {"value": 9}}
    client = sign_in(head)
    place = sent(client, filled(sheet_of("総務課"), cells))
    client.post(place, {})
    save(staff, "1-2", value=10)
    answer = client.post(f"{place}undo/", {}, page=place)
    assert answer.status_code == 302
    assert (value_of("5-3"), value_of("1-1")) == ((18, None, None, "", "前"), None)
    assert value_of("1-2")[0] == 10, "what has changed since stays"
    text = page_text(client.get(place))
    assert "取消済み" in text and "いまの値（10）を残しました" in text
    stood = history()
    assert client.post(f"{place}undo/", {"once": "x" * 20}, bare=True).status_code == 302
    assert history() == stood


def test_a_batch_is_not_taken_back_once_it_is_handed_in(head, secretariat, soumu, sign_in):
    client = sign_in(head)
    place = sent(client, filled(sheet_of("総務課"), {"5-3": {"value": 21}}))
    client.post(place, {})
    hand_in(soumu)
    for user in (head, secretariat):
        answer = sign_in(user).post(f"{place}undo/", {}, page=place)
        assert answer.status_code == 423
    assert value_of("5-3")[0] == 21
