"""Sheets that go out and come back, in a browser: what a file would change is seen before anything
is saved, chosen and confirmed by keyboard, and taken back; no page of it fails axe.
"""

import pytest
from django.db.models import F

from kpi.models import KpiValue
from tests.returned import CODE, content_of, opened, places

MONTH = "2026-10"
pytestmark = pytest.mark.django_db(transaction=True)
KINDS = {  # who, where, what is typed into which columns of the first row, what is said of it
    "milestones": (
        "zeimu-kacho",
        "/roadmap/milestones/sheets/",
        {"見込日": "R8.12.20", "今回の理由": "接続試験に時間がかかるため"},
        "R8.12.20",
    ),
    "targets": (
        "jimukyoku",
        "/kpis/targets/sheets/",
        {"R9目標": 54, "見直しの理由": "見直し", "決定した会議等": "第2回本部会議"},
        "54",
    ),
}


def downloaded(person, name):
    """The bytes behind a link of the page."""
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name=name).first.click()
    return download.value.path().read_bytes()


def typed(sheet, cells):
    """The workbook with {number: {head: value}} typed into it; None: into its first row."""
    book, paper = opened(sheet)
    line, heads = places(paper)
    for row in paper.iter_rows(min_row=line + 1):
        number = str(row[heads[CODE] - 1].value)
        for head, value in (cells.get(number) or cells.pop(None, {})).items():
            row[heads[head] - 1].value = value
    return content_of(book)


def handed_in(person, content):
    """Choose the file, press the button, and come to its preview."""
    file = {"name": "様式.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    person.page.locator("[type=file]").set_input_files(file)
    person.page.get_by_role("button", name="読み取って確かめる").press("Enter")
    person.page.wait_for_selector(".dx-tally")
    person.check()
    return person.page.locator("main").inner_text()


def pressed(person, name):
    """A button by keyboard; the page after it."""
    with person.page.expect_navigation():
        person.page.get_by_role("button", name=name).press("Enter")
    person.check()
    return person.page.locator("main").inner_text()


def test_an_entry_sheet_with_a_new_value_an_error_and_a_conflict(visitor):
    clerk = visitor()
    clerk.come_as("jimukyoku")
    clerk.open(f"/kpis/intake/?month={MONTH}")
    clerk.check()
    sheet = downloaded(clerk, "総務課の入力様式、Excel")
    meetings = KpiValue.objects.filter(indicator__code="6-4", month=f"{MONTH}-01")
    meetings.update(value=1, version=F("version") + 1)
    cells = {"5-3": {"実績値": 88}, "5-1": {"実績値": "3くらい"}, "6-4": {"実績値": 2}}
    clerk.open("/kpis/intake/files/")
    clerk.check()
    said = handed_in(clerk, typed(sheet, cells))
    for words in (
        "「3くらい」は数字として読めません",
        "競合",
        "新しい値",
        "まだ何も保存していません",
    ):
        assert words in said
    clerk.page.locator(".dx-pick2 [value=file]").focus()
    clerk.page.keyboard.press("Space")
    assert "第1号" in pressed(clerk, "確定する")
    assert meetings.get().value == 2
    assert KpiValue.objects.get(indicator__code="5-3", month=f"{MONTH}-01").value == 88
    assert "取消済み" in pressed(clerk, "取り消す")
    assert meetings.get().value == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_other_sheets_come_back_alike(visitor, kind):
    who, place, cells, word = KINDS[kind]
    person = visitor()
    person.come_as(who)
    person.open(place)
    person.check()
    said = handed_in(person, typed(downloaded(person, "取り出す"), {None: cells}))
    assert word in said and "まだ何も保存していません" in said
    said = pressed(person, "確定する")
    assert "第1号" in said
    assert "取消済み" in pressed(person, "取り消す")
