"""Numbers and names are by month: what is renumbered from December was called otherwise before.

Addresses are read with the numbers of their month; old ones lead on (docs/rules.md §5).
"""

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command

from foundation.accounts.models import Department, User
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather
from headquarters.reports.stored import dump
from kpi.models import Definition, FormerLabel, Indicator
from kpi.setup.plan_changes import add_indicator, rename_indicator, renumber_indicator
from measures.actions import add_measure, end_measure
from measures.models import FormerMeasureLabel, Measure
from measures.plan_changes import rename_measure, renumber_measure
from roadmap.models import Step
from tests.conftest import MONTH
from tests.pages import page_text
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.standing_town]
TODAY = date(2026, 11, 27)
DECEMBER, MARCH = date(2026, 12, 1), date(2027, 3, 1)
WHY = {"reason": "計画の見直し", "decision": "第2回推進本部会議"}
MONTHS = [date(2026, month, 1) for month in (4, 8, 9, 10, 11)]


@pytest.fixture
def keeper():
    with time_machine.travel("2026-11-27 01:00+00:00", tick=False):
        load_town()
        yield User.objects.get(username="jimukyoku")


@pytest.fixture
def client(keeper, client):
    client.force_login(keeper, backend="foundation.accounts.backends.MembershipBackend")
    return client


def number(by, code, new, month):
    row = Indicator.objects.get(code=code)
    return renumber_indicator(by=by, indicator=row, code=new, month=month, **WHY)


def told(month):
    """What a month's report says, without the moment and the revision of the newest change."""
    report = replace(gather(month, on=TODAY, whole_plan=True), revision=None)
    return dump(report).replace(report.made_at.isoformat(), "")


def test_earlier_months_keep_their_numbers_and_names(keeper):
    before = [told(month) for month in MONTHS]
    number(keeper, "10-2", "9-2", DECEMBER)
    row = Indicator.objects.get(code="1-2")
    rename_indicator(by=keeper, indicator=row, name="電子申請の件数", month=DECEMBER, **WHY)
    measure = Measure.objects.get(number=10)
    renumber_measure(by=keeper, measure=measure, number=11, effective_on=DECEMBER, **WHY)
    third = Measure.objects.get(number=3)
    words = {"name": "公金収納", "summary": "改めた概要"}
    rename_measure(by=keeper, measure=third, **words, effective_on=DECEMBER, **WHY)
    assert [told(month) for month in MONTHS] == before
    after = gather(DECEMBER, on=date(2027, 1, 10))
    assert {row.code: row.name for row in after.indicators}["1-2"] == "電子申請の件数"
    assert "9-2" in {row.code for row in after.indicators}
    assert {row.number: row.name for row in after.measures}[3] == "公金収納"
    assert [row.number for row in after.measures][-1] == 11
    assert {row.measure for row in after.steps} <= {row.number for row in after.measures}


def test_an_address_is_read_with_the_numbers_of_its_month(keeper, client):
    number(keeper, "10-2", "9-2", DECEMBER)
    for address, then in (
        ("/kpis/10-2/?at=2026-10", None),
        ("/kpis/9-2/?at=2026-10", "/kpis/10-2/?at=2026-10"),
        ("/kpis/entry/2026-10/10-2/", None),
        ("/kpis/entry/2026-10/9-2/", "/kpis/entry/2026-10/10-2/"),
        ("/kpis/KPI10-2/?at=2026-10", None),  # as files for machines say it
        ("/kpis/KPI9-2/?at=2026-10", "/kpis/10-2/?at=2026-10"),
        ("/kpis/entry/2026-10/ＫＰＩ９－２/", "/kpis/entry/2026-10/10-2/"),
    ):
        answer = client.get(address)
        assert answer.get("Location") == then, address
        assert answer.status_code == (302 if then else 200), address
    with time_machine.travel("2027-01-12 01:00+00:00", tick=False):
        client.force_login(keeper, backend="foundation.accounts.backends.MembershipBackend")
        december = "/kpis/9-2/?at=2026-12"
        assert client.get("/kpis/10-2/?at=2026-12")["Location"] == december
        assert '<span class="dx-num">9-2</span>' in page_text(client.get(december))
        assert client.get("/kpis/9-2/")["Location"] == "/kpis/10-2/"  # September's edition
        assert client.get("/kpis/10-2/?at=2026-10").status_code == 200
        assert client.get("/kpis/99-9/").status_code == 404


def test_the_links_of_an_edition_lead_to_what_it_speaks_of(keeper, client):
    number(keeper, "10-2", "9-2", DECEMBER)
    edition = Edition.objects.newest(date(2026, 9, 1))
    text = client.get(f"/dashboard/?at={edition.key}").content.decode()
    assert "10-2" in text
    assert client.get("/kpis/10-2/?at=2026-09").status_code == 200


