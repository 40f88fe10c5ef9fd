"""Two departments and a web user on the same cells in the same moment: whoever comes later is
shown what has moved, and nothing is lost.
"""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.accounts.models import Department, Role
from foundation.records.conflict import Conflict
from foundation.records.models import HistoryEntry
from kpi.actions import record_value
from kpi.intake.models import Batch
from kpi.models import Indicator, KpiValue
from kpi.rules.checks import Entry
from tests.kpi.returned_reports import edited, report_of
from tests.kpi.returned_sheets import OCTOBER, filled, sheet_of
from tests.people import lead, make_user
from tests.test_at_once import at_once, browsers

pytestmark = pytest.mark.django_db(transaction=True)
RECEIVE = "/kpis/intake/files/"
ON = date(2026, 11, 20)


@pytest.fixture
def people(committed):
    """総務課, 税務課, the secretariat, and somebody at the screen."""
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        soumu = Department.objects.create(code="soumu", name="総務課", sort_order=1)
        zeimu = Department.objects.create(code="zeimu", name="税務課", sort_order=2)
        for number, department in ((5, soumu), (1, zeimu)):
            lead(number, department)
        yield [
            make_user("soumu-kacho", "総務 花子", Role.DEPARTMENT_HEAD, soumu),
            make_user("zeimu-kacho", "税務 次郎", Role.DEPARTMENT_HEAD, zeimu),
            make_user("jimukyoku", "事務局 太郎", Role.SECRETARIAT, soumu),
            make_user("soumu-tanto", "担当 三郎", Role.STAFF, soumu),
        ]


def sent(browser, content):
    """(address, what its page would send) of the preview of a file."""
    file = SimpleUploadedFile("様式.xlsx", content)
    place = browser.post(RECEIVE, {"file": file})["Location"]
    return place, browser.filled(place, action=place)


def value_of(code):
    return KpiValue.objects.get(indicator__code=code, month=OCTOBER).value


def test_nobody_overwrites_what_he_has_not_seen(people):
    files = [
        filled(sheet_of("総務課"), {"5-3": {"value": 21}, "5-1": {"value": 3}}),
        filled(sheet_of("税務課"), {"1-1": {"value": 36}, "1-2": {"value": 120}}),
        filled(sheet_of("総務課"), {"5-3": {"value": 25}}),
    ]
    pressing = browsers(people[:3])
    pages = [sent(browser, file) for browser, file in zip(pressing, files, strict=True)]

    def at_the_screen():
        indicator, entry = Indicator.objects.get(code="5-3"), Entry(value=Decimal("22.5"))
        try:
            record_value(
                by=people[3], indicator=indicator, month=OCTOBER, seen_version=0, entry=entry, on=ON
            )
        except Conflict:
            return 409
        return 302

    answers = at_once(
        [
            *(
                lambda browser=browser, page=page: browser.post(*page, bare=True).status_code
                for browser, page in zip(pressing, pages, strict=True)
            ),
            at_the_screen,
        ]
    )
    soumu, zeimu, clerk, screen = answers
    assert zeimu == 302, "other cells: nobody is in the way"
    assert sorted([soumu, clerk, screen]) == [302, 409, 409], "one wins, the others are told"
    wins = {0: Decimal(21), 1: Decimal(25), 2: Decimal("22.5")}
    assert value_of("5-3") == wins[[soumu, clerk, screen].index(302)]
    assert (value_of("1-1"), value_of("1-2")) == (36, 120)
    values = HistoryEntry.objects.of_action("kpi.value").count()
    assert values == KpiValue.objects.count() == (4 if soumu == 302 else 3)
    assert Batch.objects.count() == HistoryEntry.objects.of_action("kpi.intake").count()
    for browser, (place, _), status in zip(pressing, pages, answers[:3], strict=True):
        preview = browser.get(place).context.get("preview")
        assert (preview is None) == (status == 302)
        assert preview is None or preview.conflicts == 1


def test_a_report_a_csv_and_the_screen_on_the_same_cell(people):
    csv = "番号,年月,実績値\r\n5-3,2026-10,25\r\n1-1,,36\r\n".encode()
    files = [edited(report_of(), {("5-3", "2026-10"): {"実績値": 21}}), csv]
    pressing = browsers([people[0], people[2]])
    pages = [sent(browser, file) for browser, file in zip(pressing, files, strict=True)]
    answers = at_once(
        [
            lambda browser=browser, page=page: browser.post(*page, bare=True).status_code
            for browser, page in zip(pressing, pages, strict=True)
        ]
    )
    assert sorted(answers) == [302, 409], "one wins, the other is told"
    assert value_of("5-3") == (21 if answers[0] == 302 else 25)
    late = answers.index(409)
    preview = pressing[late].get(pages[late][0]).context["preview"]
    assert preview.conflicts == 1, "and is asked"
    assert Batch.objects.count() == 1
