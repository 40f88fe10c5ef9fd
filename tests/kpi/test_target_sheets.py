"""The target sheet goes out, is filled in, comes back: each change is a new version of a target."""

from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from foundation.records.models import HistoryEntry
from foundation.round_trip.models import SheetBatch
from kpi.models import Indicator, KpiValue, ReportingMonth, Target
from kpi.setup.sheets.kind import target_sheets
from kpi.setup.targets import NewTarget, set_target, standing_targets
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
SHEETS = "/kpis/targets/sheets/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False) as moving:
        yield moving


@pytest.fixture(autouse=True)
def aims(soumu, secretariat):
    """1-1 has the targets 36, 40, 50, 60; 1-2 one for R8 alone; 5-1 none."""
    lead(1, soumu)
    for year, value in zip(range(2026, 2030), (36, 40, 50, 60), strict=True):
        aim(secretariat, "1-1", year, value)
    aim(secretariat, "1-2", 2026, 120)


def indicator(code):
    return Indicator.objects.get(code=code)


def aim(by, code, year, value, **more):
    new = NewTarget(year, Decimal(value), **more)
    return set_target(by=by, indicator=indicator(code), new=new)


def stands(code):
    """{year: (what is aimed at, version)}."""
    found = standing_targets(indicator(code))
    return {
        year: (row.value if not row.none else "none", row.version) for year, row in found.items()
    }


def sheet(client):
    answer = client.get(f"{SHEETS}all/")
    assert answer.status_code == 200
    return answer.content


def typed(client, cells):
    """The sheet of now with {number: {field: value}} typed into it."""
    return filled(sheet(client), target_sheets(), cells)


def test_what_was_filled_in_is_a_new_version_with_its_reason_and_decision(secretariat, sign_in):
    client = sign_in(secretariat)
    content = typed(
        client,
        {
            "1-1": {
                "y2028": 55,
                "y2029": "６５",
                "reason": "実績を踏まえて",
                "decided_on": "令和8年10月1日",
                "decided_where": "第2回本部会議",
                "from_month": "R8.11",
            },
            "5-1": {"y2026": 5},
        },
    )
    stood = written()
    place = sent(client, SHEETS, content)
    page = client.get(place)
    assert written() == stood, "reading a file changes nothing"
    assert (page.context["preview"].taken, page.context["preview"].refused) == (7, 0)
    assert client.post(place, {}).status_code == 302
    assert stands("1-1")[2028] == (55, 2) and stands("1-1")[2029] == (65, 2)
    assert stands("1-1")[2027] == (40, 1) and stands("5-1") == {2026: (5, 1)}
    row = Target.objects.get(indicator__code="1-1", fiscal_year=2029, version=2)
    assert (row.reason, row.decided_on, row.decided_where, row.from_month, row.created_by) == (
        "実績を踏まえて",
        date(2026, 10, 1),
        "第2回本部会議",
        date(2026, 11, 1),
        secretariat,
    )
    told = HistoryEntry.objects.filter(revision__gt=stood[1]).order_by("revision")
    actions = [entry.action for entry in told if entry.action != "plan.check"]
    assert actions == ["kpi.target"] * 3 + ["kpi.target_intake"]
    assert str(SheetBatch.objects.get()) == "年度目標様式の取込 第1号"
    assert client.post(place, {}).status_code == 302
    assert SheetBatch.objects.count() == 1, "a second press makes no second batch"
    again = client.get(sent(client, SHEETS, content)).context["preview"]
    assert (again.taken, again.conflicts) == (0, 0), "the same file once more"


@pytest.mark.pure
def test_a_sheet_that_nobody_has_touched_writes_nothing(secretariat, sign_in):
    aim(secretariat, "1-1", 2027, 42, reason="見直し")
    none = {"none": True, "reason": "測れない", "decided_on": date(2026, 10, 1)}
    new = NewTarget(2026, decided_where="本部会議", **none)
    set_target(by=secretariat, indicator=indicator("5-1"), new=new)
    client, stood = sign_in(secretariat), written()
    place = sent(client, SHEETS, sheet(client))
    page = client.get(place)
    assert page.context["preview"].to_see == []
    assert page.context["preview"].unchanged == 6
    assert client.post(place, {}).status_code == 422
    assert (written(), SheetBatch.objects.count()) == (stood, 0)


