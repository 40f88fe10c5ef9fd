"""A department's month.

The table of transitions is the law, for every role; nothing half done is handed in.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from foundation.records.models import HistoryEntry
from kpi.actions import Locked, record_value
from kpi.choices import SubmissionState as S
from kpi.models import Indicator, KpiValue, ReportingMonth, ReturnReason, Submission
from kpi.rules.checks import Entry
from kpi.submissions import TRANSITIONS, NotReady, change_submission
from tests.conftest import MONTH
from tests.people import lead

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 6)
LAW = {
    (S.NOT_SUBMITTED, "submit"): S.SUBMITTED,
    (S.RETURNED, "submit"): S.SUBMITTED,
    (S.SUBMITTED, "withdraw"): S.NOT_SUBMITTED,
    (S.SUBMITTED, "return"): S.RETURNED,
    (S.SUBMITTED, "confirm"): S.CONFIRMED,
    (S.CONFIRMED, "reconsider"): S.SUBMITTED,
}
WHO = {
    "submit": {"head", "secretariat"},
    "withdraw": {"head", "secretariat"},
    "return": {"secretariat"},
    "confirm": {"secretariat"},
    "reconsider": {"secretariat"},
}


@pytest.fixture
def full(soumu, secretariat):
    """総務課 leads measure 3 (one indicator), whose value is there."""
    lead(3, soumu)
    fill(secretariat)


def fill(by, numerator=30, note=""):
    stored = KpiValue.objects.filter(indicator__code="3-1", month=MONTH).first()
    record_value(
        by=by,
        indicator=Indicator.objects.get(code="3-1"),
        month=MONTH,
        seen_version=stored.version if stored else 0,
        on=ON,
        entry=Entry(numerator=Decimal(numerator), denominator=Decimal(300), note=note),
    )


def put(soumu, state):
    Submission.objects.all().delete()
    if state != S.NOT_SUBMITTED:
        Submission.objects.create(
            department=soumu, month=MONTH, state=state, updated_at=timezone.now()
        )


def state_of(soumu):
    row = Submission.objects.of(soumu, MONTH).first()
    return row.state if row else S.NOT_SUBMITTED


@pytest.mark.parametrize("name", TRANSITIONS)
@pytest.mark.parametrize("state", S)
def test_the_table_is_the_law_for_every_role(request, full, soumu, state, name):
    for role in ("viewer", "staff", "head", "other_head", "headquarters", "secretariat"):
        user = request.getfixturevalue(role)
        put(soumu, state)
        allowed = (state, name) in LAW and role in WHO[name]
        try:
            change_submission(
                by=user, department=soumu, month=MONTH, name=name, reason="直してください"
            )
        except (PermissionDenied, ValidationError):
            assert not allowed, (role, state, name)
            assert state_of(soumu) == state
        else:
            assert allowed, (role, state, name)
            assert state_of(soumu) == LAW[state, name]


def test_what_is_missing_is_named(soumu, head, secretariat):
    lead(1, soumu)
    with pytest.raises(NotReady) as found:
        change_submission(by=head, department=soumu, month=MONTH, name="submit")
    assert [text[:3] for text in found.value.messages] == ["1-1", "1-2", "1-3"]
    assert not Submission.objects.exists()


def test_a_warning_needs_its_comment_before_handing_in(full, soumu, head, secretariat):
    KpiValue.objects.create(
        indicator=Indicator.objects.get(code="3-1"),
        month=date(2026, 9, 1),
        numerator=3,
        denominator=300,
        version=1,
        updated_at=timezone.now(),
    )
    with pytest.raises(NotReady, match="コメントが必要"):
        change_submission(by=head, department=soumu, month=MONTH, name="submit")
    fill(secretariat, note="キャンペーンのため")
    change_submission(by=head, department=soumu, month=MONTH, name="submit")


def test_round_trip_with_a_reason_on_the_page(full, soumu, head, secretariat, sign_in, client):
    url, page = reverse("kpi:submission_edit", args=[MONTH]), reverse("kpi:entry", args=[MONTH])
    text = sign_in(head).get(page).content.decode()
    assert "1指標すべてそろっています" in text
    sign_in(head).post(url, {"department": soumu.pk, "transition": "submit"}, page=page)
    assert "提出済みです" in client.get(page).content.decode()
    with pytest.raises(Locked):
        fill(head, 31)
    answer = sign_in(secretariat).post(
        url, {"department": soumu.pk, "transition": "return"}, page=page
    )
    assert "差戻しの理由を、月全体または指標ごとに入力してください" in answer.content.decode()
    client.post(
        url,
        {"department": soumu.pk, "transition": "return", "reason": "分母を確かめてください"},
        page=page,
    )
    assert ReturnReason.objects.get().reason == "分母を確かめてください"
    assert "差戻しの理由：分母を確かめてください" in sign_in(head).get(page).content.decode()
    fill(head, 31)
    client.post(url, {"department": soumu.pk, "transition": "submit"}, page=page)
    sign_in(secretariat).post(url, {"department": soumu.pk, "transition": "confirm"}, page=page)
    assert state_of(soumu) == S.CONFIRMED
    entries = HistoryEntry.objects.filter(action="kpi.submission")
    assert [row.after["状態"] for row in entries] == ["確認済", "提出", "差戻し", "提出"]


def test_handing_in_for_another_department_is_on_behalf(zeimu, secretariat):
    lead(3, zeimu)
    fill(secretariat)
    row = change_submission(by=secretariat, department=zeimu, month=MONTH, name="submit")
    assert row.on_behalf
    assert HistoryEntry.objects.filter(action="kpi.submission").get().on_behalf_of == "税務課"


def test_without_a_department_only_the_secretariat(secretariat, head):
    with pytest.raises(PermissionDenied):
        change_submission(by=head, department=None, month=MONTH, name="submit")
    with pytest.raises(NotReady):
        change_submission(by=secretariat, department=None, month=MONTH, name="submit")


def test_a_closed_month_stays_as_it_is(full, soumu, head):
    ReportingMonth.objects.create(month=MONTH, locked_at=timezone.now())
    with pytest.raises(ValidationError, match="締め済み"):
        change_submission(by=head, department=soumu, month=MONTH, name="submit")


def test_unknown_wishes_are_refused(full, soumu, secretariat, sign_in):
    client = sign_in(secretariat)
    url = reverse("kpi:submission_edit", args=[MONTH])
    page = reverse("kpi:entry", args=[MONTH])
    for data in ({"transition": "x"}, {"department": soumu.pk, "transition": "confirm"}):
        answer = client.post(url, data, page=page)
        assert answer.status_code == 422
        assert "できません" in answer.content.decode()
    for data in ({}, {"department": "99999", "transition": "submit"}):
        assert client.post(url, data, page=page).status_code == 422
    assert not Submission.objects.exists()
