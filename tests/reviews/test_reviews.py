"""PDCA: the table of transitions is the law.

Drafts are private; facts are those of the as-of month; nothing is lost.
"""

from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.models import Attachment, HistoryEntry
from headquarters.reviews.actions import TEXTS, change_review, lacking, save_draft
from headquarters.reviews.choices import ReviewState as S
from headquarters.reviews.cycles import close_cycle, create_cycle, edit_cycle, open_cycle
from headquarters.reviews.facts import facts_of
from headquarters.reviews.models import Review, ReviewCycle, ReviewReturn
from headquarters.reviews.states import TRANSITIONS, diagram
from kpi.models import Indicator, KpiValue, Target
from measures.models import Measure, Plan
from tests.pages import page_text
from tests.reviews.writing import GOOD, ON, fresh, step, write

pytestmark = pytest.mark.django_db
LAW = {
    (S.DRAFT, "submit"): (S.SUBMITTED, {"head", "secretariat"}),
    (S.SUBMITTED, "withdraw"): (S.DRAFT, {"head", "secretariat"}),
    (S.SUBMITTED, "return"): (S.DRAFT, {"secretariat"}),
    (S.SUBMITTED, "check"): (S.CHECKED, {"secretariat"}),
    (S.CHECKED, "send_back"): (S.SUBMITTED, {"headquarters", "secretariat"}),
    (S.CHECKED, "grade"): (S.GRADED, {"headquarters", "secretariat"}),
    (S.GRADED, "regrade"): (S.GRADED, {"headquarters", "secretariat"}),
}
ROLES = ("viewer", "staff", "head", "other_head", "headquarters", "secretariat")


def test_a_cycle_has_its_usual_dates_on_working_days(secretariat):
    rows = [
        create_cycle(by=secretariat, plan=Plan.objects.get(), fiscal_year=2026, kind=kind)
        for kind in ("mid", "end")
    ]
    assert [(row.code, row.as_of, row.asked_on, row.due_on) for row in rows] == [
        ("2026-mid", date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 2)),
        ("2026-end", date(2027, 3, 1), date(2027, 4, 1), date(2027, 5, 6)),
    ]
    with pytest.raises(ValidationError, match="すでにあります"):
        create_cycle(by=secretariat, plan=Plan.objects.get(), fiscal_year=2026, kind="mid")
    with pytest.raises(ValidationError, match="照会日以後"):
        edit_cycle(
            by=secretariat,
            cycle=rows[0],
            asked_on=date(2026, 10, 5),
            due_on=date(2026, 10, 4),
            fixed_on=date(2026, 11, 30),
        )


def test_asking_makes_a_sheet_per_measure_once_the_month_is_over(secretariat, head):
    row = create_cycle(by=secretariat, plan=Plan.objects.get(), fiscal_year=2026, kind="mid")
    with pytest.raises(PermissionDenied):
        open_cycle(by=head, cycle=row, on=ON)
    with pytest.raises(ValidationError, match="まだ終わっていません"):
        open_cycle(by=secretariat, cycle=row, on=date(2026, 9, 30))
    open_cycle(by=secretariat, cycle=row, on=date(2026, 10, 1))
    assert row.reviews.count() == 10
    with pytest.raises(ValidationError):
        open_cycle(by=secretariat, cycle=row, on=ON)


@pytest.mark.parametrize("name", TRANSITIONS)
@pytest.mark.parametrize("state", S)
def test_the_table_is_the_law_for_every_role(request, sheet, state, name):
    for role in ROLES:
        Review.objects.filter(pk=sheet.pk).update(
            **GOOD, state=state, headquarters_grade="B" if state == S.GRADED else ""
        )
        target, who = LAW.get((state, name), (None, set()))
        try:
            step(request.getfixturevalue(role), sheet, name, reason="直してください", grade="C")
        except (PermissionDenied, ValidationError):
            assert role not in who, (role, state, name)
            assert fresh(sheet).state == state
        else:
            assert role in who, (role, state, name)
            assert fresh(sheet).state == target


