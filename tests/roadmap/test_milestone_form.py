"""One form for a milestone, whatever door it is opened by: four answers, their days and reasons.

Each answer from each state, what is refused and in which words, what changes nothing, two people,
several at once, and who may.
"""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from roadmap.actions import Update, update_milestone
from roadmap.answers import offers, standing_answer, whole_reason
from roadmap.milestone_planning import create_milestone
from roadmap.models import MilestoneUpdate, Step
from roadmap.reading import milestone_on
from tests.browsing import forms_in
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
NOW = "2026-11-06 01:00+00:00"
ON = date(2026, 11, 6)
PLANNED = date(2026, 12, 1)
HERE = "/roadmap/?view=table"
UNCHANGED = "変わったところがないので、保存していません。"

OPEN = {}
BEGUN = {"state": "in_progress", "comment": "着手"}
MOVED = {"state": "in_progress", "forecast_on": date(2026, 12, 11), "reason": "部品待ち"}
PASSED = {"state": "in_progress", "forecast_on": date(2026, 11, 2), "comment": "早まる"}
DONE = {"state": "completed", "completed_on": date(2026, 10, 30)}
REVISED = {"state": "revised", "reason": "仕様の見直し"}
CANCELLED = {"state": "cancelled", "reason": "他の事業で行う"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def a_milestone(name="調査報告", planned_on=PLANNED):
    step = Step.objects.get(measure__number=1, order=1)
    return create_milestone(by=None, step=step, name=name, planned_on=planned_on)


def stand(row, given, on=date(2026, 10, 31)):
    """Bring a milestone where a case begins."""
    if given:
        row.refresh_from_db()
        update_milestone(
            by=None,
            milestone=row,
            seen_version=row.version,
            on=on,
            update=Update(**{"state": "in_progress", **given}),
        )
    row.refresh_from_db()


@pytest.fixture
def row(soumu):
    lead(1, soumu)
    return a_milestone()


def send(client, row, answer="", in_place=False, **typed):
    """What a browser sends of the form: every box, and the answer if one is pressed."""
    url = reverse("roadmap:milestone_edit", args=[row.pk])
    sent = {"next": HERE, "stay": "on", "seen_version": row.version, "answer": answer}
    head = {"HX-Request": "true"} if in_place else {}
    return client.post(url, {**sent, **typed}, headers=head, bare=True)


def stands(row):
    row.refresh_from_db()
    return row.state, row.forecast_on, row.completed_on


DAY = date(2026, 12, 11)
GIVEN = [
    # before, answer, typed, (state, forecast, completion) after, reason, comment
    (OPEN, "on_track", {}, ("not_started", None, None), "", "予定どおり"),
    (OPEN, "on_track", {"state": "in_progress"}, ("in_progress", None, None), "", "予定どおり"),
    (BEGUN, "on_track", {"comment": "順調"}, ("in_progress", None, None), "", "順調"),
    (MOVED, "on_track", {"forecast_on": "1/31"}, ("in_progress", DAY, None), "", "見込どおり"),
    (REVISED, "on_track", {}, ("revised", None, None), "仕様の見直し", "予定どおり"),
    (DONE, "on_track", {}, ("in_progress", None, None), "", "予定どおり"),
    (CANCELLED, "on_track", {}, ("in_progress", None, None), "", "予定どおり"),
    (BEGUN, "done", {"completed_on": "11/5"}, ("completed", None, date(2026, 11, 5)), "", ""),
    (
        MOVED,
        "done",
        {"completed_on": "R8.11.5", "reason": "x" * 400, "forecast_on": "2/30"},
        ("completed", DAY, date(2026, 11, 5)),
        "",
        "",
    ),
    (DONE, "done", {"completed_on": "11/4"}, ("completed", None, date(2026, 11, 4)), "", ""),
    (
        BEGUN,
        "moves",
        {"forecast_on": "12/11", "cause": "supplier", "reason": "入札のやり直し"},
        ("in_progress", DAY, None),
        "業者の都合：入札のやり直し",
        "",
    ),
    (
        BEGUN,
        "moves",
        {"forecast_on": "12/11", "cause": "other", "reason": "雪", "completed_on": "昨日"},
        ("in_progress", DAY, None),
        "雪",
        "",
    ),
    (BEGUN, "moves", {"forecast_on": "11/20"}, ("in_progress", date(2026, 11, 20), None), "", ""),
    (
        OPEN,
        "moves",
        {"forecast_on": "12/11", "reason": "y", "state": "revised"},
        ("revised", DAY, None),
        "y",
        "",
    ),
    (
        PASSED,
        "moves",
        {"forecast_on": "12/11", "reason": "y"},
        ("in_progress", DAY, None),
        "y",
        "",
    ),
    (
        DONE,
        "moves",
        {"forecast_on": "12/11", "reason": "やり直し"},
        ("in_progress", DAY, None),
        "やり直し",
        "",
    ),
    (
        MOVED,
        "cancelled",
        {"reason": "国の仕組みを使う", "cause": "specification"},
        ("cancelled", DAY, None),
        "仕様・制度の確定待ち：国の仕組みを使う",
        "",
    ),
]


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(("before", "answer", "typed", "after", "reason", "comment"), GIVEN)
def test_an_answer_says_where_it_stands(
    row, head, sign_in, in_place, before, answer, typed, after, reason, comment
):
    stand(row, before)
    answered = send(sign_in(head), row, answer, in_place, **typed)
    assert answered.status_code == (200 if in_place else 302), page_text(answered)
    assert stands(row) == after
    newest = row.updates.order_by("-id")[0]
    assert (newest.reason, newest.comment, newest.by) == (reason, comment, head)


REFUSED = [
    (BEGUN, "", {}, "4つから1つ選んでください"),
    (BEGUN, "", {"state": "in_progress", "comment": "順調"}, "4つから1つ選んでください"),
    (BEGUN, "later", {}, "選択"),
    (PASSED, "on_track", {}, "見込日（R8.11.2）が過ぎています。"),
    (BEGUN, "done", {}, "「完了」には完了日を入力してください。"),
    (BEGUN, "done", {"completed_on": "11/7"}, "完了日に先の日付は入力できません"),
    (BEGUN, "moves", {}, "新しい見込日を入力してください。"),
    (BEGUN, "moves", {"forecast_on": "2/30"}, "という日はありません"),
    (BEGUN, "moves", {"forecast_on": "12/11"}, "延期の理由を1文で"),
    (BEGUN, "moves", {"forecast_on": "12/11", "cause": "supplier"}, "延期の理由を1文で"),
    (BEGUN, "moves", {"forecast_on": "2036-12-11", "reason": "x"}, "までの日を入力してください"),
    (
        BEGUN,
        "moves",
        {"forecast_on": "12/11", "cause": "supplier", "reason": "長" * 300},
        "理由が6字長すぎます",
    ),
    (BEGUN, "moves", {"forecast_on": "11/20", "state": "revised"}, "「見直し」の理由"),
    (BEGUN, "on_track", {"state": "revised"}, "「見直し」の理由"),
    (BEGUN, "cancelled", {}, "「中止」の理由を1文で"),
    (BEGUN, "cancelled", {"cause": "budget"}, "「中止」の理由を1文で"),
]


@pytest.mark.parametrize(("before", "answer", "typed", "words"), REFUSED)
def test_what_is_refused_says_why_and_keeps_what_was_typed(
    row, head, sign_in, before, answer, typed, words
):
    stand(row, before)
    count, stood = row.updates.count(), stands(row)
    answered = send(sign_in(head), row, answer, **{"comment": "書きかけ", **typed})
    text = page_text(answered)
    assert answered.status_code == 422
    assert words in text
    assert typed.get("comment", "書きかけ") in text
    assert all(value in text for name, value in typed.items() if name != "state")
    assert (row.updates.count(), stands(row)) == (count, stood)


def test_late_without_a_forecast_cannot_go_as_planned(soumu, head, sign_in):
    lead(1, soumu)
    late = a_milestone(planned_on=date(2026, 10, 1))
    stand(late, BEGUN)
    item = milestone_on(late.pk, ON)
    assert standing_answer(item) == "moves"
    assert [each.possible for each in offers(item)] == [False, True, True, True]
    answered = send(sign_in(head), late, "on_track")
    assert "期日（R8.10.1）が過ぎ、見込日がありません。" in page_text(answered)


NOTHING_NEW = [
    (MOVED, "moves", {"forecast_on": "R8.12.11", "cause": "supplier"}),
    (DONE, "done", {"completed_on": "R8.10.30"}),
    (CANCELLED, "cancelled", {}),
    (REVISED | {"forecast_on": DAY}, "moves", {"forecast_on": "12/11"}),
]


@pytest.mark.parametrize(("before", "answer", "typed"), NOTHING_NEW)
def test_saving_without_a_change_says_so(row, head, sign_in, before, answer, typed):
    stand(row, before)
    answered = send(sign_in(head), row, answer, **typed)
    assert answered.status_code == 200
    assert UNCHANGED in page_text(answered)
    assert row.updates.count() == 1


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ({}, ""),
        ({"契約締結": date(2027, 2, 26), "運用開始": date(2027, 3, 31)}, "契約締結"),
        ({"前の節目": date(2026, 10, 1)}, ""),
    ],
)
def test_the_page_of_what_was_saved_names_the_next_milestone(row, head, sign_in, others, named):
    for name, planned_on in others.items():
        a_milestone(name, planned_on)
    stand(row, BEGUN)
    client = sign_in(head)
    page = send(client, row, "moves", forecast_on="12/11", reason="部品待ち")["Location"]
    text = page_text(client.get(page))
    assert ("次のマイルストーン" in text) == bool(named)
    assert named in text


