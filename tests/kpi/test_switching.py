"""A reason's word in a number box, a number in a row with a reason, and both typing the same."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.models import DataRevision, HistoryEntry
from foundation.records.statuses import Status
from kpi.actions import record_value
from kpi.choices import Kind, Maturity, MissingReason
from kpi.entry.forms import EntryForm
from kpi.models import Indicator, KpiValue
from kpi.rules.checks import Entry
from kpi.setup.targets import NewTarget, set_target
from tests.conftest import MONTH
from tests.people import lead
from tests.test_clock import ON

NAMES = {"indicator": SimpleNamespace(code="1-2"), "unit": "件", "numerator_words": ""}
NAMES |= {"numerator_unit": "件", "denominator_unit": "件"}
NAMES |= {"numerator_label": "オンライン", "denominator_label": "全体"}
NUMBER = SimpleNamespace(kind=Kind.NUMBER, **NAMES)
RATIO = SimpleNamespace(kind=Kind.RATIO, **NAMES)
FINAL, PROVISIONAL = Maturity.FINAL, Maturity.PROVISIONAL
NOT_APPLICABLE, COUNTING = MissingReason.NOT_APPLICABLE, MissingReason.COUNTING


def stored(reason="", **numbers):
    found = {"value": None, "numerator": None, "denominator": None, **numbers}
    return KpiValue(missing_reason=reason, maturity=FINAL, version=1, **found)


def read(definition, before, answer, **typed):
    """(numbers, reason, maturity) of a typed row, or None when it is refused."""
    data = {"seen_version": 1, "answer": answer, **typed}
    names = {f"1-2-{name}": text for name, text in data.items()}
    form = EntryForm(definition, names, stored=before)
    if not form.is_valid():
        return None
    entry = form.entry
    numbers = [entry.value, entry.numerator, entry.denominator]
    return [row for row in numbers if row is not None], entry.missing_reason, entry.maturity


@pytest.mark.parametrize(
    ("before", "answer", "typed", "found"),
    [
        (None, FINAL, "対象外", ([], NOT_APPLICABLE, FINAL)),
        (None, FINAL, "　集計中 ", ([], COUNTING, FINAL)),
        (stored(value=118), FINAL, "対象外", ([], NOT_APPLICABLE, FINAL)),
        (stored(value=118), PROVISIONAL, "対象外", ([], NOT_APPLICABLE, FINAL)),
        (stored(COUNTING), COUNTING, "対象外", ([], NOT_APPLICABLE, FINAL)),
        (stored(COUNTING), COUNTING, "５件", ([5], "", FINAL)),
        (stored(COUNTING), COUNTING, "0", ([0], "", FINAL)),
        (stored(COUNTING), PROVISIONAL, "5", ([5], "", PROVISIONAL)),
        (stored(COUNTING), COUNTING, "", ([], COUNTING, FINAL)),
        (stored(value=118), FINAL, "120", ([120], "", FINAL)),
        (None, COUNTING, "対象外", None),  # two reasons
        (None, FINAL, "対象外です", None),
        (None, FINAL, "なし", None),
    ],
)
@pytest.mark.pure
def test_a_number_box(before, answer, typed, found):
    assert read(NUMBER, before, answer, value=typed) == found


@pytest.mark.parametrize(
    ("before", "answer", "above", "below", "found"),
    [
        (None, FINAL, "対象外", "", ([], NOT_APPLICABLE, FINAL)),
        (None, FINAL, "", "対象外", ([], NOT_APPLICABLE, FINAL)),
        (None, FINAL, "対象外", "対象外", ([], NOT_APPLICABLE, FINAL)),
        (stored(numerator=8, denominator=9), FINAL, "集計中", "9", ([], COUNTING, FINAL)),
        (stored(numerator=8, denominator=9), FINAL, "集計中", "10", None),
        (None, FINAL, "対象外", "598", None),
        (None, FINAL, "対象外", "集計中", None),
        (stored(COUNTING), COUNTING, "8", "9", ([8, 9], "", FINAL)),
    ],
)
@pytest.mark.pure
def test_two_boxes(before, answer, above, below, found):
    assert read(RATIO, before, answer, numerator=above, denominator=below) == found


def test_a_reason_chosen_beside_a_number_is_still_refused(db, secretariat, sign_in):
    """Choosing 対象外 while the number stands is no order to throw it away."""
    save(secretariat, Entry(value=Decimal(118)), 0)
    typed = {"1-2-value": "118", "1-2-answer": COUNTING, "1-2-seen_version": version()}
    answer = post(sign_in(secretariat), typed)
    assert answer.status_code == Status.REFUSED
    assert "保存されている値は 118 です" in " ".join(answer.content.decode().split())


def save(by, entry, seen):
    indicator = Indicator.objects.get(code="1-2")
    return record_value(
        by=by, indicator=indicator, month=MONTH, seen_version=seen, entry=entry, on=ON
    )


def version():
    return KpiValue.objects.get().version


def post(client, typed):
    url = reverse("kpi:value_edit", args=[MONTH, "1-2"])
    return client.post(url, typed, headers={"HX-Request": "true"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "met"),
    [
        (Entry(value=Decimal(120)), Entry(value=Decimal(120)), SavedAlready),
        (Entry(value=Decimal(120)), Entry(value=Decimal("120.0")), SavedAlready),
        (Entry(missing_reason=COUNTING), Entry(missing_reason=COUNTING), SavedAlready),
        (Entry(), Entry(), SavedAlready),
        (Entry(value=Decimal(120)), Entry(value=Decimal(121)), Conflict),
        (Entry(value=Decimal(120)), Entry(value=Decimal(120), note="x"), Conflict),
        (Entry(value=Decimal(120)), Entry(value=Decimal(120), maturity=PROVISIONAL), Conflict),
        (Entry(), Entry(value=Decimal(120)), Conflict),
        (Entry(value=Decimal(0)), Entry(), Conflict),
    ],
)
def test_two_people_on_one_value(secretariat, head, soumu, first, second, met):
    lead(1, soumu)
    save(secretariat, Entry(value=Decimal(3)), 0)
    seen = version()
    save(secretariat, first, seen)
    before = (DataRevision.objects.get().number, HistoryEntry.objects.count())
    with pytest.raises(met) as found:
        save(head, second, seen)
    assert type(found.value) is met
    assert (DataRevision.objects.get().number, HistoryEntry.objects.count()) == before


@pytest.mark.django_db
def test_the_row_says_who_and_takes_the_new_version(secretariat, head, soumu, sign_in):
    lead(1, soumu)
    save(secretariat, Entry(value=Decimal(120)), 0)
    client = sign_in(head)
    typed = {"1-2-value": "120", "1-2-answer": FINAL, "1-2-seen_version": 0}
    answer = post(client, typed)
    text = answer.content.decode()
    assert answer.status_code == Status.SAVED
    assert "事務局 太郎さんが同じ内容を保存済みです" in text
    assert f'name="1-2-seen_version"\n            value="{version()}"' in text
    assert KpiValue.objects.get().updated_by == secretariat


@pytest.mark.django_db
def test_a_target_that_both_typed(secretariat, head, sign_in):
    indicator = Indicator.objects.get(code="1-2")
    set_target(by=secretariat, indicator=indicator, new=NewTarget(2026, value=Decimal(1200)))
    typed = {"code": "1-2", "1-2-y2026": "1,200", "1-2-seen2026": "0"}
    blank = {f"1-2-y{year}": "" for year in (2027, 2028, 2029)}
    client = sign_in(secretariat)
    url = reverse("kpi:target_table")
    answer = client.post(url, {**typed, **blank}, headers={"HX-Request": "true"})
    assert "事務局 太郎さんが同じ内容を保存済みです" in answer.content.decode()
    assert indicator.targets.count() == 1
    other = client.post(url, {**typed, **blank, "1-2-y2026": "9"}, headers={"HX-Request": "true"})
    assert other.status_code == Status.REFUSED
    assert 'data-stored="1,200"' in other.content.decode()
