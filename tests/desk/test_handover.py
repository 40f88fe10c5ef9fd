"""人事異動: what is open belongs to departments and posts.

People move on a day; nothing is orphaned.
"""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from foundation.accounts.actions import move_user
from foundation.accounts.models import Membership, Role
from foundation.accounts.permissions import Permission, has_permission
from foundation.records.models import HistoryEntry
from headquarters.desk.handover import places
from headquarters.desk.handover_rows import Asked, departments_of, people_of
from kpi.models import Submission
from roadmap.actions import Update, update_milestone
from roadmap.choices import MilestoneState
from roadmap.models import Milestone, Step
from tests.pages import page_text
from tests.people import lead, make_user

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


def milestone(measure, name, planned_on):
    """An open milestone of the first step of a measure."""
    step = Step.objects.filter(measure__number=measure).first()
    number = step.milestones.count() + 1
    return Milestone.objects.create(
        step=step, name=name, planned_on=planned_on, order=number, version=1
    )


def test_every_open_milestone_is_handed_over_not_only_the_late_ones(soumu, zeimu):
    lead(1, soumu)
    milestone(1, "遠い節目", date(2028, 3, 31))
    done = milestone(1, "済んだ節目", date(2028, 3, 31))
    update_milestone(
        by=None,
        milestone=done,
        seen_version=done.version,
        update=Update(MilestoneState.COMPLETED, None, date(2026, 11, 2)),
        on=date(2026, 11, 2),
    )
    found = {place.name: place for place in places(date(2026, 11, 6))}
    texts = [item.text for item in found["総務課"].open if item.kind == "節目"]
    assert any("遠い節目" in text for text in texts)
    assert not any("済んだ節目" in text for text in texts)
    days = [item.due_on for item in found["総務課"].open]
    assert days == sorted(days)


def test_a_day_that_comes_shows_who_will_hold_it_and_what_will_be_open(
    soumu, zeimu, head, secretariat, sign_in
):
    lead(1, soumu)
    move_user(
        by=secretariat,
        user=head,
        department=zeimu,
        role=Role.DEPARTMENT_HEAD,
        post="税務課長",
        starts_on=APRIL,
    )
    found = {place.name: place for place in places(APRIL, date(2026, 11, 6))}
    assert {row.user for row in found["総務課"].posts} == {secretariat}
    assert "総務 花子" in found["総務課"].holders_today
    assert "税務課長　総務 花子" in found["税務課"].holders
    values = [item.text for item in found["総務課"].open if item.kind == "入力"]
    assert any(text.startswith("10月分") for text in values)
    assert any(text.startswith("3月分") for text in values)
    text = page_text(sign_in(secretariat).get(f"{reverse('desk:handover')}?on=R9.4.1"))
    assert "令和9年4月1日の見込" in text
    assert "総務課長　総務 花子（R9.3.31まで）" in text


@pytest.mark.parametrize("typed", ["R8.11.5", "きのう"])
def test_a_day_that_is_over_or_cannot_be_read_says_so_and_shows_today(secretariat, sign_in, typed):
    text = page_text(sign_in(secretariat).get(reverse("desk:handover"), {"on": typed}))
    assert "令和8年11月6日現在" in text
    assert "invalid-feedback" in text


ROLES = (  # the roles one has, what is chosen, the role one has after it
    ([Role.DEPARTMENT_HEAD], "", Role.DEPARTMENT_HEAD),
    ([Role.STAFF], "", Role.STAFF),
    ([Role.VIEWER], "", Role.VIEWER),
    ([Role.STAFF], Role.DEPARTMENT_HEAD, Role.DEPARTMENT_HEAD),
    ([Role.STAFF, Role.SECRETARIAT], "", None),
    ([Role.STAFF, Role.SECRETARIAT], Role.STAFF, Role.STAFF),
    ([], "", None),
    ([], Role.STAFF, Role.STAFF),
)


@pytest.mark.parametrize("had, chosen, has", ROLES)
def test_who_moves_keeps_the_role_unless_another_is_chosen(
    soumu, zeimu, secretariat, sign_in, had, chosen, has
):
    person = make_user("idou", "異動 する子")
    for role in had:
        Membership.objects.create(
            user=person, role=role, department=soumu, valid_from=date(2026, 4, 1)
        )
    typed = {"user": person.pk, "department": zeimu.pk, "role": chosen, "starts_on": "R9.4.1"}
    answer = sign_in(secretariat).post(reverse("desk:handover"), typed)
    rows = list(person.memberships.on(APRIL))
    if has is None:
        assert answer.status_code == 422
        assert "異動先での役割を選んでください" in answer.content.decode()
        assert all(row.department == soumu for row in rows)
    else:
        assert [(row.department, row.role) for row in rows] == [(zeimu, has)]


def test_the_form_offers_the_same_role_first(secretariat, sign_in):
    form = sign_in(secretariat).get(reverse("desk:handover")).context["form"]
    assert form.fields["role"].choices[0] == ("", "いまの役割のまま")
    assert not form["role"].value()


def test_what_is_about_no_department_comes_once_however_many_there_are(soumu, zeimu, secretariat):
    today = date(2026, 11, 6)
    rows = departments_of(Asked(today, today, people=True), (date(2026, 10, 1),))
    assert len(rows) > 1
    assert [row.username for row in people_of(rows)] == ["jimukyoku"]
    Submission.objects.create(
        department=zeimu, month=date(2026, 10, 1), state="submitted", updated_at="2026-11-06T00:00Z"
    )
    rows = departments_of(Asked(today, today, people=True), (date(2026, 10, 1),))
    for name in ("people_told", "handed_in_told"):
        assert sum(getattr(row, name) is not None for row in rows) == 1, name
