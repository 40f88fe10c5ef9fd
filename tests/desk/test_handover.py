"""人事異動: what is open belongs to departments and posts.

People move on a day; nothing is orphaned.
"""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from foundation.accounts.actions import move_user
from foundation.accounts.models import Role
from foundation.accounts.permissions import Permission, has_permission
from foundation.records.models import HistoryEntry
from headquarters.desk.handover import places
from tests.people import lead

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
APRIL = date(2027, 4, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


def test_every_department_shows_its_posts_and_what_is_open(
    soumu, zeimu, head, other_head, secretariat, sign_in
):
    lead(1, soumu)
    found = {place.name: place for place in places(date(2026, 11, 6))}
    assert any("1-2 オンライン申請件数 が未入力です" in item.text for item in found["総務課"].open)
    assert {row.user for row in found["総務課"].posts} == {head, secretariat}
    assert found["所管課未定"].measures
    text = sign_in(secretariat).get(reverse("desk:handover")).content.decode()
    assert "総務課長　総務 花子" in text
    own = sign_in(other_head).get(reverse("desk:handover")).content.decode()
    assert "税務課" in own
    assert "総務課長" not in own


def test_a_department_with_duties_and_nobody_is_named(zeimu, secretariat, sign_in):
    lead(3, zeimu)
    assert (
        "入力・提出する人が登録されていません"
        in sign_in(secretariat).get(reverse("desk:handover")).content.decode()
    )


def test_a_user_moves_on_a_day_and_the_old_place_ends_the_day_before(
    soumu, zeimu, head, secretariat, sign_in
):
    sign_in(secretariat).post(
        reverse("desk:handover"),
        {
            "user": head.pk,
            "department": zeimu.pk,
            "role": Role.DEPARTMENT_HEAD,
            "post": "税務課長",
            "starts_on": "R9.4.1",
        },
    )
    old, new = head.memberships.order_by("valid_from")
    assert (old.department, old.valid_until) == (soumu, date(2027, 3, 31))
    assert (new.department, new.valid_from) == (zeimu, APRIL)
    for day, department in ((date(2027, 3, 31), soumu), (APRIL, zeimu)):
        assert has_permission(head, Permission.SUBMIT_VALUES, department=department, on=day)
    assert not has_permission(head, Permission.SUBMIT_VALUES, department=soumu, on=APRIL)
    assert HistoryEntry.objects.filter(action="accounts.membership").count() == 2


def test_only_the_secretariat_moves_people_and_never_the_last_of_itself(
    soumu, zeimu, head, secretariat
):
    with pytest.raises(PermissionDenied):
        move_user(
            by=head,
            user=head,
            department=zeimu,
            role=Role.DEPARTMENT_HEAD,
            post="",
            starts_on=APRIL,
        )
    with pytest.raises(ValidationError, match="1人もいなくなり"):
        move_user(
            by=secretariat,
            user=secretariat,
            department=zeimu,
            role=Role.STAFF,
            post="",
            starts_on=APRIL,
        )
    assert secretariat.memberships.get().valid_until is None


def test_a_move_on_the_day_the_place_began_is_refused_in_words(zeimu, head, secretariat):
    with pytest.raises(ValidationError, match="同じ日に始まっています"):
        move_user(
            by=secretariat,
            user=head,
            department=zeimu,
            role=Role.STAFF,
            post="",
            starts_on=date(2026, 4, 1),
        )
    assert head.memberships.count() == 1
