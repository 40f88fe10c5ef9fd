"""One viewpoint: what judges reads the same report, and every figure leads to its evidence."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from foundation.accounts.models import Department, User
from headquarters.reports.models import Edition
from kpi.models import Indicator, KpiValue, Target
from measures.models import Measure
from roadmap.models import Milestone, MilestoneUpdate
from tests.figures import Figures
from tests.sample_town import load_town

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.standing_town,
    pytest.mark.pure,  # what is drawn, not what is stored
]
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
PAGES = (
    "/dashboard/",
    "/dashboard/milestones/",
    "/dashboard/submissions/",
    "/kpis/",
    "/kpis/1-2/",
    "/measures/3/kpis/",
    "/measures/3/",
    "/measures/3/roadmap/",
    "/measures/3/reviews/",
    "/measures/3/history/",
)
DEFAULT = ("", "2026-09.1")
HEAD = re.compile(r'<div class="dx-athead">.*?</div>\s*</details>.*?</div>', re.DOTALL)
OTHERS = ("/lead/", "/handover/", "at=2026-10")  # forms, and the line 「速報では …」
JUDGED = re.compile(r"^/(dashboard/|kpis/([0-9]+-[0-9]+/)?(\?|$)|measures/[0-9]+/)")


@pytest.fixture
def client(client):
    load_town()
    client.force_login(User.objects.get(username="jimukyoku"))
    with time_machine.travel("2026-11-27 01:00+00:00", tick=False):
        yield client


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("at", ["", "2026-07.1", "2026-10"])
def test_every_figure_leads_to_as_many_rows(client, at):
    asked = f"?at={at}" if at else ""
    followed = {}
    for page in ("/dashboard/", "/measures/3/", "/measures/6/kpis/"):
        figures = Figures.on(client.get(page + asked))
        assert figures.counts
        for address, count in figures.counts:
            if address not in followed:
                shown = Figures.on(client.get(address))
                assert len(shown.rows) == 1, address
                followed[address] = shown.rows[0]
            assert followed[address] == count, (page, address)
            if at not in DEFAULT:
                assert f"at={at}" in address, (page, address)
    assert len(followed) > 15


def test_the_rows_of_a_list_are_what_it_says(client):
    for address in ("/kpis/?grade=A", "/kpis/?state=missing&at=2026-10", "/dashboard/milestones/"):
        text = text_of(client, address)
        body = text[text.index("data-rows") :]
        rows = [row for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL) if "<td" in row]
        assert int(re.search(r'data-rows="(\d+)"', text)[1]) == len(rows), address


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("at", "badge"),
    [
        ("", "9月分 <b>第1版</b>"),
        ("2026-09", "9月分 <b>現在</b>"),
        ("2026-07.1", "7月分 <b>第1版</b>"),
        ("2026-10", "10月分 <b>速報</b>"),
    ],
)
def test_one_badge_says_which_and_every_link_carries_it(client, page, at, badge):
    address = page + (f"?at={at}" if at else "")
    text = text_of(client, address)
    assert badge in re.sub(r"\s+", " ", text)
    assert text.count('class="dx-atpick"') == 1
    if at in DEFAULT:
        return
    main = text[text.index("<main") : text.index("</main>")]
    figures = Figures()
    figures.feed(
        re.sub(r'<div class="dx-athead">.*?</div>\s*</details>.*?</div>', "", main, flags=re.S)
    )
    for link in figures.links:
        if JUDGED.match(link) and not link.endswith(OTHERS):
            assert f"at={at}" in link, link


@pytest.mark.parametrize(
    ("asked", "lead"),
    [
        ("month=2026-09", "?at=2026-09.1"),
        ("month=2026-07", "?at=2026-07.2"),
        ("month=2026-10", "?at=2026-10"),
        ("month=2026-07.1", "?at=2026-07.1"),
        ("month=2026-07&edition=1", "?at=2026-07.1"),
        ("month=2026-07&measure=3", "?measure=3&at=2026-07.2"),
        ("month=", ""),
    ],
)
def test_a_month_leads_to_its_viewpoint(client, asked, lead):
    answer = client.get(f"/kpis/?{asked}")
    assert (answer.status_code, answer["location"]) == (302, f"/kpis/{lead}")


NO_VIEWPOINT = (
    "2026-12",
    "2026-09.2",
    "2025-10",
    "2030-04",
    "x",
    "2026-13",
    "2026-09.0",
    "2026-09.x",
)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_unknown_or_has_not_begun_is_said(client, page):
    for at in NO_VIEWPOINT:
        assert client.get(f"{page}?at={at}").status_code == 404, at


def test_a_closed_march_says_what_the_year_came_to(client):
    with time_machine.travel("2027-04-20 01:00+00:00", tick=False):
        client.force_login(User.objects.get(username="jimukyoku"))
        for page in ("/dashboard/", "/kpis/"):
            text = text_of(client, f"{page}?at=2027-03")
            assert "年度評価" in text
            assert "見通し" not in text
    assert "見通し" in text_of(client, "/kpis/")


def everything_moves():
    """Corrected, revised, renamed, moved, added: round the doors, for no door may matter."""
    one = Indicator.objects.get(code="1-2")
    now = timezone.now()
    KpiValue.objects.filter(indicator=one, month=SEPTEMBER).update(value=Decimal(999))
    Target.objects.create(
        indicator=one,
        fiscal_year=2026,
        version=9,
        from_month=date(2026, 4, 1),
        value=Decimal(9000),
        reason="見直し",
        created_at=now,
    )
    Indicator.objects.filter(code="2-3").update(name="別の名前")
    Indicator.objects.filter(code="10-1").update(valid_until=date(2026, 8, 1))
    Department.objects.filter(name="税務課").update(name="収納課")
    Measure.objects.filter(number=4).update(name="別の施策")
    late = Milestone.objects.get(name="eL-QRの運用開始")
    MilestoneUpdate.objects.create(
        milestone=late,
        state_before="in_progress",
        state_after="completed",
        completed_after=date(2026, 8, 30),
        effective_on=date(2026, 8, 30),
        by=User.objects.first(),
        at=now,
    )
    Milestone.objects.create(
        step=late.step, name="後から加えた節目", planned_on=date(2026, 8, 1), order=9, version=1
    )


def still(text):
    """A page without what differs from one request to the next."""
    return re.sub(r'(csrfmiddlewaretoken" value|nonce|data-seen)="[^"]*"', "", text)


FROZEN = (
    "/dashboard/?at=2026-07.1",
    "/dashboard/?at=2026-09.1",
    "/dashboard/milestones/?at=2026-09.1",
    "/dashboard/submissions/?at=2026-09.1",
    "/kpis/?at=2026-09.1",
    "/kpis/?at=2026-09.1&format=csv",
    "/reports/2026-09/editions/1/?format=json",
)


def test_whatever_moves_afterwards_an_edition_stands_still(client):
    before = {address: still(text_of(client, address)) for address in FROZEN}
    head = re.search(r'aria-label="要点">.*?</section>', text_of(client, "/kpis/1-2/"), re.DOTALL)
    books = [bytes(row.workbook) for row in Edition.objects.order_by("pk")]
    everything_moves()
    for address, text in before.items():
        assert still(text_of(client, address)) == text, address
    page = text_of(client, "/kpis/1-2/")
    assert re.search(r'aria-label="要点">.*?</section>', page, re.DOTALL)[0] == head[0]
    assert "999" in page[page.index("月ごとの値") :]  # and what is 現在 says so
    assert [bytes(row.workbook) for row in Edition.objects.order_by("pk")] == books
    now = text_of(client, "/kpis/?at=2026-09")
    assert "別の名前" in now
    assert "後から加えた節目" in text_of(client, "/dashboard/milestones/?at=2026-11")


def test_an_edition_of_an_older_format_says_what_it_lacks(client):
    row = Edition.objects.newest(SEPTEMBER)
    assert "この版にはありません" not in text_of(client, "/kpis/1-2/?at=2026-09.1")
    report = row.report.replace('"made_as": 8', '"made_as": 4')
    Edition.objects.bulk_create(
        [
            Edition(
                month=SEPTEMBER,
                number=2,
                format_version=4,
                report=report,
                report_sha256="",
                workbook=b"",
                workbook_name="x.xlsx",
                workbook_sha256="",
                closed_by=User.objects.first(),
                closed_at=timezone.now(),
            )
        ]
    )
    assert "この版にはありません" in text_of(client, "/kpis/1-2/")
