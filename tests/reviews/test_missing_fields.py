"""What a draft lacks: marked at the field, listed on the bar, followed by every saving."""

import re

import pytest
from django.urls import reverse

from headquarters.reviews.facts import facts_of
from headquarters.reviews.lacks import ON_PAGE, as_on_page, lacks_of
from headquarters.reviews.models import Review
from headquarters.reviews.verdict import Verdict
from tests.pages import page_text
from tests.reviews.writing import GOOD, fresh, step, write

pytestmark = pytest.mark.django_db
EMPTY = dict.fromkeys(GOOD, "")
D = Verdict("D", "1-2がD")
CASES = {  # what is written, the automatic verdict → the fields that are missing, as on the page
    "nothing": (EMPTY, D, [*ON_PAGE[:3], *ON_PAGE[4:]]),
    "everything": (GOOD, D, []),
    "everything, as judged": ({**GOOD, "self_grade": "D", "self_grade_reason": ""}, D, []),
    "another grade without a reason": ({**GOOD, "self_grade_reason": ""}, D, ["self_grade_reason"]),
    "nothing to compare with": ({**GOOD, "self_grade_reason": ""}, Verdict(None, "－"), []),
    "a reason without a grade": ({**GOOD, "self_grade": ""}, D, ["self_grade"]),
    "no direction": ({**GOOD, "next_direction": ""}, D, ["next_direction"]),
    "one text": ({**GOOD, "analysis": ""}, D, ["analysis"]),
}


def marked(text):
    """The fields that a page or an answer marks."""
    return re.findall(r'id="lack-(\w+)"[^>]*>\s*<b>', text)


@pytest.mark.pure
@pytest.mark.parametrize("name", CASES)
def test_what_is_missing(name):
    written, verdict, missing = CASES[name]
    assert [lack.field for lack in as_on_page(lacks_of(Review(**written), verdict))] == missing


def test_the_page_marks_the_fields_and_every_saving_moves_the_marks(sheet, head, sign_in):
    url, client = fresh(sheet).get_absolute_url(), sign_in(head)
    page = page_text(client.get(url))
    assert marked(page) == CASES["nothing"][2]
    assert "提出まであと6つ" in page
    typed = {**GOOD, "analysis": "", "seen_version": "0"}
    answer = page_text(client.post(url, typed, headers={"HX-Request": "true"}))
    assert marked(answer) == ["analysis"]
    assert answer.count('hx-swap-oob="true"') == 1 + len(ON_PAGE) + 5  # list, marks, printed texts
    assert "提出まであと1つ" in answer
    typed = {**GOOD, "seen_version": fresh(sheet).version}
    assert "提出できます" in page_text(client.post(url, typed, headers={"HX-Request": "true"}))


def test_handing_in_what_lacks_something_shows_the_sheet_with_it(sheet, head, sign_in):
    write(head, sheet, analysis="", self_grade="")
    url = reverse("reviews:sheet_transition", args=["2026-mid", 1])
    typed = {"transition": "submit", "seen_version": fresh(sheet).version}
    answer = sign_in(head).post(url, typed)
    text = page_text(answer)
    assert answer.status_code == 422
    assert "2つ直すと提出できます" in text
    assert 'href="#id_analysis"' in text
    assert 'href="#id_self_grade_0"' in text
    assert 'id="id_self_grade_0"' in text
    assert "計画</textarea>" in text
    assert marked(text) == ["self_grade", "analysis"]
    assert fresh(sheet).state == "draft"


def test_only_who_may_hand_in_has_the_button_and_only_who_writes_the_bar(
    sheet, head, staff, secretariat, viewer, sign_in
):
    url = fresh(sheet).get_absolute_url()
    for person, button in ((head, True), (staff, False), (secretariat, True)):
        text = page_text(sign_in(person).get(url))
        assert 'id="lacking"' in text
        assert ('value="submit"' in text) == button, person
        assert ("提出は課長が行います" in text) != button
    assert sign_in(viewer).get(url).status_code == 404
    write(head, sheet)
    step(head, sheet, "submit")
    for person in (head, staff, viewer):
        text = page_text(sign_in(person).get(url))
        assert 'id="lacking"' not in text
        assert marked(text) == []


def test_the_expectation_stands_beside_the_figure(sheet, head, sign_in):
    kpis = facts_of(sheet.measure, sheet.cycle.as_of).sheet.kpis
    text = page_text(sign_in(head).get(fresh(sheet).get_absolute_url()))
    assert "実績／期待値" in text
    for row in kpis:
        pair = f'{row.actual}</span>／<wbr><span class="dx-nowrap">{row.expectation}</span>'
        assert pair in text
