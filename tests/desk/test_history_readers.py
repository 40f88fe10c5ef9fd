"""The log obeys the object: who may not read a draft does not read its entries either.

Every kind of entry that is not for everybody × role × before and after it is handed in, on the
page, in its search and in both downloads.
"""

import ast
import csv
import io
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts import actions as people
from foundation.records import readers
from foundation.records.models import HistoryEntry
from foundation.records.uploads import checked
from headquarters.meetings.actions import create_meeting
from headquarters.organisation import actions as items
from headquarters.reviews.actions import attach_to_review, change_review, save_draft
from headquarters.reviews.cycles import create_cycle, open_cycle
from headquarters.reviews.models import Review
from kpi.actions import record_value
from kpi.models import Indicator
from kpi.rules.checks import Entry
from measures.models import Plan
from tests.conftest import MONTH
from tests.pages import page_text
from tests.people import lead
from tests.test_architecture import FILES, ROOT

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 6)
ROLES = ("viewer", "staff", "head", "other_head", "headquarters", "secretariat")
EVERYBODY = set(ROLES)
HOUSE = {"staff", "head", "secretariat"}  # 総務課 and the secretariat
TEXTS = {
    "plan_text": "秘密の計画",
    "done_text": "実績",
    "analysis": "分析",
    "next_action": "対応",
    "next_direction": "continue",
    "self_grade": "B",
    "self_grade_reason": "説明",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


@pytest.fixture
def town(request, soumu, zeimu):
    """All the people by their role."""
    lead(1, soumu)
    return {name: request.getfixturevalue(name) for name in ROLES}


@pytest.fixture
def sheet(town):
    secretariat = town["secretariat"]
    made = create_cycle(by=secretariat, plan=Plan.objects.get(), fiscal_year=2026, kind="mid")
    open_cycle(by=secretariat, cycle=made, on=ON)
    return Review.objects.full().get(measure__number=1)


@pytest.fixture
def item(town, soumu):
    meeting = create_meeting(
        by=town["secretariat"],
        plan=Plan.objects.get(),
        title="第2回",
        held_on=date(2026, 11, 5),
        place="庁議室",
        month=MONTH,
    )
    return items.record_action_item(
        by=town["secretariat"],
        meeting=meeting,
        text="整理する",
        department=soumu,
        due_on=date(2026, 12, 1),
    )


def found_in(client, words):
    """Where of the history's doors these words are read."""
    doors = set()
    if words in page_text(client.get("/history/")):
        doors.add("page")
    answer = client.get("/history/", {"format": "csv"})
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    if any(words in cell for row in csv.reader(io.StringIO(content)) for cell in row):
        doors.add("csv")
    book = load_workbook(io.BytesIO(client.get("/history/", {"format": "xlsx"}).content))
    rows = book["変更履歴"].iter_rows(values_only=True)
    if any(words in str(cell) for row in rows for cell in row):
        doors.add("xlsx")
    return doors


ALL_DOORS = {"page", "csv", "xlsx"}


def check(sign_in, town, words, readable_by):
    for role, user in town.items():
        expected = ALL_DOORS if role in readable_by else set()
        assert found_in(sign_in(user), words) == expected, (words, role)


def write(sheet, by):
    row = Review.objects.full().get(pk=sheet.pk)
    return save_draft(by=by, review=row, seen_version=row.version, values=TEXTS)


def move(sheet, by, name, **rest):
    row = Review.objects.full().get(pk=sheet.pk)
    return change_review(by=by, review=row, name=name, seen_version=row.version, **rest)


def answer_shown(client, item, words):
    return words in page_text(client.get(reverse("organisation:action_item", args=[item.pk])))


def test_drafts_of_a_sheet_are_for_its_department_until_handed_in(sign_in, town, sheet):
    write(sheet, town["staff"])
    check(sign_in, town, "秘密の計画", HOUSE)
    move(sheet, town["head"], "submit")
    check(sign_in, town, "秘密の計画", EVERYBODY)
    move(sheet, town["secretariat"], "return", reason="内緒の差戻し")
    check(sign_in, town, "秘密の計画", HOUSE)
    check(sign_in, town, "内緒の差戻し", HOUSE)


def test_names_of_files_beside_a_draft_too(sign_in, town, sheet):
    write(sheet, town["staff"])
    file = checked("内緒の資料.csv", b"a,b\r\n1,2")
    attach_to_review(by=town["staff"], review=sheet, file=file)
    check(sign_in, town, "内緒の資料.csv", HOUSE)
    move(sheet, town["head"], "submit")
    check(sign_in, town, "内緒の資料.csv", EVERYBODY)


def test_a_draft_answer_is_for_its_department_until_given(sign_in, town, item):
    items.answer_action_item(by=town["staff"], item=item, answer="案の段階", final=False)
    check(sign_in, town, "案の段階", HOUSE)
    assert not answer_shown(sign_in(town["viewer"]), item, "案の段階")
    items.answer_action_item(by=town["head"], item=item, answer="正式な回答", final=True)
    check(sign_in, town, "正式な回答", EVERYBODY)
    check(sign_in, town, "案の段階", EVERYBODY)
    assert answer_shown(sign_in(town["viewer"]), item, "正式な回答")
    items.close_action_item(by=town["secretariat"], item=item, reopen=True)
    assert not answer_shown(sign_in(town["viewer"]), item, "正式な回答")
    assert answer_shown(sign_in(town["staff"]), item, "正式な回答")


def test_what_concerns_a_person_is_for_that_person_and_the_secretariat(sign_in, town):
    staff, secretariat = town["staff"], town["secretariat"]
    people.edit_user(
        by=secretariat, user=staff, full_name=staff.full_name, is_active=True, email="x@town.test"
    )
    people.reset_password(by=secretariat, user=staff)
    people.change_own_password(by=staff, password="another-town-2026")
    for words in ("x@town.test", "パスワードの再発行", "パスワードの変更"):
        entries = HistoryEntry.objects.filter(readers="accounts.person", subject_id=staff.pk)
        assert entries.exists()
        for role, user in town.items():
            readable = HistoryEntry.objects.visible_to(user)
            told = any(words in str(row.after) for row in readable.about(staff))
            assert told is (role in {"staff", "secretariat"}), (words, role)
    check(sign_in, town, "x@town.test", {"staff", "secretariat"})


def test_everything_else_is_for_everybody(sign_in, town):
    record_value(
        by=town["secretariat"],
        indicator=Indicator.objects.first(),
        month=MONTH,
        seen_version=0,
        entry=Entry(missing_reason="unmeasurable", note="みんなのメモ"),
        on=ON,
    )
    check(sign_in, town, "みんなのメモ", EVERYBODY)


def test_search_finds_only_what_may_be_read(sign_in, town, sheet):
    write(sheet, town["staff"])
    move(sheet, town["head"], "submit")
    move(sheet, town["secretariat"], "return", reason="内緒の差戻し")
    for role, user in town.items():
        page = sign_in(user).get("/history/", {"words": "内緒"})
        assert bool(page.context["page"].paginator.count) is (role in HOUSE), role


def test_an_entry_of_an_unknown_rule_is_read_by_nobody(town):
    HistoryEntry.objects.create(
        at="2026-11-06T01:00:00Z", revision=10**9, actor_name="前の版", readers="gone.room"
    )
    for user in town.values():
        assert not HistoryEntry.objects.visible_to(user).filter(revision=10**9).exists()


def test_the_rules_are_these():
    assert set(readers.RULES) == {"accounts.person", "reviews.sheet", "meetings.answer"}


@pytest.mark.pure
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_whoever_takes_a_request_asks_for_what_may_be_read(path):
    """In a file of views every question to the history begins with `visible_to`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    shows = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any(arg.arg == "request" for arg in node.args.args)
    ]
    if not shows:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "HistoryEntry.objects":
            assert node.attr == "visible_to", f"{path}:{node.lineno}"