def test_the_diagram_in_the_docs_is_the_table():
    text = (Path(__file__).parents[2] / "docs" / "reviews.md").read_text(encoding="utf-8")
    assert diagram() in text


def test_what_is_missing_is_named_before_handing_in(sheet, head):
    write(head, sheet, analysis="", self_grade="")
    with pytest.raises(ValidationError) as found:
        step(head, sheet, "submit")
    assert found.value.messages == [
        "「C 要因分析（成果・課題）」が空欄です。",
        "「自己評価」が空欄です。",
    ]
    assert fresh(sheet).state == S.DRAFT


def test_another_grade_than_the_automatic_one_needs_its_reason(sheet, head):
    row = Indicator.objects.get(code="1-2")
    Target.objects.create(
        indicator=row,
        fiscal_year=2026,
        from_month=date(2026, 4, 1),
        value=1200,
        created_at=timezone.now(),
    )
    for month in range(4, 10):
        KpiValue.objects.create(
            indicator=row,
            month=date(2026, month, 1),
            value=10,
            version=1,
            updated_at=timezone.now(),
        )
    assert facts_of(sheet.measure, date(2026, 9, 1)).verdict.grade == "D"
    write(head, sheet, self_grade="B", self_grade_reason="")
    assert "自動判定（D：1-2 がDになりました）と違います" in lacking(fresh(sheet))[0]
    write(head, sheet, self_grade="D", self_grade_reason="")
    assert lacking(fresh(sheet)) == []


def test_facts_are_those_of_the_as_of_month_whatever_came_later(sheet):
    row = Indicator.objects.get(code="1-2")
    Target.objects.create(
        indicator=row,
        fiscal_year=2026,
        from_month=date(2026, 4, 1),
        value=12,
        created_at=timezone.now(),
    )
    for month in range(4, 11):
        KpiValue.objects.create(
            indicator=row, month=date(2026, month, 1), value=1, version=1, updated_at=timezone.now()
        )
    Target.objects.create(
        indicator=row,
        fiscal_year=2026,
        version=2,
        from_month=date(2026, 10, 1),
        value=1200,
        reason="x",
        created_at=timezone.now(),
    )
    facts = next(
        each for each in facts_of(sheet.measure, date(2026, 9, 1)).sheet.kpis if each.code == "1-2"
    )
    assert (facts.actual, facts.grade) == ("6件", "A")


def test_two_people_in_one_sheet(sheet, head, staff):
    seen = fresh(sheet).version
    write(head, sheet, plan_text="課長の文")
    with pytest.raises(Conflict) as found:
        save_draft(
            by=staff, review=sheet, seen_version=seen, values={**GOOD, "plan_text": "担当の文"}
        )
    assert "総務 花子さんが" in found.value.sentence
    assert fresh(sheet).plan_text == "課長の文"


