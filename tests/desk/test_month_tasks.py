"""What the work list says of months: each that is open and has ended, oldest first."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.accounts.models import User
from foundation.records.actions import record_change
from foundation.records.models import DataRevision
from headquarters.desk.work import work_list
from headquarters.reports.actions import close_month
from kpi.models import Indicator, KpiValue, ReportingMonth, Submission
from tests.people import lead

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
APRIL, MAY, JUNE = (date(2026, month, 1) for month in (4, 5, 6))
NOW = "2026-07-13 01:00+00:00"  # June is due on the 10th
LATER = "2026-07-13 01:30+00:00"
ON = date(2026, 7, 13)


@pytest.fixture(autouse=True)
def clock(soumu):
    lead(1, soumu)
    with time_machine.travel(NOW, tick=False):
        yield


def lines(user, *kinds):
    """[(kind, text, detail)] of the list, of these kinds."""
    user = User.objects.get(pk=user.pk)
    tasks = work_list(user, on=ON, now=timezone.now()).tasks
    return [(row.kind, row.text, row.detail) for row in tasks if not kinds or row.kind in kinds]


def close(month, by):
    return close_month(by=by, month=month, on=ON, reason="報告を急ぐため")


MEASURE_1 = {"1-1": {"value": 3}, "1-2": {"value": 3}, "1-3": {"denominator": 6}}


def fill(month):
    """Values for all that is due of measure 1."""
    for code, numbers in MEASURE_1.items():
        KpiValue.objects.create(
            indicator=Indicator.objects.get(code=code),
            month=month,
            version=1,
            updated_at=timezone.now(),
            note="確認済",
            **numbers,
        )


def test_each_open_month_is_named_oldest_first_and_a_closed_one_is_not(head, secretariat):
    expected = ("入力", "4月分の入力", "3指標の値が未入力です")
    assert lines(head, "入力")[:2] == [expected, ("入力", "5月分の入力", "3指標の値が未入力です")]
    assert [text for _, text, _ in lines(head, "入力")[2:]] == [
        "1-1 オンライン化手続き数",
        "1-2 オンライン申請件数",
        "1-3 オンライン申請割合",
    ]
    close(APRIL, secretariat)
    assert [text for _, text, _ in lines(head, "入力")][0] == "5月分の入力"
    close(JUNE, secretariat)
    assert [text for _, text, _ in lines(head)] == ["5月分の入力"]


def test_handing_in_confirming_and_closing_take_turns(head, secretariat, soumu):
    fill(APRIL)
    assert ("提出", "4月分の提出", "総務課の入力がそろいました。提出できます") in lines(head)
    row = Submission.objects.create(
        department=soumu, month=APRIL, state="submitted", updated_at=timezone.now()
    )
    words = "総務課から提出されました。確認するか差し戻してください"
    assert ("確認", "4月分の確認", words) in lines(secretariat)
    assert lines(head, "提出") == []
    late = [line for line in lines(secretariat, "締め") if line[1].startswith("4月")]
    assert late[0][2].startswith("提出期限を過ぎています（確認 0／")
    row.state = "confirmed"
    row.save()
    Submission.objects.create(  # of the measures that no department leads
        department=None, month=APRIL, state="confirmed", updated_at=timezone.now()
    )
    whole = [line for line in lines(secretariat, "締め") if line[1].startswith("4月")]
    assert whole == [("締め", "4月分の締め", "すべての課を確認しました。締められます")]


def test_what_changed_after_closing_is_offered_once_it_has(head, secretariat):
    fill(APRIL)
    close(APRIL, secretariat)
    assert lines(secretariat, "締め直し") == []
    with time_machine.travel(LATER, tick=False):
        publish(secretariat)
        found = lines(secretariat, "締め直し")
    assert found == [("締め直し", "4月分の締め直し", "締めた後に変わったもの 1件。締め直せます")]
    assert lines(head, "締め直し") == []


def publish(by):
    row = KpiValue.objects.select_related("indicator").first().indicator
    row.published = not row.published
    row.save()
    record_change(by=by, action="kpi.definition", subject=row, before={}, after={})


def test_the_number_of_open_months_costs_no_queries(secretariat):
    counts = [queries(secretariat)]
    revision = DataRevision.objects.get().number
    settled = {"locked_at": timezone.now(), "locked_by": secretariat}
    for month in (APRIL, MAY):
        ReportingMonth.objects.create(month=month, locked_revision=revision, **settled)
        counts.append(queries(secretariat))
    assert len(set(counts)) == 1


def queries(user):
    with CaptureQueriesContext(connection) as captured:
        lines(user)
    return len(captured)
