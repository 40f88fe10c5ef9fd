"""What a clerk sees for each status of a save: the row keeps what was typed and says why."""

from datetime import date

import pytest
from django.utils import timezone

from foundation.accounts.models import Membership
from kpi.models import KpiValue, ReportingMonth

MONTH, FIRST = "2026-10", date(2026, 10, 1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk(visitor):
    """The secretariat at the open month's grid."""
    person = visitor()
    person.come_as("jimukyoku")
    person.open(f"/kpis/entry/{MONTH}/")
    return person


def type_into(person, code, text):
    box = person.page.locator(f"#k{code} [data-cell]").first
    box.focus()
    person.page.keyboard.type(text)
    person.page.keyboard.press("Enter")


def says(person, code, words):
    person.page.wait_for_selector(f"#k{code} .dx-save:has-text('{words}')")


def typed(person, code):
    return person.page.locator(f"#k{code} [data-cell]").first.input_value()


def test_422_refused(clerk):
    type_into(clerk, "1-2", "abc")
    says(clerk, "1-2", "誤り・未保存")
    assert typed(clerk, "1-2") == "abc"
    clerk.check()


def test_409_conflict(clerk):
    row = KpiValue.objects.get(indicator__code="1-2", month=FIRST)
    KpiValue.objects.filter(pk=row.pk).update(
        value=77, version=row.version + 1000, updated_at=timezone.now()
    )
    type_into(clerk, "1-2", "88")
    says(clerk, "1-2", "競合・未保存")
    assert typed(clerk, "1-2") == "88"
    assert "77" in clerk.page.locator("#k1-2").inner_text()
    clerk.check()


def test_423_locked(clerk):
    ReportingMonth.objects.create(month=FIRST, locked_at=timezone.now())
    type_into(clerk, "1-2", "88")
    clerk.page.wait_for_selector("#k1-2:has-text('月次締め済みです')")
    clerk.check()


def test_403_the_right_is_gone(clerk):
    Membership.objects.filter(user__username="jimukyoku").update(
        role="staff", department=Membership.objects.exclude(department=None).first().department
    )
    type_into(clerk, "1-2", "88")
    says(clerk, "1-2", "保存する権限がなくなりました")
    assert typed(clerk, "1-2") == "88"
    clerk.check()


def test_503_busy(clerk):
    clerk.page.route("**/kpis/entry/*/1-2/*", lambda route: route.fulfill(status=503, body="busy"))
    type_into(clerk, "1-2", "88")
    says(clerk, "1-2", "混み合っていて保存できませんでした")
    assert typed(clerk, "1-2") == "88"
    clerk.page.unroute("**/kpis/entry/*/1-2/*")
    says(clerk, "1-2", "保存済み")  # by itself
    assert KpiValue.objects.get(indicator__code="1-2", month=FIRST).value == 88
