"""Characters that no file can hold: not taken in, not given out, and never frozen by closing."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts.models import User
from foundation.sheets.reopening import UnreadableBook, reopen
from foundation.sheets.texts import unfit
from headquarters.reports.actions import close_month
from headquarters.reports.editions import reports_until
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather
from headquarters.reports.public.folder import bundle
from headquarters.reports.unfit import unfit_texts
from kpi.models import Indicator, KpiValue
from kpi.months import MonthState
from measures.models import Measure
from tests.conftest import AFTER, MONTH
from tests.pages import page_text
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # what is drawn, not what is stored
ON = date(2026, 11, 20)
UNFIT = "メモ\ufffe\uffff\u202e_x000D_"


@pytest.fixture
def clerk(client):
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        load_town()
        user = User.objects.get(username="jimukyoku")
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        yield user


@pytest.fixture
def spoilt(clerk):
    """A database into which such characters came by SQL."""
    rows = KpiValue.objects.filter(month=MONTH)
    rows.update(note=UNFIT, public_note=UNFIT)
    Indicator.objects.update(name=UNFIT, published=True)
    Measure.objects.update(name=UNFIT, summary=UNFIT)
    return rows.order_by("indicator__order").first().indicator


def texts_of(content):
    book = load_workbook(BytesIO(content), read_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            yield from (cell for cell in row if isinstance(cell, str))


def test_old_rows_with_such_characters_give_a_readable_workbook(spoilt, clerk):
    row = close_month(by=clerk, month=MONTH, on=ON, reason="報告のため")
    content = bytes(row.workbook)
    reopen(content)
    texts = list(texts_of(content))
    assert "メモ_x000D_" in texts
    assert not any(unfit(text) for text in texts)


def test_the_public_edition_holds_none_of_them(spoilt, clerk):
    row = close_month(by=clerk, month=MONTH, on=ON, reason="報告のため")
    with ZipFile(BytesIO(bundle(reports_until(row)))) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any(unfit(text) for text in files.values())
    told = [f"{MONTH:%Y-%m}_{row.number}/{name}" for name in ("index.html", "kpi.csv", "kpi.json")]
    assert all("メモ_x000D_" in files[name] for name in told)


def test_a_workbook_that_cannot_be_opened_again_is_not_frozen(spoilt, client, monkeypatch):
    def broken(content):
        raise UnreadableBook("xl/worksheets/sheet3.xml")

    monkeypatch.setattr("headquarters.reports.drawn.reopen", broken)
    address = reverse("reports:close", args=[MONTH])
    answer = client.post(address, {"reason": "報告のため"})
    page = page_text(answer)
    assert answer.status_code == 422
    assert "Excelを開き直せなかったため、締めていません" in page
    assert (
        f"{spoilt.code} のメモ（令和8年10月）に使えない文字（U+FFFE・U+FFFF・U+202E）が3つ" in page
    )
    assert f"#k{spoilt.code}" in answer.content.decode()
    assert not MonthState.load(MONTH).locked
    assert not Edition.objects.filter(month=MONTH).exists()


def test_without_a_known_place_it_says_whom_to_tell(clerk, client, monkeypatch):
    def broken(content):
        raise UnreadableBook("zip")

    monkeypatch.setattr("headquarters.reports.drawn.reopen", broken)
    answer = client.post(reverse("reports:close", args=[MONTH]), {"reason": "報告のため"})
    page = page_text(answer)
    assert "Excelを開き直せなかったため、締めていません" in page
    assert "保守の担当へ" in page


def test_each_place_is_named_once(spoilt):
    found = unfit_texts(gather(MONTH, on=AFTER, whole_plan=True))
    assert len(found) == len(set(found))
    assert any(text.place.code == spoilt.code and text.place.month == MONTH for text in found)


@pytest.mark.parametrize("sign", ["\ufffe", "\uffff", "\x0b", "\u202e", "\u200e"])
def test_typed_characters_that_cannot_leave_do_not_come_in(clerk, client, sign):
    address = reverse("measures:handover", args=[1])
    client.post(address, {"seen_version": "0", "text": f"引継ぎ{sign}の_x000D_メモ\r\n2行"})
    stored = Measure.objects.get(number=1).handover_note.text
    assert (stored.split(), unfit(stored)) == (["引継ぎの_x000D_メモ", "2行"], {})
