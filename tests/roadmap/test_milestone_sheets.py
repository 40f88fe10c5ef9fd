"""The milestone sheet goes out, is filled in, comes back: shown, chosen, confirmed, taken back."""

from datetime import date, datetime

import pytest
import time_machine

from foundation.records.models import HistoryEntry
from foundation.round_trip.columns import CODE
from foundation.round_trip.models import SheetBatch, SheetFile
from headquarters.sample.snapshot import ROOMS
from roadmap.actions import Update, update_milestone
from roadmap.milestone_planning import create_milestone
from roadmap.models import Milestone, MilestoneUpdate, Step
from roadmap.sheets.kind import MILESTONES
from tests.browsing import Browser
from tests.pages import page_text
from tests.people import lead
from tests.returned import (
    content_of,
    filled,
    notes_in,
    opened,
    outcomes,
    places,
    refusal,
    sent,
    written,
)

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 6)
SHEETS = "/roadmap/milestones/sheets/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False) as moving:
        yield moving


@pytest.fixture(autouse=True)
def rows(soumu, zeimu, secretariat):
    """{name: a milestone}: 調査, 選定, 導入 of 総務課 (measure 1), 点検 of 税務課 (3)."""
    lead(1, soumu)
    lead(3, zeimu)
    planned = {
        "調査": (1, date(2026, 10, 31)),
        "選定": (1, date(2026, 12, 25)),
        "導入": (1, date(2027, 3, 31)),
        "点検": (3, date(2026, 12, 25)),
    }
    steps = {number: Step.objects.filter(measure__number=number).first() for number in (1, 3)}
    return {
        name: create_milestone(by=secretariat, step=steps[number], name=name, planned_on=day)
        for name, (number, day) in planned.items()
    }


def update(by, row, **given):
    """As the form does it."""
    row = Milestone.objects.get(pk=row.pk)
    said = {"state": row.state, "forecast_on": row.forecast_on, "completed_on": row.completed_on}
    update_milestone(
        by=by, milestone=row, seen_version=row.version, on=ON, update=Update(**(said | given))
    )


def stands(row):
    """(state, forecast, completed, why)."""
    row = Milestone.objects.get(pk=row.pk)
    return row.state, row.forecast_on, row.completed_on, row.state_reason


def sheet(client, department):
    """The workbook of a department as it is downloaded now."""
    answer = client.get(f"{SHEETS}{department.pk}/")
    assert answer.status_code == 200
    return answer.content


def typed(client, department, cells):
    """The same with {milestone: {field: value}} typed into it."""
    by_number = {str(row.pk): said for row, said in cells.items()}
    return filled(sheet(client, department), MILESTONES, by_number)


def preview_of(client, content):
    place = sent(client, SHEETS, content)
    return client.get(place).context["preview"]


def test_what_was_filled_in_is_shown_first_and_taken_over_when_confirmed(
    head, soumu, rows, sign_in
):
    client = sign_in(head)
    content = typed(
        client,
        soumu,
        {
            rows["調査"]: {"state": "完了", "completed_on": datetime(2026, 11, 4)},
            rows["選定"]: {
                "state": "実施中",
                "forecast_on": "令和9年1月15日",
                "reason": "仕様の確定待ち",
            },
        },
    )
    stood = written()
    place = sent(client, SHEETS, content)
    page = client.get(place)
    assert written() == stood, "reading a file changes nothing"
    assert "まだ何も保存していません" in page_text(page)
    assert "R9.1.15" in page_text(page)
    assert (page.context["preview"].taken, page.context["preview"].refused) == (5, 0)
    assert client.post(place, {}).status_code == 302
    assert stands(rows["調査"]) == ("completed", None, date(2026, 11, 4), "")
    assert stands(rows["選定"]) == ("in_progress", date(2027, 1, 15), None, "")
    newest = rows["選定"].updates.order_by("-id").first()
    assert (newest.by, newest.postponed, newest.reason) == (head, True, "仕様の確定待ち")
    assert newest.comment == "マイルストーン様式の取込 第1号"
    told = HistoryEntry.objects.filter(revision__gt=stood[1]).order_by("revision")
    assert [row.action for row in told] == ["roadmap.milestone"] * 2 + ["roadmap.intake"]
    batch = SheetBatch.objects.get()
    assert (batch.applied_by, len(batch.cells), str(batch)) == (
        head,
        2,
        "マイルストーン様式の取込 第1号",
    )
    assert str(batch) in page_text(client.get(place))
    assert client.post(place, {}).status_code == 302, "a second press makes no second batch"
    assert SheetBatch.objects.count() == 1
    again = preview_of(client, content)
    assert (again.taken, again.conflicts, again.refused) == (0, 0, 0), "the same file once more"


