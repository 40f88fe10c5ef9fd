"""Targets: versions with reasons, on the good side of the baseline, judged by the one in force."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction
from django.urls import reverse

from foundation.records.models import HistoryEntry
from kpi.models import Definition, Indicator, KpiValue, Target
from kpi.setup.targets import NewTarget, set_target

pytestmark = pytest.mark.django_db


def put(by, code="1-2", **given):
    return set_target(
        by=by,
        indicator=Indicator.objects.get(code=code),
        new=NewTarget(**{"fiscal_year": 2026, **given}),
    )


def test_the_first_version_holds_from_april(secretariat):
    row = put(secretariat, value=Decimal(1200), midyear_value=Decimal(600))
    assert (row.version, row.from_month) == (1, date(2026, 4, 1))
    assert HistoryEntry.objects.filter(action="kpi.target").get().after == {
        "目標": "1,200",
        "適用月": "令和8年4月",
        "版": 1,
        "中間目標": "600",
    }


def test_a_revision_needs_a_reason_and_overwrites_nothing(secretariat):
    put(secretariat, value=Decimal(1200))
    with pytest.raises(ValidationError) as found:
        put(secretariat, value=Decimal(900))
    assert set(found.value.message_dict) == {"reason"}
    put(secretariat, value=Decimal(900), reason="制度の変更", from_month=date(2026, 7, 1))
    assert list(Target.objects.order_by("version").values_list("version", "value")) == [
        (1, 1200),
        (2, 900),
    ]
    with pytest.raises(Error), transaction.atomic():
        Target.objects.filter(version=1).update(value=1)


@pytest.mark.parametrize(
    ("code", "given", "field"),
    [
        ("1-2", {}, "value"),
        ("1-2", {"value": Decimal(-1)}, "value"),
        ("7-2", {"value": Decimal(1)}, "value"),
        ("1-1", {"value": Decimal(26)}, "value"),
        ("1-2", {"value": Decimal(1), "fiscal_year": 2030}, "fiscal_year"),
    ],
)
def test_refused(secretariat, code, given, field):
    with pytest.raises(ValidationError) as found:
        put(secretariat, code, **given)
    assert field in found.value.message_dict
    assert not Target.objects.exists()


def test_zero_is_a_target_and_maintain_has_a_range(secretariat):
    assert put(secretariat, "7-2", value=Decimal(0)).value == 0
    Definition.objects.filter(indicator__code="1-2").update(direction="maintain")
    with pytest.raises(ValidationError):
        put(secretariat, value=Decimal(5))
    assert put(secretariat, lower=Decimal(5), upper=Decimal(9)).lower == 5


def test_a_target_after_values_needs_its_reason(secretariat):
    KpiValue.objects.create(
        indicator=Indicator.objects.get(code="1-2"),
        month=date(2026, 5, 1),
        value=3,
        version=1,
        updated_at="2026-06-01T00:00:00Z",
    )
    with pytest.raises(ValidationError, match="後から目標を定める理由"):
        put(secretariat, value=Decimal(10))
    put(secretariat, value=Decimal(10), reason="計画策定後に決定")


def test_only_the_secretariat(head, headquarters):
    for user in (head, headquarters):
        with pytest.raises(PermissionDenied):
            put(user, value=Decimal(1))


def test_on_the_page(secretariat, sign_in):
    client, url = sign_in(secretariat), reverse("kpi:targets", args=["1-3"])
    bad = client.post(url, {"fiscal_year": "2026", "value": "２０くらい"}).content.decode()
    assert "数字として読めません" in bad
    assert "２０くらい" in bad
    assert (
        client.post(
            url, {"fiscal_year": "2026", "value": "２０．５％", "decided_on": "R8.4.24"}
        ).status_code
        == 302
    )
    assert Target.objects.get().value == Decimal("20.5")
    assert "20.5" in client.get(url).content.decode()
