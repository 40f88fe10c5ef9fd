"""The page 用語, and the words in everything that is drawn as a file."""

import io
from zipfile import ZipFile

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts.models import User
from headquarters.meetings.models import Meeting
from tests.pages import page_text
from tests.sample_town import load_town
from tests.words import found_in, pairs

pytestmark = pytest.mark.pure  # words stand in the program
PAGES = (
    *("/kpis/", "/dashboard/milestones/", "/dashboard/submissions/", "/plan/checks/"),
    *("/plan/organisation/", "/plan/organisation/projects/", "/history/", "/reports/form/"),
)


@pytest.fixture
def town(client):
    load_town()
    client.force_login(User.objects.get(username="jimukyoku"))
    return client


def words_of(content: bytes) -> str:
    """Every text of a workbook, names of its sheets included."""
    book = load_workbook(io.BytesIO(content))
    cells = (cell.value for sheet in book for line in sheet.iter_rows() for cell in line)
    return "\n".join([*book.sheetnames, *(text for text in cells if isinstance(text, str))])


def files() -> list[str]:
    """Where files are taken out of the portal, one address of each kind."""
    meeting = Meeting.objects.order_by("pk").first()
    papers = [reverse(f"meetings:{name}", args=[meeting.pk]) for name in ("agenda", "minutes")]
    return [
        *("/reports/2026-09/editions/1/", "/reports/2026-10/workbook/", "/reports/form/example/"),
        *(f"{page}?format=xlsx" for page in [*PAGES, *papers]),
    ]


@pytest.mark.django_db
def test_no_workbook_says_a_word_that_is_not_said(town):
    known = pairs()
    for address in files():
        answer = town.get(address)
        assert answer.status_code == 200, address
        wrong = found_in(words_of(answer.getvalue()), known)
        assert wrong == [], address
    with ZipFile(io.BytesIO(town.get("/kpis/intake/2026-10/sheets/").getvalue())) as sheets:
        for name in sheets.namelist():
            assert found_in(words_of(sheets.read(name)), known) == [], name


@pytest.mark.django_db
def test_the_page_says_what_the_words_mean_here_and_now(town):
    text = page_text(town.get("/words/"))
    for word in ("期待値", "更新待ち", "照合値", "仮の値", "速報", "引継ぎメモ"):
        assert word in text
    assert "A 順調（100.0％以上）、B 概ね順調（80.0％以上）" in text
    assert "60日を超えて更新がない" in text
    assert 'href="/words/#w-expectation"' in town.get("/dashboard/").content.decode()
