"""Opening a cycle after its own due day warns, before and after the press; nothing is refused."""

from datetime import date

import pytest
from django.urls import reverse

from headquarters.reviews.choices import CycleState
from headquarters.reviews.cycles import create_cycle, odd_days
from headquarters.reviews.models import ReviewCycle
from measures.models import Plan
from tests.pages import page_text

DAYS = {"asked_on": date(2026, 10, 1), "due_on": date(2026, 11, 2), "fixed_on": date(2026, 11, 24)}
EARLY, DUE, FIXED = "より前です", "提出期限（11月2日（月））を過ぎています", "確定予定日"
CASES = {
    (CycleState.PLANNED, date(2026, 9, 30)): [EARLY],
    (CycleState.PLANNED, date(2026, 10, 1)): [],
    (CycleState.PLANNED, date(2026, 11, 2)): [],
    (CycleState.PLANNED, date(2026, 11, 3)): [DUE],
    (CycleState.PLANNED, date(2026, 11, 24)): [DUE],
    (CycleState.PLANNED, date(2026, 11, 25)): [DUE, FIXED],
    (CycleState.OPEN, date(2026, 9, 30)): [],
    (CycleState.OPEN, date(2026, 11, 3)): [DUE],
    (CycleState.CLOSED, date(2026, 11, 25)): [],
}


@pytest.mark.pure
@pytest.mark.parametrize("case", CASES)
def test_which_days_are_odd(case):
    state, on = case
    found = odd_days(ReviewCycle(state=state, **DAYS), on)
    assert len(found) == len(CASES[case])
    assert all(words in sentence for words, sentence in zip(CASES[case], found, strict=True))


@pytest.mark.django_db
def test_the_board_warns_before_the_press_and_the_answer_after_it(secretariat, viewer, sign_in):
    create_cycle(by=secretariat, plan=Plan.objects.get(), fiscal_year=2026, kind="mid")
    url = reverse("reviews:cycle", args=["2026-mid"])
    client = sign_in(secretariat)
    before = page_text(client.get(url))
    assert "を過ぎています。" in before
    assert 'href="#id_due_on"' in before
    after = page_text(client.post(url, {"open": "1"}, follow=True))
    assert "照会しました。" in after
    assert "出ていないシートは、すべて期限超過になります。日付を改められます。" in after
    assert "を過ぎています。" not in page_text(sign_in(viewer).get(url))


@pytest.mark.django_db
def test_a_cycle_in_time_is_opened_without_a_word(secretariat, sign_in):
    row = create_cycle(by=secretariat, plan=Plan.objects.get(), fiscal_year=2026, kind="mid")
    ReviewCycle.objects.filter(pk=row.pk).update(due_on=date(2026, 11, 6))
    url = reverse("reviews:cycle", args=["2026-mid"])
    client = sign_in(secretariat)
    assert "過ぎています" not in page_text(client.get(url))
    assert "過ぎています" not in page_text(client.post(url, {"open": "1"}, follow=True))