@pytest.mark.pure
def test_a_sheet_that_nobody_has_touched_writes_nothing(head, soumu, rows, sign_in):
    update(head, rows["選定"], state="in_progress", forecast_on=date(2027, 1, 15), reason="延期")
    update(head, rows["導入"], state="revised", reason="範囲の見直し")
    update(head, rows["調査"], state="completed", completed_on=date(2026, 11, 1))
    client, stood = sign_in(head), written()
    place = sent(client, SHEETS, sheet(client, soumu))
    page = client.get(place)
    assert page.context["preview"].to_see == []
    assert page.context["preview"].unchanged == 5
    assert "取り込む内容がないため" in page_text(page)
    assert client.post(place, {}).status_code == 422
    assert (written(), SheetBatch.objects.count()) == (stood, 0)
    assert MilestoneUpdate.objects.count() == 3


@pytest.mark.pure
def test_the_same_moment_gives_the_same_bytes(head, secretariat, soumu, sign_in):
    assert sheet(sign_in(head), soumu) == sheet(sign_in(secretariat), soumu)


READ = {
    "an era in words": ({"forecast_on": "令和9年1月15日", "reason": "x"}, date(2027, 1, 15)),
    "an era in letters": ({"forecast_on": "R9.1.15", "reason": "x"}, date(2027, 1, 15)),
    "full-width": ({"forecast_on": "Ｒ９．１．１５", "reason": "x"}, date(2027, 1, 15)),
    "western": ({"forecast_on": "2027/1/15", "reason": "x"}, date(2027, 1, 15)),
    "a cell of the program": (
        {"forecast_on": datetime(2027, 1, 15), "reason": "x"},
        date(2027, 1, 15),
    ),
    "a day without a year": ({"forecast_on": "1/15", "reason": "x"}, date(2027, 1, 15)),
    "earlier needs no reason": ({"forecast_on": "R8.12.1"}, date(2026, 12, 1)),
    "cleared": ({"forecast_on": "クリア"}, None),
    "cleared in another width": ({"forecast_on": "ｸﾘｱ"}, None),
}


@pytest.mark.pure
@pytest.mark.parametrize("case", READ)
def test_a_day_is_read_as_people_write_it(case, head, soumu, rows, sign_in):
    update(head, rows["選定"], state="in_progress", forecast_on=date(2026, 12, 20))
    client = sign_in(head)
    said, wanted = READ[case]
    place = sent(client, SHEETS, typed(client, soumu, {rows["選定"]: said}))
    guessed = "「1/15」を 令和9年1月15日 と読みました" in page_text(client.get(place))
    assert guessed is (case == "a day without a year")
    assert client.post(place, {}).status_code == 302
    assert stands(rows["選定"])[1] == wanted


WRONG = {
    "no day": ({"forecast_on": "8.10.1"}, "日付として読めません"),
    "a number": ({"forecast_on": (10.1, "General")}, "数字になっています"),
    "a number in a cell of days": ({"forecast_on": 10.1}, "までの日を入力してください"),
    "no such day": ({"forecast_on": "R9.2.30"}, "という日はありません"),
    "out of all ranges": ({"forecast_on": "1999/1/1"}, "までの日を入力してください"),
    "later without a reason": ({"forecast_on": "R9.5.1"}, "延期の理由を1文で入力してください"),
    "done without a day": ({"state": "完了"}, "完了日を入力してください"),
    "done in the future": (
        {"state": "完了", "completed_on": "R8.12.1"},
        "完了日に先の日付は入力できません",
    ),
    "a day without done": ({"completed_on": "R8.11.1"}, "状態を「完了」にしてください"),
    "revised without a reason": ({"state": "見直し"}, "「見直し」の理由を1文で入力してください"),
    "cancelled without a reason": ({"state": "中止"}, "「中止」の理由を1文で入力してください"),
    "no state": ({"state": "もうすぐ"}, "「もうすぐ」は「状態」にありません"),
    "late is no state": ({"state": "遅延"}, "期日からポータルが付けます"),
    "a state cannot go": ({"state": "クリア"}, "状態は消せません"),
    "a long reason": ({"state": "中止", "reason": "長" * 301}, "300字まで"),
    "a reason alone": ({"reason": "理由だけ"}, "理由は取り込みません"),
    "a formula without a result": ({"forecast_on": "=A1"}, "計算式の結果が保存されていません"),
}


