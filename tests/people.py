"""The named people of every test: one per role, two department heads, and a stranger without a
membership.

総務課 leads measures 1, 5, 6 (helper `lead`), 税務課 measure 3; which measures a test needs it
assigns itself.
"""

from datetime import date

import pytest

from foundation.accounts.models import Department, Membership, Role, User
from headquarters.meetings.models import AgendaItem, Meeting
from measures.models import Measure, MeasureLead, Plan

START = date(2026, 4, 1)
PASSWORD = "town-office-2026"


def make_user(username, name, role=None, department=None, post=""):
    """A user who has already changed the first password, with one membership from the plan's first
    day.
    """
    user = User.objects.create_user(
        username, password=PASSWORD, full_name=name, must_change_password=False
    )
    if role:
        Membership.objects.create(
            user=user, role=role, department=department, post=post, valid_from=START
        )
    return user


def lead(number, department, starts_on=START):
    """Make `department` the lead of measure `number`."""
    return MeasureLead.objects.create(
        measure=Measure.objects.get(number=number), department=department, starts_on=starts_on
    )


def a_meeting(month: date):
    """A meeting with two items: its agenda is not proposed, which takes long."""
    row = Meeting.objects.create(
        plan=Plan.objects.get(),
        title="第2回会議",
        held_on=date(2026, 11, 20),
        month=month,
        version=1,
    )
    for order, title in enumerate(("総括", "その他"), 1):
        AgendaItem.objects.create(meeting=row, order=order, title=title)
    return row


@pytest.fixture
def soumu(db):
    return Department.objects.create(code="soumu", name="総務課", sort_order=1)


@pytest.fixture
def zeimu(db):
    return Department.objects.create(code="zeimu", name="税務課", sort_order=2)


@pytest.fixture
def secretariat(soumu):
    return make_user("jimukyoku", "事務局 太郎", Role.SECRETARIAT, soumu, "デジタル推進係")


@pytest.fixture
def head(soumu):
    return make_user("soumu-kacho", "総務 花子", Role.DEPARTMENT_HEAD, soumu, "総務課長")


@pytest.fixture
def other_head(zeimu):
    return make_user("zeimu-kacho", "税務 次郎", Role.DEPARTMENT_HEAD, zeimu, "税務課長")


@pytest.fixture
def staff(soumu):
    return make_user("soumu-tanto", "担当 三郎", Role.STAFF, soumu)


@pytest.fixture
def headquarters(db):
    return make_user("honbu", "町長 四郎", Role.HEADQUARTERS, None, "本部長（町長）")


@pytest.fixture
def viewer(db):
    return make_user("etsuran", "閲覧 五郎", Role.VIEWER)


@pytest.fixture
def stranger(db):
    return make_user("yoso", "所属 なし")
