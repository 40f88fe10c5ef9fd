"""What a typed date is read as is told before it is saved; boxes say how to ask."""

import re
from datetime import date

import pytest
import time_machine
from django import forms
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.japanese.calendar import date_with_weekday
from foundation.japanese.fields import JapaneseDateField, MonthField
from foundation.japanese.ranges import DateRange
from tests.pages import page_text

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
ADDRESS = "/dates/read/"
RANGE = {"first": "2025-04-01", "last": "2035-03-31"}


@pytest.fixture
def ask(viewer, sign_in):
    client = sign_in(viewer)

    def asked(text, kind="date", **given):
        with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
            answer = client.get(ADDRESS, {"text": text, "kind": kind, **given})
        assert answer.status_code == 200
        return answer.json()

    return asked


@pytest.mark.parametrize(
    ("text", "given", "words"),
    [
        ("11/3", {}, "令和8年11月3日（火）"),
        ("１１／３", {}, "令和8年11月3日（火）"),
        ("11月3日", {}, "令和8年11月3日（火）"),
        ("R8.11.3", {}, "令和8年11月3日（火）"),
        ("2026-11-03", {}, "令和8年11月3日（火）"),
        ("令和8年11月3日（火）", {}, "令和8年11月3日（火）"),
        ("1/15", {}, "令和9年1月15日（金）"),
        ("11/3", {"near": "2029-10-01"}, "令和11年11月3日（土）"),
        ("R8.10", {"kind": "month"}, "令和8年10月"),
        ("２０２６／１０", {"kind": "month"}, "令和8年10月"),
    ],
)
def test_what_is_read(ask, text, given, words):
    answer = ask(text, **given)
    day = answer.pop("day", None)  # of a date: by which the page counts the days
    assert answer == {"words": words}
    assert (day is None) == (given.get("kind") == "month")
    assert day is None or date_with_weekday(date.fromisoformat(day)) in words


@pytest.mark.parametrize(
    ("text", "given", "words"),
    [
        ("1027/1/15", {}, "までの日を入力してください"),
        ("9999/12/31", {}, "までの日を入力してください"),
        ("R20.1.1", RANGE, "令和7年4月1日から令和17年3月31日まで"),
        ("2/30", {}, "という日はありません"),
        ("いつか", {}, "日付として読めません"),
        ("令和8年11月3日（水）", {}, "曜日が合いません"),
        ("13月", {"kind": "month"}, "月として読めません"),
        ("1026-10", {"kind": "month"}, "までの日を入力してください"),
    ],
)
def test_what_is_refused_is_said_before_saving(ask, text, given, words):
    assert words in ask(text, **given)["refused"]


@pytest.mark.parametrize(
    "given",
    [
        {"text": ""},
        {"text": "11/3", "kind": "x"},
        {"text": "11/3", "near": "いつか"},
        {"text": "11/3", "near": "9999-12-31"},
        {"text": "11/3", "near": "0001-01-01"},
        {"text": "11/3", "first": "2030-01-01", "last": "2020-01-01"},
        {"text": "あ" * 500},
        {"text": "\x00"},
    ],
)
def test_odd_questions_never_break(ask, given):
    assert isinstance(ask(**given), dict)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=30), st.sampled_from(["date", "month"]), st.dates())
def test_any_text_is_read_as_the_field_reads_it(ask, text, kind, near):
    told = ask(text, kind=kind, near=near.isoformat())
    assert set(told) <= {"words", "refused"}
    if "words" in told:
        assert re.match(r"(明治|大正|昭和|平成|令和).+[）月]$", told["words"])


class Sample(forms.Form):
    day = JapaneseDateField(
        near=date(2026, 10, 1), within=DateRange(date(2026, 4, 1), date(2027, 3, 31))
    )
    month = MonthField()
    hidden = JapaneseDateField(widget=forms.HiddenInput)
    offered = MonthField()

    def __init__(self, *args):
        super().__init__(*args)
        self.fields["offered"].offer([date(2026, 9, 1), date(2026, 10, 1)])


def test_every_box_says_how_to_ask():
    form = Sample()
    for part in ('data-reads="date"', 'data-near="2026-10-01"', 'data-first="2026-04-01"'):
        assert part in str(form["day"])
    assert 'data-reads="month"' in str(form["month"])
    assert "data-reads" not in str(form["hidden"])
    assert "data-reads" not in str(form["offered"])


@pytest.mark.parametrize(
    "typed", ["2026-10", "R8.10", "令和8年10月", "２０２６／１０", "2026年10月"]
)
def test_an_offered_month_is_read_in_every_writing_and_shown_again(typed):
    form = Sample({"day": "R8.11.3", "month": "R8.10", "hidden": "R8.11.3", "offered": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["offered"] == date(2026, 10, 1)
    assert '<option value="2026-10" selected>令和8年10月</option>' in str(form["offered"])


@pytest.mark.parametrize("typed", ["いつか", "2026-13", "R9.1"])
def test_what_is_not_offered_is_shown_again(typed):
    form = Sample({"offered": typed})
    assert re.search(r'<option value="[^"]+" selected>', str(form["offered"]))
    assert "offered" in form.errors or form.fields["offered"].clean(typed)


def test_an_initial_month_is_chosen():
    form = Sample()
    form.initial = {"offered": date(2026, 9, 1)}
    assert '<option value="2026-09" selected>令和8年9月</option>' in str(form["offered"])


def test_the_month_of_a_meeting_is_chosen_from_those_that_have_begun(secretariat, sign_in):
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        page = page_text(sign_in(secretariat).get(reverse("meetings:meetings")))
    assert '<select name="month"' in page
    assert "令和8年11月</option>" in page
    assert "令和8年12月</option>" not in page


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("roadmap:milestones", []),
        ("kpi:target_table", []),
        ("kpi:targets", ["1-1"]),
        ("accounts:department_create", []),
        ("desk:history", []),
    ],
)
def test_pages_with_dates_say_how_to_ask(secretariat, sign_in, name, args):
    page = page_text(sign_in(secretariat).get(reverse(name, args=args)))
    assert f'data-reading-address="{ADDRESS}"' in page
    if name != "roadmap:milestones":
        assert 'data-reads="date"' in page