def test_the_page_says_what_was_saved_and_takes_it_back(row, head, sign_in):
    stand(row, BEGUN)
    client = sign_in(head)
    typed = {"forecast_on": "12/11", "reason": "部品待ち"}
    page = send(client, row, "moves", **typed)["Location"]
    text = page_text(client.get(page))
    assert all(
        word in text for word in ("に保存しました", "＋10日", "部品待ち", "元のページに戻る")
    )
    assert stands(row) == ("in_progress", DAY, None)
    undo = next(form for form in client.forms(page) if "comment" in form.hidden)
    client.post(undo.action, undo.hidden, bare=True)
    assert stands(row) == ("in_progress", None, None)
    assert row.updates.count() == 3


def test_two_people_choose_between_both_sides(row, head, secretariat, sign_in):
    stand(row, BEGUN)
    seen = row.version
    stand(row, MOVED, on=ON)
    client, mine = sign_in(head), {"forecast_on": "12/18", "reason": "検査の後"}
    edit = reverse("roadmap:milestone_edit", args=[row.pk])
    row.version = seen
    answered = send(client, row, "moves", **mine)
    text = page_text(answered)
    assert answered.status_code == 409
    assert all(word in text for word in ("保存済み", "＋10日", "部品待ち", "＋17日", "検査の後"))
    form = next(form for form in forms_in(answered, edit) if "keep" in form.names)
    row.refresh_from_db()
    assert form.hidden["seen_version"] == str(row.version)
    send(client, row, "moves", keep="theirs", **mine)
    assert stands(row) == ("in_progress", DAY, None)
    send(client, row, "moves", keep="mine", **mine)
    assert stands(row) == ("in_progress", date(2026, 12, 18), None)