@pytest.mark.pure
def test_what_is_wrong_is_said_at_its_cell_and_not_taken(head, soumu, rows, sign_in):
    """All of it in one sheet, each case a milestone of its own."""
    step, day = rows["選定"].step, date(2026, 12, 25)
    made = {case: create_milestone(by=None, step=step, name=case, planned_on=day) for case in WRONG}
    client, stood = sign_in(head), written()
    cells = {made[case]: said for case, (said, _) in WRONG.items()}
    place = sent(client, SHEETS, typed(client, soumu, cells))
    page = client.get(place)
    preview, text = page.context["preview"], page_text(page)
    assert preview.taken == 0
    assert preview.refused >= len(WRONG)
    assert client.post(place, {}).status_code == 422
    assert written() == stood
    notes = notes_in(client.get(f"{place}marked/").content)
    for case, (_, sentence) in WRONG.items():
        assert sentence in text, case
        assert sentence in notes[str(made[case].pk)], case


@pytest.mark.pure
def test_a_wrong_row_does_not_hold_the_others(head, soumu, rows, sign_in):
    client = sign_in(head)
    content = typed(
        client,
        soumu,
        {
            rows["調査"]: {"state": "完了", "completed_on": "まだ"},
            rows["選定"]: {"state": "実施中"},
        },
    )
    place = sent(client, SHEETS, content)
    said = outcomes(client.get(place).context["preview"])
    assert [(what, outcome) for what, outcome, _ in said] == [
        ("調査　完了日", "誤り"),
        ("調査　状態", "保留"),
        ("選定　状態", "変更"),
    ]
    client.post(place, {})
    assert (stands(rows["調査"])[0], stands(rows["選定"])[0]) == ("not_started", "in_progress")


@pytest.mark.pure
def test_what_is_taken_out_of_done_loses_its_day(head, soumu, rows, sign_in):
    update(head, rows["調査"], state="completed", completed_on=date(2026, 11, 1))
    client = sign_in(head)
    place = sent(client, SHEETS, typed(client, soumu, {rows["調査"]: {"state": "実施中"}}))
    assert "完了日は消えます" in page_text(client.get(place))
    client.post(place, {})
    assert stands(rows["調査"]) == ("in_progress", None, None, "")


def test_a_conflict_is_shown_with_who_and_when_and_waits_for_a_choice(
    head, staff, soumu, rows, sign_in
):
    client = sign_in(head)
    content = typed(
        client,
        soumu,
        {
            rows["選定"]: {"forecast_on": "R9.2.1", "reason": "入札のやり直し"},
            rows["導入"]: {"state": "実施中"},
        },
    )
    update(staff, rows["選定"], state="in_progress", forecast_on=date(2027, 1, 15), reason="延期")
    place = sent(client, SHEETS, content)
    page = client.get(place)
    assert "担当 三郎 11月6日 10時00分" in page_text(page)
    choice = page.context["preview"].choices[0]
    assert (choice.now, choice.file) == ("実施中　見込 R9.1.15", "未着手　見込 R9.2.1")
    refused = client.post(place, {})
    assert refused.status_code == 422
    assert "どちらにするかを選んでください" in page_text(refused)
    assert stands(rows["導入"])[0] == "not_started"
    assert client.post(place, {choice.name: "now"}).status_code == 302
    assert stands(rows["選定"])[1] == date(2027, 1, 15)
    assert stands(rows["導入"])[0] == "in_progress"


@pytest.mark.pure
def test_the_file_may_be_chosen(head, staff, soumu, rows, sign_in):
    client = sign_in(head)
    content = typed(client, soumu, {rows["選定"]: {"forecast_on": "R9.2.1", "reason": "入札"}})
    update(staff, rows["選定"], state="in_progress", forecast_on=date(2027, 1, 15), reason="延期")
    place = sent(client, SHEETS, content)
    name = client.get(place).context["preview"].choices[0].name
    client.post(place, {name: "file"})
    assert stands(rows["選定"])[:2] == ("not_started", date(2027, 2, 1))
    assert rows["選定"].updates.order_by("-id").first().reason == "入札"


