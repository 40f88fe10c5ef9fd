"""DX関連事業: empty as loaded; money by year; who keeps them; where they are shown."""

import io
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from foundation.records.models import HistoryEntry
from headquarters.organisation.chart import places
from headquarters.organisation.projects.actions import (
    Amount,
    ProjectTerms,
    add_project,
    correct_project,
    withdraw_project,
)
from headquarters.organisation.projects.models import Project
from headquarters.organisation.projects.reading import projects
from headquarters.reviews.changes import compare
from headquarters.reviews.facts import facts_of
from headquarters.reviews.stored import dump, parse
from measures.models import Measure
from roadmap.models import Step
from tests.pages import page_text
from tests.reports.machine_rules import dicts

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)
HERE = "/plan/organisation/projects/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        yield


def measure(number=1):
    return Measure.objects.get(number=number)


def terms(department, **said):
    """A project of two years with money in the first."""
    plain = {
        "name": "申請フォーム作成サービス利用",
        "first_year": 2026,
        "last_year": 2027,
        "what": "電子申請の様式作成と受付",
        "state": "in_progress",
        "amounts": {2026: Amount(budget=1980)},
    }
    return ProjectTerms(department=department, **{**plain, **said})


@pytest.fixture
def project(secretariat, soumu):
    return add_project(by=secretariat, measure=measure(), terms=terms(soumu))


@pytest.mark.pure
def test_the_list_is_empty_as_loaded_and_says_why(viewer, head, sign_in):
    assert not Project.objects.exists()
    text = page_text(sign_in(viewer).get(HERE))
    assert "計画書に事業名の記載はないため、空のまま始まります" in text
    assert "事業を加える" not in text
    assert "事業を加える" in page_text(sign_in(head).get(HERE))


def test_money_is_of_a_year_and_the_sum_of_all(project, secretariat, soumu):
    both = {2026: Amount(1980, 1188), 2027: Amount(2000, None)}
    correct_project(by=secretariat, project=project, terms=terms(soumu, amounts=both))
    found = {
        year: (projects(on=ON, year=year).budgeted, projects(on=ON, year=year).spent)
        for year in (2026, 2027, 2028, None)
    }
    assert found == {
        2026: ("1,980", "1,188"),
        2027: ("2,000", "－"),
        2028: ("－", "－"),
        None: ("3,980", "1,188"),
    }
    entry = HistoryEntry.objects.about(project).first()
    assert entry.after["令和8年度決算（千円）"] == 1188