def test_two_people_who_write_the_same_in_one_sheet(sheet, head, staff, sign_in):
    seen = fresh(sheet).version
    write(head, sheet)
    with pytest.raises(SavedAlready):
        save_draft(by=staff, review=sheet, seen_version=seen, values=GOOD)
    url = reverse("reviews:sheet", args=[sheet.cycle.code, 1])
    typed = {**GOOD, "seen_version": seen}
    answer = sign_in(staff).post(url, typed, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "総務 花子さんが同じ内容を保存済みです" in answer.content.decode()
    assert f'data-version="{fresh(sheet).version}"' in answer.content.decode()


def test_saving_the_same_leaves_no_trace(sheet, head):
    write(head, sheet)
    before = HistoryEntry.objects.count()
    write(head, sheet)
    assert HistoryEntry.objects.count() == before
    entry = HistoryEntry.objects.get(action="reviews.review")
    assert entry.after["P 年度計画"] == "計画"
    assert entry.department == "総務課"


def test_handing_in_for_another_and_grading_for_the_headquarters_is_recorded(sheet, secretariat):
    write(secretariat, sheet)
    for name in ("submit", "check", "grade"):
        step(secretariat, sheet, name, grade="B", comment="引き続き")
    entries = {
        entry.after.get("状態"): entry
        for entry in HistoryEntry.objects.filter(action="reviews.review")
    }
    assert entries["本部評価済"].on_behalf_of == "推進本部"
    assert entries["本部評価済"].after["本部評価"] == "B"
    assert fresh(sheet).headquarters_comment == "引き続き"


def test_a_submitted_sheet_cannot_be_written_nor_deleted(sheet, head, staff):
    write(head, sheet)
    step(head, sheet, "submit")
    with pytest.raises(PermissionDenied, match="取下げか差戻し"):
        write(staff, sheet, plan_text="後から")
    with pytest.raises(Error), transaction.atomic():
        Review.objects.filter(pk=sheet.pk).delete()
    step(head, sheet, "withdraw")
    assert fresh(sheet).state == S.DRAFT


def test_a_return_is_kept_with_its_reason_in_every_round(sheet, head, secretariat, headquarters):
    write(head, sheet)
    step(head, sheet, "submit")
    with pytest.raises(ValidationError, match="差戻しの理由"):
        step(secretariat, sheet, "return")
    step(secretariat, sheet, "return", reason="原因を書き足してください")
    step(head, sheet, "submit")
    step(secretariat, sheet, "check")
    step(headquarters, sheet, "send_back", reason="影響額を確かめてください")
    assert [
        (row.round, row.from_state, row.reason) for row in ReviewReturn.objects.order_by("id")
    ] == [(1, "submitted", "原因を書き足してください"), (2, "checked", "影響額を確かめてください")]
    with pytest.raises(ValidationError, match="本部評価"):
        step(secretariat, sheet, "check") and step(headquarters, sheet, "grade", grade="E")


def test_a_stale_page_does_not_hand_in_what_it_did_not_show(sheet, head, staff):
    write(head, sheet)
    seen = fresh(sheet).version
    write(staff, sheet, plan_text="担当が直した")
    with pytest.raises(Conflict):
        change_review(by=head, review=sheet, name="submit", seen_version=seen)


def test_others_drafts_are_as_if_they_were_not_there(
    sheet, head, other_head, viewer, headquarters, secretariat, sign_in
):
    url, board = (
        reverse("reviews:sheet", args=["2026-mid", 1]),
        reverse("reviews:cycle", args=["2026-mid"]),
    )
    write(head, sheet)
    for person in (other_head, viewer, headquarters):
        client = sign_in(person)
        assert client.get(url).status_code == 404
        assert client.post(url, GOOD).status_code == 404
        assert url not in client.get(board).content.decode()
        assert "2026-mid" not in client.get("/measures/1/reviews/").content.decode()
    for person in (head, secretariat):
        assert sign_in(person).get(url).status_code == 200
    step(head, sheet, "submit")
    assert sign_in(viewer).get(url).status_code == 200


def test_files_of_a_draft_are_as_private_as_the_draft(sheet, head, other_head, sign_in):
    url = reverse("reviews:file_add", args=["2026-mid", 1])
    sign_in(head).post(
        url,
        {"file": SimpleUploadedFile("議事録.pdf", b"%PDF-1.4 x")},
        page=reverse("reviews:sheet", args=["2026-mid", 1]),
    )
    file = Attachment.objects.get()
    assert sign_in(head).get(reverse("reviews:file", args=[file.pk])).status_code == 200
    assert sign_in(other_head).get(reverse("reviews:file", args=[file.pk])).status_code == 404
    assert (
        sign_in(other_head).get(reverse("kpi:evidence", args=[file.pk])).status_code == 404
    )  # nor through another room
    assert (
        sign_in(other_head)
        .post(url, {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")})
        .status_code
        == 404
    )


def test_the_page_saves_drafts_and_keeps_what_was_typed(sheet, head, staff, sign_in):
    url = reverse("reviews:sheet", args=["2026-mid", 1])
    client = sign_in(head)
    assert "この期の記入" in client.get(url).content.decode()
    assert (
        client.post(url, {**GOOD, "seen_version": "0"}, headers={"HX-Request": "true"})
        .content.decode()
        .count("下書きを保存済み")
        == 1
    )
    stale = client.post(url, {**GOOD, "plan_text": "別の文", "seen_version": "0"})
    assert stale.status_code == 409
    text = stale.content.decode()
    assert "別の文" in text
    assert "先に保存された内容" in text
    long = client.post(
        url, {**GOOD, "plan_text": "あ" * 2001, "seen_version": fresh(sheet).version}
    )
    assert long.status_code == 422
    assert fresh(sheet).plan_text == "計画"


def test_last_time_stands_beside_this_time(sheet, head, secretariat):
    write(head, sheet, next_action="候補を整理する")
    step(head, sheet, "submit")
    later = create_cycle(by=secretariat, plan=Plan.objects.get(), fiscal_year=2026, kind="end")
    with time_machine.travel("2027-04-05 01:00+00:00", tick=False):
        open_cycle(by=secretariat, cycle=later, on=date(2027, 4, 5))
        after = Review.objects.full().get(cycle=later, measure__number=1)
        before = Review.objects.before(after.measure, after.cycle.as_of).first()
        assert before.next_action == "候補を整理する"


def test_closing_a_cycle_needs_a_reason_and_then_nothing_moves(sheet, head, secretariat):
    write(head, sheet)
    with pytest.raises(ValidationError, match="10件あります"):
        close_cycle(by=secretariat, cycle=sheet.cycle)
    close_cycle(by=secretariat, cycle=ReviewCycle.objects.get(), reason="次の会議で扱う")
    with pytest.raises(ValidationError, match="照会中のサイクルではない"):
        step(head, sheet, "submit")
    with pytest.raises(PermissionDenied):
        write(head, sheet, plan_text="後から")


def test_the_work_list_leads_each_to_their_sheets(sheet, head, secretariat, headquarters, sign_in):
    def tasks(user):
        return sign_in(user).get("/").content.decode()

    assert "PDCAシート 1 行政手続きオンライン化" in tasks(head)
    assert "PDCAシート 3" not in tasks(head)
    write(head, sheet)
    step(head, sheet, "submit")
    assert "PDCAシート 1" not in tasks(head)
    assert "PDCAシート 1" in tasks(secretariat)
    step(secretariat, sheet, "check")
    assert 'href="/reviews/2026-mid/1/">評価する<' in tasks(headquarters)


def test_missing_sheets_are_printed(sheet, viewer, sign_in):
    text = sign_in(viewer).get(reverse("reviews:missing", args=["2026-mid"])).content.decode()
    assert text.count("未記入") == 10
    assert "総務課" in text


def test_every_text_of_the_sheet_is_saved(sheet, head):
    write(head, sheet)
    assert {name: getattr(fresh(sheet), name) for name in TEXTS} == GOOD
    assert Measure.objects.get(number=1).reviews.count() == 1


def test_a_conflict_can_be_overwritten_without_scripts(sheet, head, sign_in):
    url = reverse("reviews:sheet", args=["2026-mid", 1])
    write(head, sheet, plan_text="先の文")
    text = page_text(sign_in(head).post(url, {**GOOD, "plan_text": "後の文", "seen_version": "0"}))
    newest = fresh(sheet).version
    hidden, button = (
        text.index('name="seen_version" form="sheet" value="-1"'),
        text.index(f'name="seen_version" value="{newest}"'),
    )
    assert hidden < button  # a browser sends both in this order, and the last one counts
    sign_in(head).post(url, {**GOOD, "plan_text": "後の文", "seen_version": ["-1", str(newest)]})
    assert fresh(sheet).plan_text == "後の文"