READ = {
    "a number": ("5-1", 40, 40),
    "full-width": ("5-1", "４２", 42),
    "with its unit": ("1-2", "42件", 42),
    "with commas": ("1-2", "1,234", 1234),
}


@pytest.mark.pure
@pytest.mark.parametrize("case", READ)
def test_a_target_is_read_as_people_write_it(case, secretariat, sign_in):
    client = sign_in(secretariat)
    code, said, wanted = READ[case]
    terms = {"reason": "初めて定める"}
    place = sent(client, SHEETS, typed(client, {code: {"y2027": said, "falls": "はい", **terms}}))
    client.post(place, {})
    assert stands(code)[2027][0] == wanted


PERCENT = {
    "as typed": (85, 85),
    "with its sign": ("85％", 85),
    "a cell that is shown as a percentage": ((0.85, "0%"), 85),
}


@pytest.mark.pure
@pytest.mark.parametrize("case", PERCENT)
def test_a_share_is_read_as_it_is_shown(case, secretariat, sign_in):
    client = sign_in(secretariat)
    said, wanted = PERCENT[case]
    place = sent(client, SHEETS, typed(client, {"5-2": {"y2026": said}}))
    client.post(place, {})
    assert stands("5-2")[2026][0] == wanted


AIMED = (36, 40, 50, 60)  # where a case revises a target, or leaves it
WITHOUT_AIM = {"5-1", "5-2", "4-1", "6-4", "8-1"}
WRONG = {  # each with an indicator of its own, for they come in one sheet
    "no number": ({"1-1": {"y2027": "たくさん", "reason": "x"}}, "数字"),
    "a revision without a reason": ({"2-2": {"y2027": 45}}, "見直しの理由を入力してください"),
    "cleared": ({"3-1": {"y2027": "クリア"}}, "目標は消せません"),
    "none without a decision": ({"5-1": {"y2026": "目標なし"}}, "決定日・決定した会議等・理由"),
    "a day": ({"4-1": {"y2026": datetime(2026, 10, 20)}}, "数字か、10～20 のような範囲"),
    "a percentage of things": ({"6-4": {"y2026": (0.5, "0%")}}, "書式が％です"),
    "more than all": ({"5-2": {"y2026": 101}}, "100以下の目標"),
    "less than nothing": ({"8-1": {"y2026": -1}}, "目標"),
    "falls below the year before": (
        {"2-1": {"y2028": 37, "reason": "x"}},
        "「下がる目標」の列で「はい」を選んでください",
    ),
    "no day of a decision": (
        {"4-2": {"y2027": 45, "reason": "x", "decided_on": "8.10.1"}},
        "日付として読めません",
    ),
    "a decision of another age": (
        {"6-1": {"y2027": 45, "reason": "x", "decided_on": "1999/1/1"}},
        "までの日を入力してください",
    ),
    "a month outside of the plan": (
        {"6-2": {"y2027": 45, "reason": "x", "from_month": "2035-01"}},
        "計画期間",
    ),
    "a month as a number": (
        {"7-1": {"y2027": 45, "reason": "x", "from_month": 8.1}},
        "月は R8.10 のように",
    ),
    "terms alone": ({"10-1": {"reason": "理由だけ"}}, "目標は変わらないため"),
    "no yes": ({"2-3": {"y2028": 37, "reason": "x", "falls": "いいえ"}}, "「はい」を選ぶか"),
}