# --- several at once ---------------------------------------------------------------------------


def press(client, rows, state, **more):
    data = {"state": state, "pick": [row.pk for row in rows], "next": "/roadmap/milestones/?all=1"}
    versions = {f"version-{row.pk}": row.version for row in rows}
    url = reverse("roadmap:milestone_bulk")
    return client.post(url, {**data, **versions, **more}, bare=True)


@pytest.mark.parametrize(
    ("state", "before", "words"),
    [
        ("on_track", PASSED, "見込日（R8.11.2）が過ぎています。"),
        ("in_progress", BEGUN, UNCHANGED),
        ("completed", DONE, UNCHANGED),
    ],
)
def test_each_row_says_its_own_error_and_keeps_its_tick(row, head, sign_in, state, before, words):
    stand(row, before)
    good = a_milestone("通る", date(2026, 12, 2))
    stand(good, {} if state != "on_track" else BEGUN)
    typed = {"completed_on": "R8.10.30"}
    answered = press(sign_in(head), [row, good], state, **typed)
    text = page_text(answered)
    assert answered.status_code == 422
    assert "1件を更新しました。" in text
    assert f'id="m{row.pk}-why">{words}' in text
    assert f'id="m{good.pk}-why"' not in text
    assert "R8.10.30" in text
    keeps = words != UNCHANGED
    assert f'value="{row.pk}" checked' in text if keeps else "checked" not in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"state": "completed", "completed_on": ""}, "「完了」には完了日を入力してください。"),
        ({"state": "completed", "completed_on": "11/7"}, "完了日に先の日付は入力できません"),
        ({"state": "completed", "completed_on": "2/30"}, "という日はありません"),
        ({"state": "late"}, "選択"),
    ],
)
def test_what_is_wrong_for_all_keeps_all_ticks(row, head, sign_in, typed, words):
    other = a_milestone("もう一つ", date(2026, 12, 2))
    answered = press(sign_in(head), [row, other], **typed)
    text = page_text(answered)
    assert answered.status_code == 422
    assert words in text
    assert all(f'value="{each.pk}" checked' in text for each in (row, other))
    assert not MilestoneUpdate.objects.exists()


