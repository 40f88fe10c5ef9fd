"""The list of indicators: filters, sorting, and the download of what is shown."""

import csv
import io

import pytest
from openpyxl import load_workbook

from foundation.accounts.models import User
from tests.sample_town import load_town

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.standing_town,
    pytest.mark.pure,  # pages; the guards of their tables are tried in records/test_guards
]


@pytest.fixture
def clerk(client):
    load_town()
    client.force_login(
        User.objects.get(username="jimukyoku"),
        backend="foundation.accounts.backends.MembershipBackend",
    )
    return client


def codes(page):
    return [
        part.split("/")[0]
        for part in page.content.decode().split('href="/kpis/')[1:]
        if part[0].isdigit()
    ]


def test_filters(clerk):
    base = "/kpis/?at=2026-10"
    assert len(codes(clerk.get(base))) == 23
    assert codes(clerk.get(base + "&measure=6")) == ["6-1", "6-2", "6-3", "6-4"]
    assert codes(clerk.get(base + "&grade=D")) == ["6-1", "9-1"]
    assert codes(clerk.get(base + "&grade=-")) == ["2-1", "2-2", "6-2", "6-3", "10-1"]
    assert codes(clerk.get(base + "&state=missing")) == ["2-3", "8-1", "9-1"]
    assert "条件に合う指標はありません" in clerk.get(base + "&grade=D&measure=1").content.decode()
    assert clerk.get(base + "&measure='%20OR%201=1").status_code == 200


@pytest.mark.parametrize("column", ["code", "-rate", "rate", "grade", "name", "nonsense"])
def test_sorting_never_fails(clerk, column):
    found = codes(clerk.get(f"/kpis/?at=2026-10&sort={column}"))
    assert len(found) == 23
    if column == "code":
        assert found[-1] == "10-3"


def test_download_is_what_is_shown(clerk):
    page = clerk.get("/kpis/?at=2026-10&measure=6&format=xlsx")
    sheet = load_workbook(io.BytesIO(page.content))["KPI一覧"]
    assert [cell.value for cell in sheet["A"]] == ["番号", "6-1", "6-2", "6-3", "6-4"]
    assert sheet["H2"].value == -33.3
    assert sheet["H3"].value is None
    text = clerk.get("/kpis/?at=2026-10&measure=6&format=csv").content
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row["番号"] for row in rows] == ["6-1", "6-2", "6-3", "6-4"]
    assert clerk.get("/kpis/?at=2026-10&format=cp932").content.decode("cp932").startswith("番号")
