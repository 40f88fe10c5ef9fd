"""Instructions on the measure stand beside A, as they were when the sheet was handed in."""

from datetime import date

import pytest
from django.urls import reverse

from headquarters.meetings.actions import create_meeting
from headquarters.meetings.models import Meeting
from headquarters.organisation.actions import (
    answer_action_item,
    close_action_item,
    record_action_item,
)
from headquarters.reviews.actions import facts_now
from headquarters.reviews.changes import compare
from headquarters.reviews.kept import line_of, shown
from headquarters.reviews.stored import SheetInstruction, dump, parse
from measures.models import Measure, Plan
from tests.pages import page_text
from tests.reviews.writing import ON, fresh, step, write

pytestmark = pytest.mark.django_db
WORDS = {  # open, closed, answered on, today → its sign and words
    (True, False, None, date(2026, 11, 5)): ("todo", "未回答"),
    (True, False, None, date(2026, 11, 6)): ("todo", "未回答"),
    (True, False, None, date(2026, 11, 13)): ("late", "未回答・7日超過"),
    (False, False, date(2026, 11, 2), date(2026, 12, 1)): ("doing", "回答済み（R8.11.2）"),
    (False, True, date(2026, 11, 2), date(2026, 12, 1)): ("done", "完結（R8.11.2）"),
}
STATES = {(True, False): "未回答", (False, False): "回答済み", (False, True): "完結"}


@pytest.mark.pure
@pytest.mark.parametrize("case", WORDS)
def test_how_an_instruction_is_said(case):
    is_open, is_closed, answered_on, on = case
    row = SheetInstruction(
        1, "第1回", ON, "調べる", ON, STATES[is_open, is_closed], is_open, is_closed, answered_on
    )
    line = line_of(row, on)
    assert (line.kind, line.words) == WORDS[case]


@pytest.fixture
def told(sheet, secretariat, soumu):
    """`told(held_on, text, number)`: an instruction of a meeting on that measure."""

    def tell(held_on, text, number=1):
        meeting = Meeting.objects.filter(held_on=held_on).first() or create_meeting(
            by=secretariat,
            plan=Plan.objects.get(),
            title=f"{held_on.month}月の会議",
            held_on=held_on,
            place="",
            month=date(2026, 10, 1),
            cycle=None,
        )
        return record_action_item(
            by=secretariat,
            meeting=meeting,
            text=text,
            department=soumu,
            due_on=date(2026, 11, 30),
            measure=Measure.objects.get(number=number),
        )

    return tell


def texts_of(sheet):
    return [row.text for row in facts_now(fresh(sheet)).sheet.instructions]


def test_those_of_the_measure_and_the_year_or_still_open(told, sheet, head, secretariat):
    told(date(2026, 5, 8), "今年度の指示")
    told(date(2026, 6, 8), "ほかの施策の指示", 3)
    before = [told(date(2026, 3, 9), text) for text in ("前年度の指示", "前年度の未回答")]
    answer_action_item(by=head, item=before[0], answer="済み", final=True)
    close_action_item(by=secretariat, item=before[0])
    assert texts_of(sheet) == ["前年度の未回答", "今年度の指示"]


def test_they_stand_still_once_handed_in(told, sheet, head, secretariat, sign_in):
    first = told(date(2026, 10, 8), "窓口の待ち時間を毎月測ること")
    write(head, sheet)
    step(head, sheet, "submit")
    answer_action_item(by=head, item=first, answer="測っています", final=True)
    told(date(2026, 11, 6), "次の会議の指示")
    row = fresh(sheet)
    seen = shown(row, facts_now(row), on=ON)
    assert [line.words for line in seen.instructions] == ["未回答"]
    ((change,),) = [part.changes for part in seen.moved]
    assert (change.what, change.before, change.after) == ("状態", "未回答", "回答済み")
    text = page_text(sign_in(secretariat).get(row.get_absolute_url()))
    assert reverse("organisation:action_item", args=[first.pk]) in text
    assert "次の会議の指示" not in text


@pytest.mark.parametrize("version", [1, 2])
def test_what_was_kept_before_instructions_were_is_still_read(told, sheet, version):
    told(date(2026, 10, 8), "窓口の待ち時間を毎月測ること")
    facts = facts_now(fresh(sheet)).sheet
    text = dump(facts).replace('"format_version": 4', f'"format_version": {version}')
    old = parse(text)
    assert (old.instructions, old.format_version) == (None, 4)
    assert not [row for row in compare(old, facts) if "指示" in row.subject]
