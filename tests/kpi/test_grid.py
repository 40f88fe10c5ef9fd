"""What stands around the cells of the entry grid: whose rows are counted, what is not yet settled,
what cannot be compared, and where what is missing is set.
"""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kpi.actions import record_value
from kpi.entry.foot import Foot, tally
from kpi.entry.grid import OWN, load_rows
from kpi.models import Definition, Indicator, KpiValue, Target
from kpi.rules.checks import Entry
from kpi.setup.definitions import FIELDS, set_definition
from measures.models import OpenPoint
from tests.conftest import MONTH
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)
AFTER = date(2026, 11, 6)
UNSURE = "単位と数え方が未確認です"
LOST = "数え方が変わったため比べられません"


@pytest.fixture
def month(soumu, zeimu):
    """総務課 leads measure 1, 税務課 measure 3."""
    lead(1, soumu)
    lead(3, zeimu)


def indicator(code="1-2"):
    return Indicator.objects.get(code=code)


def value(code, when, number):
    return KpiValue.objects.create(
        indicator=indicator(code), month=when, value=number, version=1, updated_at=timezone.now()
    )


def page_of(person, sign_in, query="", when=MONTH):
    return page_text(sign_in(person).get(reverse("kpi:entry", args=[when]) + query))


def counts(by, user, query=""):
    """(done, due) at the foot for the rows that one asks for."""
    grid = load_rows(MONTH, user, now=timezone.now())
    return tuple(getattr(tally(grid.of(by)), name) for name in ("done", "due"))


def test_the_foot_counts_the_departments_shown(month, head, other_head, secretariat):
    value("1-2", MONTH, 3)
    assert counts(OWN, head) == (1, 3)
    assert counts(OWN, other_head)[0] == 0
    everything = counts("", secretariat)
    assert counts("", head) == everything
    assert everything[0] == 1 < 3 < everything[1]


@pytest.mark.parametrize("query", ["", "?show=missing", "?show=attention", "?show=all"])
def test_a_head_opens_every_filter_on_rows_of_his_own(month, head, sign_in, query):
    text = page_of(head, sign_in, query)
    assert 'id="k1-1"' in text
    assert 'id="k3-1"' not in text
    assert "</b>／3 入力済み" in text
    assert 'id="k3-1"' in page_of(head, sign_in, "?show=all&department=")


@pytest.mark.parametrize(
    ("who", "answered", "on", "said"),
    [
        ("head", 0, AFTER, "あと3件で提出できます"),
        ("head", 2, AFTER, "あと1件で提出できます"),
        ("head", 3, AFTER, "提出できる課：総務課"),
        ("staff", 3, AFTER, "そろったら課長が提出します"),
        ("head", 3, date(2026, 10, 20), "提出は月が終わってからです"),
    ],
)
def test_the_foot_says_what_is_left_before_handing_in(month, request, who, answered, on, said):
    user = request.getfixturevalue(who)
    at = timezone.make_aware(timezone.datetime(on.year, on.month, on.day, 12))
    for code in ("1-1", "1-2"):
        if answered:
            value(code, MONTH, 3)
            answered -= 1
    if answered:
        entry = Entry(denominator=Decimal(6))
        record_value(
            by=None, indicator=indicator("1-3"), month=MONTH, seen_version=0, entry=entry, on=on
        )
    grid = load_rows(MONTH, user, now=at)
    foot = grid.foot(OWN, grid.standings(user), on)
    assert isinstance(foot, Foot)
    assert foot.sentence == said


def settle(code, *fields):
    points = OpenPoint.objects.about(indicator(code)).filter(field__in=fields)
    points.update(settled_at=timezone.now())


