"""The list of indicators: filters, sorting, and the download of what is shown."""

import csv
import io

import pytest
from openpyxl import load_workbook

from foundation.accounts.models import User
from kpi.models import Indicator
from tests.pages import page_text
from tests.reports.machine_rules import dicts
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
    found = dicts(load_workbook(io.BytesIO(page.content))["KPI一覧"])
    codes = ["KPI6-1", "KPI6-2", "KPI6-3", "KPI6-4"]
    assert [row["指標番号"] for row in found] == codes
    assert [row["達成率（％）"] for row in found[:2]] == [-33.3, None]
    first = found[0]
    assert (first["報告の年月"], first["時点"]) == ("2026-10", "速報")
    assert isinstance(first["年度目標"], int | float)
    assert found[1]["評価対象外の理由コード"] == "no_target"
    assert clerk.get("/kpis/?at=2026-10&measure=6&format=xlsx").content == page.content
    text = clerk.get("/kpis/?at=2026-10&measure=6&format=csv").content
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row["指標番号"] for row in rows] == codes


def test_shift_jis_tells_what_it_cannot_take(clerk):
    answer = clerk.get("/kpis/?at=2026-10&measure=6&format=cp932&anyway=1")
    assert answer.content.decode("cp932").startswith("全国地方公共団体コード")
    Indicator.objects.filter(code="6-1").update(name="髙齢者😀")
    page = clerk.get("/kpis/?at=2026-10&measure=6&format=cp932").content.decode()
    assert "<b>😀</b> 1か所" in page
    assert "<b>髙</b> 1か所" in page
    assert "?at=2026-10&amp;measure=6&amp;format=cp932&amp;anyway=1" in page


@pytest.mark.parametrize(
    ("address", "title", "where"),
    [
        ("/dashboard/milestones/?at=2026-10&show=late", "マイルストーンの一覧", "マイルストーン"),
        ("/dashboard/milestones/?at=2026-10&measure=1", "マイルストーンの一覧", "マイルストーン"),
        ("/dashboard/submissions/?at=2026-10", "提出の一覧", "入力課"),
        ("/plan/checks/?show=all&kind=indicator.unit", "要確認一覧", "対象"),
        ("/plan/checks/?show=settled", "要確認一覧", "対象"),
    ],
)
def test_every_list_downloads_what_it_shows(clerk, address, title, where):
    page = clerk.get(address)
    for kind in ("xlsx", "csv", "cp932"):
        assert f"format={kind}" in page.content.decode()
    book = clerk.get(f"{address}&format=xlsx").content
    assert clerk.get(f"{address}&format=xlsx").content == book
    rows = dicts(load_workbook(io.BytesIO(book))[title])
    text = clerk.get(f"{address}&format=csv").content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text, newline="")))) == len(rows)
    if address.startswith("/dashboard/"):
        assert f'data-rows="{len(rows)}"' in page.content.decode()
    if "settled" not in address:  # of all kinds, and the page shows one
        assert all(row[where] in page_text(page) for row in rows)
        assert rows
    if "kind" in address:
        assert rows[0]["指標番号"] == "KPI1-1"