@pytest.mark.pure
def test_the_same_by_somebody_else_is_no_conflict(head, staff, soumu, rows, sign_in):
    client = sign_in(head)
    content = typed(client, soumu, {rows["選定"]: {"state": "実施中"}})
    update(staff, rows["選定"], state="in_progress")
    preview = preview_of(client, content)
    assert (preview.taken, preview.conflicts) == (0, 0)


def test_what_moves_after_the_preview_stops_the_confirmation(head, staff, soumu, rows, sign_in):
    client = sign_in(head)
    content = typed(
        client, soumu, {rows["選定"]: {"state": "実施中"}, rows["導入"]: {"state": "実施中"}}
    )
    place = sent(client, SHEETS, content)
    carried = client.filled(place, action=place)
    update(staff, rows["選定"], state="cancelled", reason="取りやめ")
    stood = written()
    stopped = client.post(place, carried, bare=True)
    assert stopped.status_code == 409
    assert "もう一度確定してください" in page_text(stopped)
    assert written() == stood
    name = stopped.context["preview"].choices[0].name
    assert client.post(place, {name: "now"}).status_code == 302
    assert (stands(rows["選定"])[0], stands(rows["導入"])[0]) == ("cancelled", "in_progress")


def test_two_departments_take_over_the_same_file_at_once(head, other_head, soumu, rows, sign_in):
    """The own rows change, those of others never, whatever the file says."""
    content = typed(sign_in(head), soumu, {rows["選定"]: {"state": "実施中"}})
    book, paper = opened(content)
    line, heads = places(paper)
    last = [cell.value for cell in paper[paper.max_row]]
    last[heads[CODE] - 1] = rows["点検"].pk
    last[heads["状態"] - 1] = "中止"
    last[heads["今回の理由"] - 1] = "ほかの課のもの"
    paper.append(last)
    both = content_of(book)
    mine, theirs = sign_in(head), Browser()
    theirs.force_login(other_head)
    place = sent(mine, SHEETS, both)
    assert ("点検　状態", "鍵") in [
        each[:2] for each in outcomes(mine.get(place).context["preview"])
    ]
    assert "税務課のマイルストーンです" in page_text(mine.get(place))
    other = sent(theirs, SHEETS, both)
    assert theirs.get(place).status_code == 404, "a file is its sender's and the secretariat's"
    mine.post(place, {})
    choice = theirs.get(other).context["preview"].choices[0]
    theirs.post(other, {choice.name: "file"})
    assert (stands(rows["選定"])[0], stands(rows["点検"])[0]) == ("in_progress", "cancelled")
    assert SheetBatch.objects.count() == 2


ROLES = {
    "staff": (200, True),
    "head": (200, True),
    "secretariat": (200, True),
    "other_head": (200, False),
    "headquarters": (403, False),
    "viewer": (403, False),
}


@pytest.mark.pure
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_the_form_lets_it(role, request, head, soumu, rows, sign_in):
    content = typed(sign_in(head), soumu, {rows["選定"]: {"state": "実施中"}})
    person, (status, changes) = request.getfixturevalue(role), ROLES[role]
    client = Browser()
    client.force_login(person)
    assert client.get(SHEETS).status_code == status
    if status == 200:
        place = sent(client, SHEETS, content)
        client.post(place, {})
    assert (stands(rows["選定"])[0] == "in_progress") is changes
    shown = client.get(f"{SHEETS}{soumu.pk}/").status_code
    assert shown == (200 if changes else 403 if status == 403 else 404)


@pytest.mark.pure
def test_rows_may_be_sorted_columns_moved_and_hidden_the_file_renamed(head, soumu, rows, sign_in):
    client = sign_in(head)
    content = typed(client, soumu, {rows["導入"]: {"forecast_on": "R9.4.30", "reason": "入札"}})
    book, paper = opened(content)
    line, heads = places(paper)
    paper.unmerge_cells("A6:G6")
    under = [[cell.value for cell in row] for row in paper.iter_rows(min_row=line + 1)]
    for at, values in enumerate(reversed(under), line + 1):
        for column, value in enumerate(values, 1):
            paper.cell(at, column).value = value
    paper.column_dimensions["D"].hidden = True
    paper.move_range(f"K{line}:K{paper.max_row}", cols=5)
    book.create_sheet("メモ")["A1"] = "課のメモ"
    place = sent(client, SHEETS, content_of(book), "〇〇課 最終版(2).xlsx")
    client.post(place, {})
    assert stands(rows["導入"])[1] == date(2027, 4, 30)
    assert stands(rows["調査"]) == ("not_started", None, None, "")