@pytest.mark.pure
def test_what_is_wrong_is_said_at_its_cell_and_not_taken(secretariat, sign_in):
    codes = {case: next(iter(cells)) for case, (cells, _) in WRONG.items()}
    assert len(set(codes.values())) == len(WRONG)
    for code in sorted(set(codes.values()) - WITHOUT_AIM - {"1-1"}):
        for year, value in zip(range(2026, 2030), AIMED, strict=True):
            aim(secretariat, code, year, value)
    client, stood = sign_in(secretariat), written()
    cells = {code: said for row, _ in WRONG.values() for code, said in row.items()}
    place = sent(client, SHEETS, typed(client, cells))
    page = client.get(place)
    text = page_text(page)
    assert page.context["preview"].taken == 0
    assert client.post(place, {}).status_code == 422
    assert written() == stood
    notes = notes_in(client.get(f"{place}marked/").content)
    for case, (_, sentence) in WRONG.items():
        assert sentence in text, case
        assert sentence in notes[codes[case]], case


@pytest.mark.pure
def test_what_falls_is_asked_of_the_row_as_it_would_be(secretariat, sign_in):
    client = sign_in(secretariat)
    cells = {"y2026": 70, "y2027": 80, "y2028": 90, "y2029": 100, "reason": "上方修正"}
    place = sent(client, SHEETS, typed(client, {"1-1": cells}))
    assert client.get(place).context["preview"].refused == 0
    client.post(place, {})
    assert [value for value, _ in stands("1-1").values()] == [70, 80, 90, 100]
    falling = {"1-1": {"y2029": 85, "reason": "下方修正", "falls": "はい"}}
    place = sent(client, SHEETS, typed(client, falling))
    assert client.post(place, {}).status_code == 302
    assert stands("1-1")[2029] == (85, 3)


@pytest.mark.pure
def test_none_is_a_decision(secretariat, sign_in):
    client = sign_in(secretariat)
    terms = {"reason": "測れない", "decided_on": "R8.10.1", "decided_where": "本部会議"}
    place = sent(client, SHEETS, typed(client, {"5-1": {"y2026": "目標なし", **terms}}))
    client.post(place, {})
    assert stands("5-1")[2026] == ("none", 1)


def test_a_conflict_is_shown_with_who_and_when_and_waits_for_a_choice(secretariat, sign_in):
    client = sign_in(secretariat)
    content = typed(client, {"1-1": {"y2027": 45, "y2028": 52, "reason": "見直し"}})
    aim(secretariat, "1-1", 2027, 43, reason="ほかの見直し")
    place = sent(client, SHEETS, content)
    page = client.get(place)
    assert "11月6日 10時00分" in page_text(page)
    choice = page.context["preview"].choices[0]
    assert (choice.now, choice.file) == ("43手続", "45手続")
    assert choice.label.endswith("令和9年度の目標")
    assert client.post(place, {}).status_code == 422
    assert client.post(place, {choice.name: "now"}).status_code == 302
    assert stands("1-1")[2027] == (43, 2) and stands("1-1")[2028] == (52, 2)


def test_what_moves_after_the_preview_stops_the_confirmation(secretariat, sign_in):
    client = sign_in(secretariat)
    place = sent(client, SHEETS, typed(client, {"1-1": {"y2027": 45, "reason": "見直し"}}))
    carried = client.filled(place, action=place)
    aim(secretariat, "1-1", 2027, 43, reason="ほかの見直し")
    stood = written()
    stopped = client.post(place, carried, bare=True)
    assert stopped.status_code == 409
    assert written() == stood
    name = stopped.context["preview"].choices[0].name
    assert client.post(place, {name: "file"}).status_code == 302
    assert stands("1-1")[2027] == (45, 3)