@pytest.mark.parametrize(
    ("settled", "first_value", "said"),
    [
        ((), None, True),
        (("unit", "accumulation", "frequency"), None, True),
        (("unit", "accumulation", "frequency", "formula_text"), None, False),
        ((), SEPTEMBER, False),
        ((), date(2026, 11, 1), False),
    ],
)
def test_entry_says_what_is_not_settled_before_the_first_value(
    month, head, sign_in, settled, first_value, said
):
    settle("1-2", *settled)
    if first_value:
        value("1-2", first_value, 5)
    client = sign_in(head)
    row = page_text(client.get(reverse("kpi:value_edit", args=[MONTH, "1-2"])))
    assert (UNSURE in row) is said
    text = page_of(head, sign_in)
    assert text.count(f">{UNSURE}<") == (3 if said else 2)
    assert ("3指標の" in text) is said


def test_whoever_may_is_led_to_where_it_is_settled(month, head, secretariat, sign_in):
    place = reverse("kpi:definition_table")
    assert place not in page_of(head, sign_in)
    assert "先に事務局に確かめてください" in page_of(head, sign_in)
    assert f'<a href="{place}">' in page_of(secretariat, sign_in)


def changed_from_october(secretariat, **changed):
    Definition.objects.filter(numerator_source__isnull=False).update(numerator_source=None)
    row = indicator()
    newest = row.definitions.latest("from_month")
    values = {name: getattr(newest, name) for name in FIELDS} | changed
    return set_definition(
        by=secretariat,
        indicator=row,
        values=values,
        from_month=MONTH,
        published=False,
        reason="数える単位を人に変更",
        change="break",
    )


def test_nothing_is_asked_back_against_another_count(month, head, secretariat, sign_in):
    value("1-2", SEPTEMBER, 100)
    changed_from_october(secretariat, unit="人")
    saved = record_value(
        by=head,
        indicator=indicator(),
        month=MONTH,
        seen_version=0,
        entry=Entry(value=Decimal(1000)),
        on=AFTER,
    )
    assert saved.warnings == []
    text = page_of(head, sign_in)
    assert f"令和8年10月から{LOST}" in text
    assert re.search(r'<td class="is-num"[^>]*>100件</td>', text)
    row = load_rows(MONTH, head, now=timezone.now()).row("1-2")
    assert (row.warnings, row.spark) == ([], [])


@pytest.mark.parametrize(
    ("changed", "lost"),
    [
        ({"unit": "人"}, True),
        ({"unit": "人", "baseline_value": Decimal(7)}, False),
        ({"unit": "人", "accumulation": "plan_sum"}, False),
        ({"accumulation": "plan_sum"}, False),
    ],
)
def test_progress_without_a_baseline_of_its_own_cannot_be_told(
    month, secretariat, sign_in, changed, lost
):
    Definition.objects.filter(indicator=indicator()).update(baseline_value=None)
    value("1-2", SEPTEMBER, 100)
    changed_from_october(secretariat, **changed)
    text = page_text(sign_in(secretariat).get("/kpis/1-2/?at=2026-10"))
    assert (LOST in text) is lost


@pytest.mark.parametrize(
    "address",
    ["/kpis/entry/2026-10/?department=", "/kpis/", "/kpis/1-1/", "/measures/1/kpis/"],
)
def test_a_missing_baseline_leads_to_where_it_is_set(month, head, secretariat, sign_in, address):
    rows = Definition.objects.filter(indicator=indicator("1-1"))
    rows.update(accumulation="latest", baseline_value=None)
    Target.objects.create(
        indicator=indicator("1-1"),
        fiscal_year=2026,
        from_month=date(2026, 4, 1),
        value=40,
        created_at=timezone.now(),
    )
    for number in range(4, 11):
        value("1-1", date(2026, number, 1), 20 + number)
    door = reverse("kpi:definition", args=["1-1"])
    at = "&at=2026-10" if "?" in address else "?at=2026-10"
    text = page_text(sign_in(secretariat).get(address + at))
    assert f'<a href="{door}#id_baseline_value">基準値未設定</a>' in text
    assert 'id="id_baseline_value"' in page_text(sign_in(secretariat).get(door))
    text = page_text(sign_in(head).get(address + at))
    assert "基準値未設定" in text
    assert door not in text