def test_zero_is_an_amount_and_blank_is_none(project, secretariat, soumu):
    free = terms(soumu, amounts={2026: Amount(0, None), 2027: Amount(None, None)})
    correct_project(by=secretariat, project=project, terms=free)
    assert [(row.fiscal_year, row.budget) for row in project.amounts.all()] == [(2026, 0)]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"first_year": 2028}, "last_year"),
        ({"amounts": {2028: Amount(settled=1)}}, "settled_2028"),
        ({"amounts": {2025: Amount(budget=1)}}, "budget_2025"),
        ({"first_year": 2000}, "first_year"),
        ({"last_year": 2099}, "last_year"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_box(secretariat, soumu, said, field):
    with pytest.raises(ValidationError) as refused:
        add_project(by=secretariat, measure=measure(), terms=terms(soumu, **said))
    assert field in refused.value.message_dict
    assert not Project.objects.exists()


def test_the_same_name_stands_once_in_a_measure(project, secretariat, soumu):
    with pytest.raises(ValidationError, match="すでにあります"):
        add_project(by=secretariat, measure=measure(), terms=terms(soumu))
    add_project(by=secretariat, measure=measure(2), terms=terms(soumu))
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(measure=measure(2)).update(measure=measure(1))


@pytest.mark.pure
def test_a_project_serves_only_what_its_measure_has(secretariat, soumu):
    foreign = Step.objects.filter(measure__number=2).first()
    with pytest.raises(ValidationError, match="この施策の"):
        add_project(by=secretariat, measure=measure(), terms=terms(soumu, steps=[foreign]))
    own = terms(
        soumu,
        steps=[measure().steps.first()],
        indicators=[measure().indicators.get(code="1-2")],
    )
    row = add_project(by=secretariat, measure=measure(), terms=own)
    assert row.serves.startswith("1-2、")


# Who may.


@pytest.mark.pure
def test_a_head_keeps_the_projects_of_the_own_department(project, head, other_head, soumu, zeimu):
    correct_project(by=head, project=project, terms=terms(soumu, state="completed"))
    for by, department in ((other_head, soumu), (other_head, zeimu), (head, zeimu)):
        with pytest.raises(PermissionDenied):
            correct_project(by=by, project=project, terms=terms(department))
    with pytest.raises(PermissionDenied):
        withdraw_project(by=other_head, project=project, reason="誤り")
    project.refresh_from_db()
    assert (project.state, project.department) == ("completed", soumu)


@pytest.mark.pure
def test_what_the_secretariat_writes_for_a_department_is_told(project, secretariat, zeimu):
    row = add_project(by=secretariat, measure=measure(3), terms=terms(zeimu))
    assert HistoryEntry.objects.about(row).first().on_behalf_of == "税務課"


@pytest.mark.pure
def test_a_head_is_offered_the_own_department_alone(head, zeimu, sign_in):
    url = reverse("organisation:project_create", args=[measure().pk])
    assert "税務課</option>" not in page_text(sign_in(head).get(url))


@pytest.mark.pure
def test_a_withdrawn_project_stays_in_the_history(project, secretariat):
    withdraw_project(by=secretariat, project=project, reason="二重に登録")
    assert not Project.objects.exists()
    entry = HistoryEntry.objects.filter(action="organisation.project").first()
    assert entry.before["事業名"] == "申請フォーム作成サービス利用"
    assert entry.reason == "二重に登録"


@pytest.mark.pure
def test_two_who_change_one_project_are_told(project, secretariat, sign_in):
    client, url = sign_in(secretariat), reverse("organisation:project_edit", args=[project.pk])
    opened = client.filled(url)
    assert client.post(url, {**opened, "state": "completed"}, bare=True).status_code == 302
    answer = client.post(url, {**opened, "state": "cancelled"}, bare=True)
    assert answer.status_code == 409
    project.refresh_from_db()
    assert project.state == "completed"


# Where they are shown.


def the_file(client, query="?"):
    """The list as data, with these filters."""
    content = client.get(f"{HERE}{query}&format=xlsx").content
    return content, dicts(load_workbook(io.BytesIO(content))["DX関連事業"])


@pytest.mark.pure
def test_the_list_is_narrowed_and_comes_as_data(project, secretariat, soumu, zeimu, sign_in):
    more = terms(zeimu, name="=納付書様式の改修", first_year=2026, last_year=2028)
    add_project(by=secretariat, measure=measure(3), terms=more)
    client = sign_in(secretariat)
    for query, (shown, rows) in {
        "?": (2, {2026, 2027, 2028}),
        "?year=2026": (2, {2026}),
        "?year=2029": (0, set()),
        f"?measure={measure().pk}": (1, {2026, 2027}),
        f"?department={zeimu.pk}": (1, {2026, 2027, 2028}),
        "?department=x&year=y&measure=999": (2, {2026, 2027, 2028}),
    }.items():
        assert len(client.get(f"{HERE}{query}").context["listed"].lines) == shown, query
        _, found = the_file(client, query)
        assert {row["年度"] for row in found} == rows, query
    content, found = the_file(client)
    last = [row for row in found if row["事業名"] == "=納付書様式の改修"]
    assert [row["予算（千円）"] for row in last] == [1980, None, None]
    assert the_file(client)[0] == content
    text = client.get(f"{HERE}?format=csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + len(found)


@pytest.mark.pure
def test_the_measure_shows_its_projects_and_the_chart_counts_them(project, viewer, soumu, sign_in):
    client = sign_in(viewer)
    text = page_text(client.get("/measures/1/"))
    assert "申請フォーム作成サービス利用" in text
    assert "予算 1,980千円" in text
    assert "登録された事業はありません" in page_text(client.get("/measures/2/"))
    assert [(row.department, row.projects) for row in places(ON)] == [(soumu, 1)]


@pytest.mark.pure
def test_a_sheet_keeps_the_projects_it_was_handed_in_with(project, secretariat, soumu):
    facts = facts_of(measure(), date(2026, 9, 1)).sheet
    assert [(row.name, row.budgeted) for row in facts.projects] == [(project.name, "1,980")]
    kept = parse(dump(facts))
    assert kept == facts
    more = terms(soumu, state="completed", amounts={2026: Amount(1980, 1188)})
    correct_project(by=secretariat, project=project, terms=more)
    changes = compare(kept, facts_of(measure(), date(2026, 9, 1)).sheet)
    assert [(row.what, row.before, row.after) for row in changes] == [
        ("状態", "実施中", "完了"),
        ("決算（千円）", "－", "1,188"),
    ]
    older = parse(dump(facts).replace('"format_version": 4', '"format_version": 3'))
    assert older.projects is None
    assert compare(older, facts) == []


@pytest.mark.pure
@pytest.mark.parametrize("count", [1, 6])
def test_the_list_asks_the_database_as_often_whatever_is_listed(
    count, secretariat, soumu, sign_in, django_assert_max_num_queries
):
    for number in range(count):
        name = terms(soumu, name=f"事業{number}")
        add_project(by=secretariat, measure=measure(number % 3 + 1), terms=name)
    client = sign_in(secretariat)
    client.get(HERE)
    with django_assert_max_num_queries(18):
        client.get(HERE)
