"""まとめて異動・退職: several people on one day, seen before it is done, all or none."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from foundation.accounts.models import Membership, Role, User
from foundation.accounts.transfers import Transfer, transfer_people
from foundation.records.models import HistoryEntry
from kpi.actions import record_value
from kpi.models import Indicator
from kpi.rules.checks import Entry
from tests.browsing import forms_in
from tests.pages import page_text
from tests.people import lead, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
APRIL, MARCH = date(2027, 4, 1), date(2027, 3, 31)
PAGE = "/handover/transfers/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2027-03-10 01:00+00:00", tick=False):
        yield


def asked(*people, **given):
    chosen = [str(user.pk) for user in people]
    return {"people": chosen, "act": "leave", "starts_on": "R9.4.1", **given}


def post(client, *people, **given):
    return client.post(PAGE, asked(*people, **given))


def told():
    return HistoryEntry.objects.filter(action__startswith="accounts.").count()


def test_the_page_offers_each_person_once_under_a_department(
    soumu, zeimu, secretariat, head, other_head, stranger, sign_in
):
    Membership.objects.create(user=head, role=Role.STAFF, department=zeimu, valid_from=APRIL)
    form = sign_in(secretariat).get(PAGE).context["form"]
    groups = {name: [text for _, text in people] for name, people in form.fields["people"].choices}
    assert groups == {
        "総務課": ["事務局 太郎（デジタル推進係）", "総務 花子（総務課長）"],
        "税務課": ["税務 次郎（税務課長）"],
    }


def test_what_would_become_of_them_is_shown_and_nothing_is_done_yet(
    soumu, zeimu, secretariat, head, staff, other_head, sign_in
):
    lead(3, zeimu)
    page = post(sign_in(secretariat), head, other_head)
    text = page_text(page)
    assert "この2人を登録します。まだ登録していません" in text
    assert "総務課長（R9.3.31まで）" in text
    assert "この日から、何も見られなくなります" in text
    assert "税務課：残り" in text
    assert "入力・提出する人がいなくなります" in text  # nobody is left in 税務課
    assert text.count("入力・提出する人がいなくなります") == 1  # 総務課 has others
    assert told() == 0
    assert not Membership.objects.exclude(valid_until=None).exists()


def test_several_people_leave_as_of_a_day(secretariat, head, staff, sign_in):
    client = sign_in(secretariat)
    page = post(client, head, staff)
    data = client.previewed(PAGE, asked(head, staff))
    assert page.status_code == 200
    assert client.post(PAGE, data, bare=True).status_code == 302
    for user in (head, staff):
        (row,) = user.memberships.all()
        assert row.valid_until == MARCH
        user.refresh_from_db()
        assert user.is_active  # to the last day they may work
    assert told() == 2
    client.post(PAGE, data, bare=True)  # the button once more
    assert told() == 2


def test_who_has_left_already_can_sign_in_no_more(secretariat, head, sign_in):
    page = post(sign_in(secretariat), head, starts_on="R9.3.10")
    assert "すぐに利用停止になります" in page_text(page)
    transfer_people(by=secretariat, people=[head], transfer=Transfer(date(2027, 3, 10)))
    head.refresh_from_db()
    assert not head.is_active


def test_several_people_move_with_the_roles_they_have(
    soumu, zeimu, secretariat, head, staff, sign_in
):
    given = {"act": "move", "department": zeimu.pk, "starts_on": "2027-04-01"}
    client = sign_in(secretariat)
    text = page_text(post(client, head, staff, **given))
    assert "総務課長（R9.3.31まで）" in text
    assert "税務課（課長）" in text
    assert "税務課（担当者）" in text
    answer = client.post(PAGE, client.previewed(PAGE, asked(head, staff, **given)), bare=True)
    assert answer["Location"] == reverse("desk:handover")
    for user, role in ((head, Role.DEPARTMENT_HEAD), (staff, Role.STAFF)):
        old, new = user.memberships.order_by("valid_from")
        assert (old.department, old.valid_until) == (soumu, MARCH)
        assert (new.department, new.role, new.valid_from) == (zeimu, role, APRIL)


def test_one_who_cannot_is_named_and_nobody_moves(soumu, zeimu, secretariat, head, staff, sign_in):
    Membership.objects.create(user=staff, role=Role.VIEWER, valid_from=date(2026, 4, 1))
    given = {"act": "move", "department": zeimu.pk, "confirm": "1"}
    answer = post(sign_in(secretariat), head, staff, **given)
    assert answer.status_code == 422
    assert "担当 三郎さん：役割が2つ以上あります" in page_text(answer)
    assert told() == 0
    assert Membership.objects.filter(department=zeimu).count() == 0
    boxes = answer.content.decode().count("checked")
    assert boxes >= 3  # who was chosen and what stays chosen


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"people": []}, "1人以上を選んでください。"),
        ({"act": ""}, "どうなるかを選んでください。"),
        ({"act": "move"}, "異動先の課を選んでください。"),
        ({"starts_on": "いつか"}, "いつから"),
        ({"starts_on": ""}, "いつから"),
        ({"starts_on": "2099-04-01"}, "いつから"),
        ({"people": ["999999"]}, "だれが"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(secretariat, head, sign_in, given, words):
    answer = sign_in(secretariat).post(PAGE, {**asked(head, confirm="1"), **given})
    assert answer.status_code == 422
    assert words in page_text(answer)
    assert told() == 0


def test_neither_oneself_nor_the_last_secretariat_leaves(secretariat, head, sign_in):
    answer = post(sign_in(secretariat), secretariat, head, confirm="1")
    assert answer.status_code == 422
    assert "自分自身の所属は終えられません" in page_text(answer)
    other = make_user("jimukyoku-2", "事務局 次郎", Role.SECRETARIAT)
    Membership.objects.filter(user=secretariat).update(valid_until=date(2027, 3, 20))
    with pytest.raises(ValidationError, match="事務局の利用者が1人もいなくなります"):
        transfer_people(by=secretariat, people=[other], transfer=Transfer(APRIL))
    assert told() == 0


def test_a_membership_that_is_to_come_is_named(secretariat, head, sign_in, zeimu):
    Membership.objects.create(
        user=head, role=Role.STAFF, department=zeimu, valid_from=date(2027, 5, 1)
    )
    answer = post(sign_in(secretariat), head, confirm="1")
    assert "令和9年5月1日からの所属（税務課 担当者）があります" in page_text(answer)


def another_post(zeimu, **users):
    Membership.objects.create(
        user=users["head"], role=Role.VIEWER, department=zeimu, valid_from=date(2026, 4, 1)
    )


def no_successor(zeimu, **users):
    users["staff"].is_active = False
    users["staff"].save()


@pytest.mark.parametrize("moves", [another_post, no_successor])
def test_what_moved_since_the_preview_is_shown_again(
    soumu, zeimu, secretariat, head, staff, sign_in, moves
):
    lead(1, soumu)
    client = sign_in(secretariat)
    seen = client.previewed(PAGE, asked(head))
    moves(zeimu, head=head, staff=staff)
    answer = client.post(PAGE, seen, bare=True)
    assert answer.status_code == 409
    assert "内容が変わりました。まだ何も登録していません" in page_text(answer)
    assert "この1人を登録します。まだ登録していません" in page_text(answer)
    assert told() == 0
    (now,) = (form for form in forms_in(answer, PAGE) if "confirm" in form.names)
    assert client.post(PAGE, now.sent, bare=True).status_code == 302
    assert head.memberships.filter(valid_until=MARCH).count() == head.memberships.count()


def test_at_midnight_what_was_to_come_has_begun(soumu, secretariat, head, sign_in):
    given = asked(head, starts_on="R9.3.11")
    with time_machine.travel("2027-03-10 14:59+00:00", tick=False):
        client = sign_in(secretariat)
        seen = client.previewed(PAGE, given)
    with time_machine.travel("2027-03-10 15:01+00:00", tick=False):
        answer = client.post(PAGE, seen, bare=True)
    assert answer.status_code == 409 and "すぐに利用停止になります" in page_text(answer)
    assert told() == 0


def test_what_others_save_meanwhile_is_no_conflict(soumu, secretariat, head, staff, sign_in):
    lead(1, soumu)
    client = sign_in(secretariat)
    seen = client.previewed(PAGE, asked(head))
    record_value(
        by=staff,
        indicator=Indicator.objects.get(code="1-1"),
        month=date(2027, 2, 1),
        seen_version=0,
        entry=Entry(value=Decimal(3)),
        on=date(2027, 3, 10),
    )
    assert client.post(PAGE, seen, bare=True).status_code == 302


def test_a_press_without_a_preview_shows_one(secretariat, head, sign_in):
    client = sign_in(secretariat)
    carried = {"once": client.filled(PAGE)["once"]}
    answer = client.post(PAGE, asked(head, confirm="1") | carried, bare=True)
    assert answer.status_code == 409 and told() == 0
    assert "この1人を登録します" in page_text(answer)


def test_a_leaver_of_today_pressed_twice_leaves_once(secretariat, head, sign_in):
    client = sign_in(secretariat)
    seen = client.previewed(PAGE, asked(head, starts_on="R9.3.10"))
    for _ in range(2):
        assert client.post(PAGE, seen, bare=True).status_code == 302
    assert head.memberships.get().valid_until == date(2027, 3, 9)


def test_nobody_else_moves_people(secretariat, head, staff, sign_in):
    for user in (head, staff):
        assert sign_in(user).get(PAGE).status_code == 404
        with pytest.raises(PermissionDenied):
            transfer_people(by=user, people=[staff], transfer=Transfer(APRIL))
    assert User.objects.filter(is_active=False).count() == 0
