"""What is saved in one go is saved whole or not at all; rights are asked before the first write.

A process that dies in the middle (kill -9) leaves nothing behind: no cell, no history, no undo.
"""

import os
import signal
import sys
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse

from foundation.accounts.models import Department, Role
from foundation.records.models import HistoryEntry
from kpi.entry import paste
from kpi.intake.back import actions as back
from kpi.models import KpiValue
from roadmap import actions
from roadmap.milestone_planning import create_milestone
from roadmap.models import Milestone, MilestoneUpdate, Step
from roadmap.sheets.kind import MILESTONES
from tests.browsing import Browser
from tests.conftest import MONTH
from tests.kpi.returned_sheets import filled, sheet_of
from tests.people import lead, make_user
from tests.returned import filled as typed_in
from tests.returned import milestone_sheet_of, sent

NOW = "2026-11-06 01:00+00:00"
COLUMN = "36\n120\n120\t584\n"
BACKEND = "foundation.accounts.backends.MembershipBackend"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def clerk():
    place = Department.objects.create(code="soumu", name="総務課", sort_order=1)
    for number in range(1, 11):
        lead(number, place)
    return make_user("jimukyoku", "事務局 太郎", Role.SECRETARIAT, place)


def milestones(count=4):
    step = Step.objects.get(measure__number=1, order=1)
    return [
        create_milestone(
            by=None, step=step, name=f"節目{number}", planned_on=date(2026, 12, number)
        )
        for number in range(1, count + 1)
    ]


def paste_in(client):
    data = {"text": COLUMN, "start": "1-1", "apply": "1"}
    return client.post(reverse("kpi:paste", args=[MONTH]) + "?show=all&department=", data)


def grid_in(client):
    data = {}
    for code, value in (("1-1", "36"), ("1-2", "120")):
        data |= {
            f"{code}-value": value,
            f"{code}-answer": "final",
            f"{code}-seen_version": "0",
            f"{code}-was": "",
        }
    return client.post(reverse("kpi:entry", args=[MONTH]), data)


def bulk_in(client, rows=None):
    rows = rows or list(Milestone.objects.all())
    data = {"state": "in_progress", "pick": [row.pk for row in rows]}
    data |= {f"version-{row.pk}": str(row.version) for row in rows}
    return client.post(reverse("roadmap:milestone_bulk"), data)


def sheet_in(client):
    """An entry sheet that came back: read, and confirmed."""
    browser = Browser()
    browser.cookies = client.cookies
    content = filled(sheet_of("総務課"), {"1-1": {"value": 36}, "1-2": {"value": 120}})
    file = SimpleUploadedFile("様式.xlsx", content)
    place = browser.post(reverse("intake:receive"), {"file": file})["Location"]
    return browser.post(place, {})


def milestone_sheet_in(client):
    """A milestone sheet that came back: read, and confirmed."""
    browser = Browser()
    browser.cookies = client.cookies
    rows = {str(row.pk): {"state": "実施中"} for row in Milestone.objects.all()}
    content = typed_in(milestone_sheet_of(Milestone.objects.first().step), MILESTONES, rows)
    place = sent(browser, reverse("roadmap:milestone_sheets"), content)
    return browser.post(place, {})


def dies_at_second(door):
    """The second call of an action is the end of the process."""
    calls = []

    def dying(**given):
        calls.append(given)
        if len(calls) == 2 and os.name == "posix":
            os.kill(os.getpid(), signal.SIGKILL)
        return door(**given)

    return dying


DOORS = {
    "paste": (paste_in, paste, "record_value", KpiValue),
    "returned sheet": (sheet_in, back, "record_value", KpiValue),
    "grid without scripts": (grid_in, None, "record_value", KpiValue),
    "milestone sheet": (milestone_sheet_in, actions, "update_milestone", MilestoneUpdate),
    "milestones": (bulk_in, actions, "update_milestone", MilestoneUpdate),
}


@pytest.mark.skipif(sys.platform == "win32", reason="os.fork is POSIX")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", DOORS)
def test_a_process_that_dies_leaves_nothing(name, committed, monkeypatch):
    press, module, action, made = DOORS[name]
    user = clerk()
    milestones()
    client = signed_in(user)
    if module is None:
        from kpi import actions as module
    before = HistoryEntry.objects.count()
    connections.close_all()
    child = os.fork() if os.name == "posix" else 0
    if child == 0:
        try:
            monkeypatch.setattr(module, action, dies_at_second(getattr(module, action)))
            press(client)
        finally:
            os._exit(7)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child was to die in the middle"
    assert not made.objects.exists()
    assert HistoryEntry.objects.count() == before
    assert press(signed_in(user)).status_code == 302
    assert made.objects.count() >= 2


@pytest.mark.django_db
def test_a_paste_keeps_its_undo_with_its_values():
    client = signed_in(clerk())
    assert paste_in(client).status_code == 302
    assert KpiValue.objects.count() == 3
    assert client.post(reverse("kpi:paste_undo", args=[MONTH])).status_code == 302
    assert not KpiValue.objects.exists()


@pytest.mark.django_db
def test_a_foreign_row_among_own_ones_changes_nothing(soumu, zeimu, head):
    lead(1, soumu)
    lead(3, zeimu)
    own = milestones(2)
    foreign = create_milestone(
        by=None,
        step=Step.objects.filter(measure__number=3).first(),
        name="よその節目",
        planned_on=date(2026, 12, 1),
    )
    answer = bulk_in(signed_in(head), [*own, foreign])
    assert answer.status_code == 403
    assert not MilestoneUpdate.objects.exists()


@pytest.mark.django_db
def test_a_foreign_cell_among_own_ones_saves_nothing(soumu, zeimu, head):
    lead(1, zeimu)
    assert grid_in(signed_in(head)).status_code == 403
    assert not KpiValue.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["viewer", "headquarters"])
def test_who_enters_nothing_pastes_nothing(role, request):
    user = request.getfixturevalue(role)
    assert paste_in(signed_in(user)).status_code == 403


@pytest.mark.django_db
def test_a_paste_into_nothing_open_says_why(soumu, zeimu, head):
    lead(3, soumu)
    lead(1, zeimu)
    answer = paste_in(signed_in(head))
    assert answer.status_code == 422
    assert "0件を保存" in answer.content.decode()


@pytest.mark.django_db
def test_the_action_itself_asks_for_the_right(soumu, zeimu, head):
    lead(3, zeimu)
    row = create_milestone(
        by=None,
        step=Step.objects.filter(measure__number=3).first(),
        name="よその節目",
        planned_on=date(2026, 12, 1),
    )
    with pytest.raises(PermissionDenied):
        actions.check_may_update(by=head, milestone=row, on=date(2026, 11, 6))