@pytest.mark.pure
def test_a_row_twice_an_unknown_one_and_one_without_its_number(head, soumu, rows, sign_in):
    client = sign_in(head)
    content = typed(client, soumu, {rows["導入"]: {"state": "実施中"}})
    book, paper = opened(content)
    line, heads = places(paper)
    for number, state in ((rows["導入"].pk, "中止"), (99999, "実施中"), (None, "実施中")):
        row = [None] * len(heads)
        row[heads[CODE] - 1], row[heads["状態"] - 1] = number, state
        paper.append(row)
    preview = preview_of(client, content_of(book))
    said = [sentence for _, outcome, sentence in outcomes(preview) if outcome == "誤り"]
    assert preview.taken == 0
    assert any("2つあり" in sentence for sentence in said)
    assert any("99999" in sentence for sentence in said)
    assert any("番号のない行" in sentence for sentence in said)


@pytest.mark.pure
def test_sheets_of_another_kind_are_sent_to_their_door(head, soumu, rows, sign_in):
    client = sign_in(head)
    ours = sheet(client, soumu)
    theirs = client.get(f"/kpis/intake/2026-10/sheets/{soumu.pk}/").content
    assert "入力様式のファイルです。「入力様式（Excel）」の画面から" in refusal(
        client, SHEETS, theirs
    )
    told = refusal(client, "/kpis/intake/files/", ours)
    assert "マイルストーン様式のファイルです。「マイルストーン様式（Excel）」の画面から" in told
    assert "マイルストーン様式" in page_text(client.get("/kpis/intake/"))
    book, _ = opened(ours)
    book["照合"]["C2"] = 99
    assert "形式（99）は取り込めません" in refusal(client, SHEETS, content_of(book))
    del book["照合"]
    assert "ポータルのマイルストーン様式ではありません" in refusal(client, SHEETS, content_of(book))
    assert SheetFile.objects.count() == 0


def test_a_batch_is_taken_back_as_far_as_that_is_honest(head, staff, soumu, rows, sign_in):
    update(head, rows["導入"], state="in_progress", forecast_on=date(2027, 3, 1))
    client = sign_in(head)
    content = typed(
        client,
        soumu,
        {
            rows["調査"]: {"state": "完了", "completed_on": "R8.11.1"},
            rows["選定"]: {"forecast_on": "R9.2.1", "reason": "入札"},
            rows["導入"]: {"forecast_on": "R9.2.1"},
        },
    )
    place = sent(client, SHEETS, content)
    client.post(place, {})
    update(staff, rows["選定"], state="in_progress")
    assert "延期の回数は残ります" in page_text(client.get(place))
    done = client.post(f"{place}undo/", {}, page=place, follow=True)
    text = page_text(done)
    assert "「選定」：取り込んだ後に更新されているため、残しました" in text
    assert "「導入」：元に戻すと見込日が後ろへ動くか" in text
    assert stands(rows["調査"]) == ("not_started", None, None, "")
    assert stands(rows["選定"])[:2] == ("in_progress", date(2027, 2, 1))
    assert stands(rows["導入"])[1] == date(2027, 2, 1)
    stood = written()
    client.post(f"{place}undo/", {"once": "x" * 20}, bare=True)
    assert written() == stood, "once"


@pytest.mark.pure
def test_where_nothing_can_be_put_back_nothing_is_undone(head, soumu, rows, sign_in):
    update(head, rows["導入"], state="in_progress", forecast_on=date(2027, 3, 1))
    client = sign_in(head)
    place = sent(client, SHEETS, typed(client, soumu, {rows["導入"]: {"forecast_on": "R9.2.1"}}))
    client.post(place, {})
    stood = written()
    answer = client.post(f"{place}undo/", {}, page=place)
    assert answer.status_code == 422
    assert "元に戻せるものがありません" in page_text(answer)
    assert written() == stood


def test_the_file_is_kept_as_it_came_and_sample_data_take_it_away(head, soumu, rows, sign_in):
    client = sign_in(head)
    content = typed(client, soumu, {rows["選定"]: {"state": "実施中"}})
    place = sent(client, SHEETS, content)
    assert client.get(f"{place}file/").content == content
    assert "round_trip" in ROOMS