def test_a_row_somebody_else_changed_says_by_whom(row, head, sign_in):
    seen = row.version
    stand(row, MOVED, on=ON)
    row.version = seen
    text = page_text(press(sign_in(head), [row], "completed", completed_on="11/5"))
    assert "見込日 R8.12.11 に更新しました" in text
    assert f'value="{row.pk}" checked' in text
    assert stands(row) == ("in_progress", DAY, None)


def test_nothing_ticked_says_so(row, head, sign_in):
    text = page_text(press(sign_in(head), [], "on_track"))
    assert "更新するマイルストーンを選んでください。" in text


# --- who, and from where ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "asked", "sent"),
    [
        ("head", 200, 302),
        ("staff", 200, 302),
        ("secretariat", 200, 302),
        ("other_head", 200, 403),
        ("viewer", 200, 403),
        ("headquarters", 200, 403),
        ("stranger", 403, 403),
    ],
)
def test_who_may(row, request, sign_in, person, asked, sent):
    user = request.getfixturevalue(person)
    client, url = sign_in(user), reverse("roadmap:milestone_edit", args=[row.pk])
    page = client.get(url)
    assert page.status_code == asked
    assert ('class="dx-four"' in page.content.decode()) == (sent == 302)
    assert send(client, row, "on_track").status_code == sent
    row.refresh_from_db()
    assert press(client, [row], "in_progress").status_code == sent


def test_every_link_leads_to_the_same_form_and_back(row, head, sign_in):
    client, edit = sign_in(head), reverse("roadmap:milestone_edit", args=[row.pk])
    stand(row, PASSED)
    pages = [
        reverse("desk:home"),
        "/roadmap/?view=table",
        reverse("roadmap:measure_roadmap", args=[1]),
        reverse("roadmap:step", args=[row.step_id]),
        reverse("roadmap:milestones"),
        reverse("desk:handover"),
    ]
    assert [url for url in pages if f"{edit}?next=/" not in client.get(url).content.decode()] == []
    for query in ("", "?answer=done", "?answer=x"):
        form = next(each for each in client.forms(edit + query) if "answer" in each.names)
        assert {"state", "forecast_on", "completed_on", "cause", "reason", "comment"} <= form.names
        chosen = "done" if query.endswith("done") else "moves"
        assert form.sent["answer"][-1] == chosen


@pytest.mark.pure
@pytest.mark.parametrize(
    ("cause", "reason", "whole"),
    [
        ("", "", ""),
        ("budget", "", ""),
        ("budget", "補正の後", "予算：補正の後"),
        ("other", "雪", "雪"),
        ("", "雪", "雪"),
    ],
)
def test_the_kind_stands_before_its_sentence(cause, reason, whole):
    assert whole_reason(cause, reason) == whole
