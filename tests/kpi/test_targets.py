"""Targets: versions with reasons, on the good side of the baseline, judged by the one in force."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction
from django.urls import reverse

from foundation.records.models import HistoryEntry
from kpi import reading
from kpi.models import Definition, Indicator, KpiValue, ReportingMonth, Target
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


DECIDED = {"reason": "推移で確認する", "decided_on": date(2026, 4, 24), "decided_where": "本部会議"}


@pytest.mark.parametrize(
    ("code", "given", "field"),
    [
        ("1-3", {"value": Decimal(101)}, "value"),
        ("1-3", {"value": Decimal(90), "midyear_value": Decimal(101)}, "midyear_value"),
        ("1-2", {"none": True}, "none"),
        ("1-2", {"none": True, "value": Decimal(5), **DECIDED}, "value"),
        ("1-2", {"withdraws": 1, "reason": "誤り"}, "withdraws"),
    ],
)
def test_refused_too(secretariat, code, given, field):
    test_refused(secretariat, code, given, field)


def test_a_baseline_does_not_limit_a_sum(secretariat):
    Definition.objects.filter(indicator__code="1-2").update(
        baseline_value=2325, baseline_span="other"
    )
    assert put(secretariat, value=Decimal(517)).value == 517


def in_month(month, code="1-2", on=date(2030, 1, 1)):
    facts = reading.load(month, on=on, indicator=Indicator.objects.get(code=code))[0]
    return facts.progress_at(month)


def test_that_no_target_is_wanted_is_a_decision(secretariat):
    row = put(secretariat, none=True, **DECIDED)
    assert (row.value, row.none) == (None, True)
    judged = in_month(date(2026, 10, 1))
    assert (judged.not_judged, judged.sentence) == (
        "no_target_by_decision",
        "評価対象外（目標なし・推移で確認）",
    )
    with pytest.raises(Error), transaction.atomic():
        Target.objects.create(
            indicator=row.indicator, fiscal_year=2027, from_month=date(2027, 4, 1), none=True
        )


@pytest.mark.parametrize(
    ("decided_on", "closed", "month"),
    [
        (date(2026, 10, 5), None, date(2026, 10, 1)),
        (date(2026, 10, 5), date(2026, 10, 1), date(2026, 11, 1)),
        (None, date(2026, 8, 1), date(2026, 9, 1)),
        (None, None, date(2026, 4, 1)),
    ],
)
def test_a_revision_holds_from_its_decision_else_from_the_first_open_month(
    secretariat, decided_on, closed, month
):
    put(secretariat, value=Decimal(1200))
    if closed:
        ReportingMonth.objects.create(month=closed, locked_at="2026-12-01T00:00:00Z")
    row = put(secretariat, value=Decimal(900), reason="見直し", decided_on=decided_on)
    assert row.from_month == month


def test_a_version_to_come_is_replaced_or_taken_back(secretariat):
    put(secretariat, value=Decimal(120))
    future = {"reason": "見直し", "from_month": date(2027, 1, 1)}
    put(secretariat, value=Decimal(90), **future)
    put(secretariat, value=Decimal(60), **future)
    put(secretariat, value=Decimal(110), reason="いまの訂正", from_month=date(2026, 10, 1))
    held = [(date(2026, 9, 1), 120), (date(2026, 10, 1), 110), (date(2027, 1, 1), 60)]
    assert [in_month(month).target for month, _ in held] == [number for _, number in held]
    put(secretariat, withdraws=3, reason="誤って登録")
    assert in_month(date(2027, 1, 1)).target == 90
    put(secretariat, withdraws=2, reason="誤って登録")
    assert in_month(date(2027, 1, 1)).target == 110
    put(secretariat, withdraws=4, reason="誤り", from_month=date(2026, 12, 1))
    assert [in_month(date(2026, n, 1)).target for n in (11, 12)] == [110, 120]
    with pytest.raises(ValidationError, match="すでに取り下げ"):
        put(secretariat, withdraws=4, reason="もう一度", from_month=date(2027, 1, 1))
    put(secretariat, withdraws=1, reason="誤り", from_month=date(2027, 2, 1))
    assert in_month(date(2027, 2, 1)).not_judged == "no_target"


def test_falling_targets_of_an_increasing_indicator_are_asked_back(secretariat):
    put(secretariat, value=Decimal(120))
    for year, value, falls in ((2027, 90, True), (2027, 150, False), (2028, 140, True)):
        new = {"fiscal_year": year, "value": Decimal(value), "confirmed": False}
        if falls:
            with pytest.raises(ValidationError) as found:
                put(secretariat, **new)
            assert "confirmed" in found.value.message_dict
        else:
            put(secretariat, **new)
    assert put(secretariat, fiscal_year=2028, value=Decimal(140)).value == 140


def test_a_grade_that_only_the_target_moved_says_so(secretariat):
    row = Indicator.objects.get(code="1-2")
    for number in range(4, 11):
        KpiValue.objects.create(
            indicator=row,
            month=date(2026, number, 1),
            value=7,
            version=1,
            updated_at="2026-11-01T00:00:00Z",
        )
    put(secretariat, value=Decimal(120), reason="当初")
    put(secretariat, value=Decimal(60), reason="制度の変更", from_month=date(2026, 10, 1))
    judged = in_month(date(2026, 10, 1))
    assert (judged.expectation, judged.rate, judged.by_target) == (35, Decimal("140.0"), True)
    assert judged.sentence == "期待値35件に対し49件（140.0％）。目標の見直しによる"
    assert not in_month(date(2026, 9, 1)).by_target


def test_the_page_begins_with_the_version_in_force_and_takes_back(secretariat, sign_in):
    put(secretariat, value=Decimal(1200), midyear_value=Decimal(600))
    put(secretariat, value=Decimal(900), reason="見直し", from_month=date(2026, 11, 1))
    client, url = sign_in(secretariat), reverse("kpi:targets", args=["1-2"])
    page = client.get(url, {"year": "2026"})
    form = page.context["form"]
    assert form["value"].initial == 900
    typed = {"reason": "誤り", "withdraws": "2026:2"}
    data = client.filled(f"{url}?year=2026", **typed) | typed
    assert client.post(url, data).status_code == 302
    assert Target.objects.latest("version").withdraws == 2
    assert "第2版の取下げ" in client.get(url).content.decode()
    assert client.get(url, {"year": "2026"}).context["form"]["midyear_value"].initial == 600


def test_the_table_takes_no_target_as_a_decision(secretariat, sign_in):
    client, url = sign_in(secretariat), reverse("kpi:target_table")
    data = {
        "code": "1-2",
        "1-2-y2026": "目標なし",
        "1-2-y2027": "",
        "1-2-y2028": "",
        "1-2-y2029": "",
    }
    assert "決定した会議等" in client.post(url, data).content.decode()
    why = {"reason": "推移で確認", "decided_on": "R8.4.24", "decided_where": "本部会議"}
    assert client.post(url, data | why).status_code == 302
    assert Target.objects.get().none
    assert "目標なし" in client.get(url).content.decode()