@pytest.mark.pure
def test_a_closed_year_and_one_without_the_indicator_stay(secretariat, sign_in):
    client = sign_in(secretariat)
    content = typed(client, {"1-1": {"y2026": 39, "y2027": 45, "reason": "見直し"}})
    ReportingMonth.objects.update_or_create(
        month=date(2027, 3, 1), defaults={"locked_at": timezone.now(), "due_on": date(2027, 4, 10)}
    )
    Indicator.objects.filter(code="1-2").update(valid_until=date(2027, 3, 1))
    place = sent(client, SHEETS, content)
    said = outcomes(client.get(place).context["preview"])
    assert ("鍵", True) in [(outcome, "締めた年度です" in why) for _, outcome, why in said]
    client.post(place, {})
    assert stands("1-1")[2026] == (36, 1) and stands("1-1")[2027] == (45, 2)
    _, paper = opened(sheet(client))
    line, heads = places(paper)
    first = {row[1].value: row for row in paper.iter_rows(min_row=line + 1)}
    assert first["1-1"][heads["R8目標"] - 1].protection.locked
    assert not first["1-1"][heads["R9目標"] - 1].protection.locked
    assert first["1-2"][heads["R9目標"] - 1].protection.locked


def test_a_batch_is_taken_back_by_versions_that_withdraw_it(secretariat, sign_in):
    client = sign_in(secretariat)
    cells = {"1-1": {"y2027": 45, "y2028": 52, "reason": "見直し"}, "5-1": {"y2026": 5}}
    place = sent(client, SHEETS, typed(client, cells))
    client.post(place, {})
    aim(secretariat, "1-1", 2028, 53, reason="あとの見直し")
    assert "取下げも履歴に残り" in page_text(client.get(place))
    text = page_text(client.post(f"{place}undo/", {}, page=place, follow=True))
    assert "令和10年度：取り込んだ後に新しい版が登録されているため、残しました" in text
    assert stands("1-1")[2027] == (40, 1) and stands("1-1")[2028] == (53, 3)
    assert stands("5-1") == {}
    withdrawn = Target.objects.get(indicator__code="1-1", fiscal_year=2027, version=3)
    assert (withdrawn.withdraws, withdrawn.reason) == (2, "年度目標様式の取込 第1号の取消")


ROLES = {"secretariat": 200, "staff": 403, "head": 403, "headquarters": 403, "viewer": 403}


@pytest.mark.pure
@pytest.mark.parametrize("role", ROLES)
def test_targets_are_set_by_the_secretariat_alone(role, request, sign_in):
    client = Browser()
    client.force_login(request.getfixturevalue(role))
    for address in (SHEETS, f"{SHEETS}all/"):
        assert client.get(address).status_code == ROLES[role]


@pytest.mark.pure
def test_rows_may_be_sorted_and_numbers_written_in_any_way(secretariat, sign_in):
    client = sign_in(secretariat)
    content = typed(client, {"1-1": {"y2027": 45, "reason": "見直し"}})
    book, paper = opened(content)
    line, heads = places(paper)
    under = [[cell.value for cell in row] for row in paper.iter_rows(min_row=line + 1)]
    for at, values in enumerate(reversed(under), line + 1):
        for column, value in enumerate(values, 1):
            paper.cell(at, column).value = value
        paper.cell(at, 2).value = f"ＫＰＩ{paper.cell(at, 2).value}"
    place = sent(client, SHEETS, content_of(book), "目標 最終.xlsx")
    client.post(place, {})
    assert stands("1-1")[2027] == (45, 2)
    assert Target.objects.count() == 6


@pytest.mark.pure
def test_sheets_of_another_kind_are_sent_to_their_door(secretariat, soumu, sign_in):
    client = sign_in(secretariat)
    theirs = client.get(f"/kpis/intake/2026-10/sheets/{soumu.pk}/").content
    assert "入力様式のファイルです" in refusal(client, SHEETS, theirs)
    assert "年度目標様式のファイルです" in refusal(client, "/kpis/intake/files/", sheet(client))
    assert "年度目標様式のファイルです" in refusal(
        client, "/roadmap/milestones/sheets/", sheet(client)
    )
    assert "年度目標様式" in page_text(client.get("/kpis/intake/"))
    assert "Excelで定める" in page_text(client.get("/kpis/targets/"))
    assert not KpiValue.objects.exists()