def test_a_number_that_is_free_again_may_be_taken(keeper):
    number(keeper, "10-2", "9-2", DECEMBER)
    number(keeper, "10-3", "10-2", DECEMBER)
    codes = [row.code for row in gather(MONTH, on=TODAY).indicators]
    assert codes[-2:] == ["10-2", "10-3"]
    codes = [row.code for row in gather(DECEMBER, on=date(2027, 1, 5)).indicators]
    assert codes[-2:] == ["9-2", "10-2"]


def test_a_number_that_is_still_held_is_not_given_to_a_new_one(keeper):
    """10-2 and measure 10 keep their numbers until the end of February."""
    number(keeper, "10-2", "9-2", MARCH)
    tenth = Measure.objects.get(number=10)
    renumber_measure(by=keeper, measure=tenth, number=11, effective_on=MARCH, **WHY)
    new = {"name": "新しい指標", "unit": "件", "accumulation": "year_sum", **WHY}
    measure = {"policy": tenth.policy, "name": "新しい施策", "summary": "概要", **WHY}
    with pytest.raises(ValidationError, match="すでに使われています"):
        add_indicator(by=keeper, measure=tenth, code="10-2", month=DECEMBER, **new)
    with pytest.raises(ValidationError, match="すでにあります"):
        add_measure(by=keeper, number=10, effective_on=DECEMBER, **measure)
    add_indicator(by=keeper, measure=tenth, code="10-2", month=MARCH, **new)
    add_measure(by=keeper, number=10, effective_on=MARCH, **measure)
    for month, count in ((DECEMBER, 23), (MARCH, 24)):
        codes = [row.code for row in gather(month, on=date(2027, 4, 5)).indicators]
        assert len(codes) == len(set(codes)) == count


def test_no_measure_begins_or_ends_in_a_closed_month(keeper):
    tenth, september = Measure.objects.get(number=10), date(2026, 9, 15)
    words = {"name": "新しい施策", "summary": "概要", **WHY}
    with pytest.raises(ValidationError, match="9月分まで締めています"):
        add_measure(by=keeper, policy=tenth.policy, number=12, effective_on=september, **words)
    with pytest.raises(ValidationError, match="9月分まで締めています"):
        end_measure(by=keeper, measure=tenth, effective_on=september, **WHY)


def test_labels_change_in_their_order(keeper):
    number(keeper, "10-2", "9-2", MARCH)
    with pytest.raises(ValidationError, match="記録済み"):
        number(keeper, "9-2", "9-3", DECEMBER)
    number(keeper, "9-2", "9-4", MARCH)  # again from the same month: one label before it
    assert FormerLabel.objects.values_list("code", "until_month").get() == (
        "10-2",
        date(2027, 2, 1),
    )
    measure = Measure.objects.get(number=10)
    renumber_measure(by=keeper, measure=measure, number=11, effective_on=DECEMBER, **WHY)
    renumber_measure(by=keeper, measure=measure, number=12, effective_on=MARCH, **WHY)
    kept = FormerMeasureLabel.objects.order_by("until_on").values_list("number", flat=True)
    assert list(kept) == [10, 11]


def test_nothing_is_renamed_in_a_closed_month(keeper):
    row, measure = Indicator.objects.get(code="10-2"), Measure.objects.get(number=10)
    september = date(2026, 9, 15)
    for act in (
        lambda: number(keeper, "10-2", "9-2", date(2026, 9, 1)),
        lambda: rename_indicator(
            by=keeper, indicator=row, name="別の名", month=date(2026, 9, 1), **WHY
        ),
        lambda: renumber_measure(
            by=keeper, measure=measure, number=11, effective_on=september, **WHY
        ),
        lambda: rename_measure(
            by=keeper, measure=measure, name="別", summary="別", effective_on=september, **WHY
        ),
    ):
        with pytest.raises(ValidationError, match="9月分まで締めています"):
            act()


def test_the_plan_loaded_again_knows_old_numbers(keeper):
    number(keeper, "10-2", "9-2", DECEMBER)
    measure = Measure.objects.get(number=10)
    renumber_measure(by=keeper, measure=measure, number=11, effective_on=DECEMBER, **WHY)
    before = Indicator.objects.count(), Measure.objects.count()
    call_command("load_plan", verbosity=0)
    assert (Indicator.objects.count(), Measure.objects.count()) == before


def test_a_renamed_department_keeps_its_old_name_before(keeper):
    """The sample's 農林課 became 農林振興課 on 1 July: leads, own departments, steps."""
    nourin = Department.objects.get(code="nourin")
    row = Indicator.objects.get(code="9-1")
    Definition.objects.filter(indicator__code="1-2").update(department=nourin)
    Step.objects.filter(measure__number=1, order=1).update(department=nourin)
    for month, name in ((date(2026, 6, 1), "農林課"), (date(2026, 7, 1), "農林振興課")):
        report = gather(month, on=TODAY)
        departments = {each.code: each.department for each in report.indicators}
        assert departments[row.code] == name
        assert departments["1-2"] == name
        assert name in {each.name for each in report.departments}
        assert next(each for each in report.measures if each.number == 9).department == name
        assert report.steps_of(1)[0].department == name
