"""One figure typed once: 1-3's numerator is 1-2's value (docs/rules.md §2).

総務課 leads measure 1; where 1-2 is another department's, 税務課 enters it.
"""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from foundation.records.models import HistoryEntry
from headquarters.reports.actions import close_month
from headquarters.reports.changes import compare
from headquarters.reports.explained import with_history
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather
from headquarters.reports.stored import parse
from kpi import reading
from kpi.actions import Locked, record_value
from kpi.choices import CellState
from kpi.entry import paste
from kpi.entry.grid import load_rows
from kpi.models import Definition, Indicator, KpiValue, Target
from kpi.month.closing import changes_since_closing, checklist
from kpi.month.reopenings import decide_reopening, request_reopening
from kpi.months import MonthState
from kpi.rules.checks import Entry
from kpi.setup.definitions import FIELDS, set_definition
from kpi.setup.plan_changes import end_indicator
from kpi.submissions import change_submission, standings
from kpi.submissions.standing import figures_of
from tests.conftest import MONTH
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
ON, NOW = date(2026, 11, 6), "2026-11-06 01:00+00:00"
DECEMBER = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def leads(soumu, zeimu):
    lead(1, soumu)
    lead(3, zeimu)


@pytest.fixture
def of_zeimu(zeimu):
    """1-2 is entered by 税務課."""
    Definition.objects.filter(indicator__code="1-2").update(department=zeimu)


def called(code):
    return Indicator.objects.get(code=code)


def stored(code, month=MONTH):
    return KpiValue.objects.filter(indicator__code=code, month=month).first()


def save(by, code, *, month=MONTH, on=ON, seen=None, **given):
    row = stored(code, month)
    numbers = {
        name: D(number) if name in ("value", "numerator", "denominator") else number
        for name, number in given.items()
    }
    return record_value(
        by=by,
        indicator=called(code),
        month=month,
        seen_version=(row.version if row else 0) if seen is None else seen,
        entry=Entry(**numbers),
        on=on,
    )


def facts(code="1-3", month=MONTH):
    (found,) = reading.load(month, on=date(2026, 11, 6), indicator=called(code))
    return found


def history(code="1-3"):
    return list(HistoryEntry.objects.about(called(code)).filter(action="kpi.value"))


def define(by, code, *, reason="", from_month=None, change="", **changed):
    row = called(code)
    newest = Definition.objects.newest_of(row)
    values = {name: getattr(newest, name) for name in FIELDS} | changed
    return set_definition(
        by=by,
        indicator=row,
        values=values,
        from_month=from_month,
        published=row.published,
        reason=reason,
        change=change,
    )


# --- read when shown, never stored twice


def test_the_plan_says_that_1_3_reads_1_2():
    linked = Definition.objects.exclude(numerator_source=None)
    assert [(row.indicator.code, row.numerator_source.code) for row in linked] == [("1-3", "1-2")]


@pytest.mark.parametrize(
    ("of_1_2", "of_1_3", "state", "said"),
    [
        ({"value": 118}, {"denominator": 598}, CellState.VALUE, (118, 598)),
        ({"value": 0}, {"denominator": 598}, CellState.VALUE, (0, 598)),
        ({"value": 118}, None, CellState.MISSING, None),
        (None, {"denominator": 598}, CellState.MISSING, None),
        ({"missing_reason": "counting"}, None, CellState.REASONED, "counting"),
        ({"missing_reason": "not_applicable"}, {"denominator": 9}, CellState.REASONED, None),
        ({"value": 118}, {"missing_reason": "counting"}, CellState.REASONED, "counting"),
    ],
)
def test_the_state_of_the_cell_follows(head, of_1_2, of_1_3, state, said):
    if of_1_3:
        save(head, "1-3", **of_1_3)
    if of_1_2:
        save(head, "1-2", **of_1_2)
    found = facts()
    assert found.state == state
    if isinstance(said, tuple):
        assert (found.reading.numerator, found.reading.denominator) == said
        assert stored("1-3").numerator is None
    elif said:
        assert found.reading.missing_reason == said


def test_a_numerator_cannot_be_typed_beside_it(head):
    with pytest.raises(ValidationError) as found:
        save(head, "1-3", numerator=118, denominator=598)
    assert "1-2の値" in found.value.message_dict["numerator"][0]
    assert stored("1-3") is None


def test_both_doors_refuse_more_than_100_percent(head):
    save(head, "1-2", value=118)
    with pytest.raises(ValidationError, match="1-2の値 118"):
        save(head, "1-3", denominator=117)
    save(head, "1-3", denominator=598)
    with pytest.raises(ValidationError) as found:
        save(head, "1-2", value=599)
    told = found.value.message_dict["value"][0]
    assert (
        "1-3 オンライン申請割合 の分子" in told and "先に1-3の分母を" in told and "総務課" in told
    )
    assert stored("1-2").value == 118
    save(head, "1-2", value=598)
    assert facts().figure_in(MONTH) == 100


def test_numerators_typed_before_the_links_first_month_stay(secretariat, head):
    define(secretariat, "1-3", numerator_source=None)
    save(head, "1-3", numerator=100, denominator=500)
    save(head, "1-2", value=118)
    with pytest.raises(ValidationError, match="値のない月から"):
        define(
            secretariat, "1-3", numerator_source=called("1-2"), reason="同じ数", from_month=MONTH
        )
    november = date(2026, 11, 1)
    with pytest.raises(ValidationError, match="理由"):
        define(secretariat, "1-3", numerator_source=called("1-2"), from_month=november)
    define(secretariat, "1-3", numerator_source=called("1-2"), reason="同じ数", from_month=november)
    save(head, "1-2", value=20, month=november)
    save(head, "1-3", denominator=100, month=november)
    found = facts(month=november)
    assert found.readings[MONTH].numerator == 100
    assert found.readings[november].numerator == 20
    save(head, "1-2", value=119)  # October's pair is 1-3's own
    assert facts(month=november).readings[MONTH].numerator == 100
    assert found.breaks == []


# --- who changed it, when, and what follows


def test_a_change_of_1_2_stands_in_the_history_of_1_3(secretariat, head, sign_in):
    save(head, "1-2", value=118)
    save(head, "1-3", denominator=598)
    save(secretariat, "1-2", value=120, note="支所の分")
    newest = history()[0]
    assert (newest.before["値"], newest.after["値"]) == ("118／598", "120／598")
    assert (newest.actor, newest.department) == (secretariat, "総務課")
    assert newest.reason == "分子（1-2の値）の変更" and newest.month == MONTH
    assert [entry.after.get("値") for entry in history()] == ["120／598", "118／598"]
    page = page_text(sign_in(head).get(reverse("reports:indicator", args=["1-3"])))
    assert "分子（1-2の値）の変更" in page and "118／598" in page


def test_what_says_the_same_leaves_no_trace_at_1_3(head):
    save(head, "1-2", value=118)
    assert history() == []  # no denominator yet
    save(head, "1-3", denominator=598)
    before = len(history())
    assert save(head, "1-2", value=118, note="確かめた").moved == ()
    assert len(history()) == before
    assert save(head, "1-2", value=119).moved == (called("1-3"),)


def test_a_reason_that_carries_over_and_goes_again_is_told(head):
    save(head, "1-2", missing_reason="counting")
    assert history()[0].after["値"] == "集計中"
    save(head, "1-2", value=5)
    assert (history()[0].before["値"], history()[0].after) == ("集計中", {})


@pytest.mark.usefixtures("of_zeimu")
def test_another_department_enters_1_2(soumu, head, other_head):
    save(head, "1-1", value=30)
    save(head, "1-3", denominator=598)
    row = next(row for row in board() if row.department == soumu)
    assert row.lacks == ["1-3 オンライン申請割合 の分子（1-2の値）が未入力です"]
    assert (row.done, row.due) == (1, 2)
    save(other_head, "1-2", value=118)
    change_submission(by=head, department=soumu, month=MONTH, name="submit")
    with pytest.raises(Locked):
        save(head, "1-3", denominator=600)
    done = save(other_head, "1-2", value=119)  # 税務課 has not handed in: its own lock counts
    assert done.moved == (called("1-3"),) and history()[0].actor == other_head


def board():
    rows = reading.load(MONTH, on=ON)
    return standings(rows, MonthState.load(MONTH), None)


def test_who_confirms_has_seen_the_numerator_too(head):
    save(head, "1-2", value=118)
    save(head, "1-3", denominator=598)
    seen = figures_of([facts()])
    save(head, "1-2", value=119)
    assert figures_of([facts()]) != seen


def test_a_provisional_numerator_stands_in_the_checklist(head):
    save(head, "1-2", value=118, maturity="provisional")
    save(head, "1-3", denominator=598)
    checks = {check.label: check.texts for check in checklist(MONTH).checks}
    assert "1-3 オンライン申請割合" in checks["暫定の値がない"]
    assert facts().reading.maturity == "provisional"


def test_a_jump_of_the_rate_asks_for_a_comment_at_1_3(head):
    save(head, "1-2", value=100, month=date(2026, 9, 1))
    save(head, "1-3", denominator=1000, month=date(2026, 9, 1))
    save(head, "1-2", value=120)
    assert "4.0倍" in save(head, "1-3", denominator=300).warnings[0]
    assert "4.0倍" in facts().unexplained[0]
    save(head, "1-2", value=90, note="減った")
    assert facts().unexplained == []  # 30 %: three times, no more


# --- closed months, exceptions, editions


@pytest.fixture
def closed(secretariat, head):
    """October is closed with 118／598."""
    Target.objects.create(
        indicator=called("1-3"),
        fiscal_year=2026,
        from_month=date(2026, 4, 1),
        value=20,
        created_at=timezone.now(),
    )
    save(head, "1-2", value=118)
    save(head, "1-3", denominator=598)
    close_month(by=secretariat, month=MONTH, on=ON, reason="報告を急ぐため")


def corrected(secretariat, head):
    """1-2 alone is corrected by an exception."""
    asked = request_reopening(by=head, indicator=called("1-2"), month=MONTH, reason="支所の漏れ")
    decide_reopening(by=secretariat, pk=asked.pk, allow=True, on=ON, until=date(2026, 11, 10))
    save(head, "1-2", value=130, note="支所の分")


def cell_of(report, code="1-3"):
    row = next(row for row in report.indicators if row.code == code)
    return next(cell for cell in row.months if cell.month == MONTH)


def test_an_edition_keeps_the_numerator_and_an_exception_for_1_2_moves_1_3(
    secretariat, head, closed
):
    with pytest.raises(Locked):
        save(head, "1-2", value=130)
    corrected(secretariat, head)
    state = MonthState.load(MONTH)
    assert state.corrections == {called("1-2").pk: 1, called("1-3").pk: 1}
    assert changes_since_closing(state.settled) == 2
    edition = Edition.objects.get(month=MONTH)
    kept, live = parse(edition.report), gather(MONTH, on=ON)
    assert (cell_of(kept).numerator, cell_of(live).numerator) == (118, 130)
    with pytest.raises(Locked):
        save(head, "1-3", denominator=600)
    told = [row for row in with_history(compare(kept, live), head) if row.change.code == "1-3"]
    value = next(row for row in told if row.change.kind == "値")
    assert (value.change.before, value.change.after) == ("118／598", "130／598")
    assert value.entry.actor == head
    assert value.entry.reason == "分子（1-2の値）の変更：例外の申請：支所の漏れ"
    close_month(by=secretariat, month=MONTH, on=ON, reason="報告を急ぐため")
    again = Edition.objects.filter(month=MONTH).order_by("number").last()
    assert cell_of(parse(again.report)).numerator == 130
    assert cell_of(parse(Edition.objects.get(month=MONTH, number=1).report)).numerator == 118


# --- the doors


def test_grid_and_cell_show_the_numerator_and_take_the_denominator(head, sign_in):
    save(head, "1-2", value=118)
    client, url = sign_in(head), reverse("kpi:value_edit", args=[MONTH, "1-3"])
    grid = client.get(reverse("kpi:entry", args=[MONTH])).content.decode()
    assert 'name="1-3-numerator"' not in grid and 'name="1-3-denominator"' in grid
    assert "1-2の値" in grid
    cell = page_text(client.get(url))
    assert "ここでは分母だけを入力します" in cell
    sent = client.filled(url) | {"1-3-denominator": "598"}
    assert client.post(url, sent, bare=True).status_code == 302
    assert stored("1-3").denominator == 598 and facts().reading.numerator == 118
    assert "118／598" in page_text(client.get(reverse("kpi:month", args=[MONTH])))


def test_what_moved_is_said_where_1_2_is_saved(head, sign_in):
    save(head, "1-2", value=118)
    save(head, "1-3", denominator=598)
    client, url = sign_in(head), reverse("kpi:value_edit", args=[MONTH, "1-2"])
    sent = client.filled(url) | {"1-2-value": "119"}
    answer = client.post(url, sent, follow=True)
    assert "1-3 オンライン申請割合の分子も変わりました" in page_text(answer)


@pytest.mark.parametrize(
    ("line", "outcome", "said"),
    [
        ("598", "set", "118／598"),
        ("118／598", "set", "118／598"),
        ("118\t598", "set", "118／598"),
        ("\t598", "set", "118／598"),
        ("118件\t598件\t支所を含む", "set", "118／598"),
        ("120\t598", "skip", "分子は1-2の値（118）です"),
        ("対象外", "set", "対象外"),
        ("100", "skip", "100％を超えません"),
    ],
)
def test_a_pasted_line_is_read_as_the_denominator(head, line, outcome, said):
    save(head, "1-2", value=118)
    rows = load_rows(MONTH, head, now=timezone.now()).rows
    (found,) = paste.land(rows, "1-3", paste.parse_block(line))
    assert found.outcome == outcome
    assert said in (found.why or found.stored_as)


@pytest.mark.parametrize(
    ("before", "text"),
    [((118, 598), "700\n\t800"), ((700, 800), "5\n\t10"), ((118, 598), "5\n10")],
)
def test_a_block_that_moves_both_is_saved_and_taken_back_whole(head, before, text):
    save(head, "1-2", value=before[0])
    save(head, "1-3", denominator=before[1])
    rows = load_rows(MONTH, head, now=timezone.now()).rows
    landings = paste.land(rows, "1-2", paste.parse_block(text))
    assert [row.outcome for row in landings] == ["set", "set"]
    seen = {code: stored(code).version for code in ("1-2", "1-3")}
    undo, refused = paste.apply(landings, seen, by=head, month=MONTH, on=ON)
    assert (len(undo), refused) == (2, [])
    assert paste.take_back(undo, by=head, month=MONTH, on=ON) == (2, [])
    assert (stored("1-2").value, stored("1-3").denominator) == before


def test_without_scripts_all_rows_are_saved_in_one_press(head, sign_in):
    save(head, "1-2", value=118)
    save(head, "1-3", denominator=598)
    client, url = sign_in(head), reverse("kpi:entry", args=[MONTH])
    typed = {"1-2-value": "700", "1-3-denominator": "800"}
    for code, was in (("1-2", "118|final||"), ("1-3", "598|final||")):
        typed |= {f"{code}-was": was, f"{code}-answer": "final", f"{code}-note": "移行"}
        typed[f"{code}-seen_version"] = stored(code).version
    assert client.post(url, typed, bare=True).status_code == 302
    assert (stored("1-2").value, stored("1-3").denominator) == (700, 800)


# --- the definition


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"numerator_source": "1-3"}, "自分の値"),
        ({"numerator_source": "3-1"}, "種類が数値"),
        ({"numerator_source": "1-1"}, "単位（手続）"),
        ({"numerator_source": "7-2", "frequency": "quarterly"}, "測定頻度が"),
        ({"numerator_source": "7-2", "accumulation": "plan_sum"}, "集計方法が"),
    ],
)
def test_what_cannot_be_a_numerator_is_refused(secretariat, changed, said):
    given = changed | {"numerator_source": called(changed["numerator_source"])}
    with pytest.raises(ValidationError, match=said) as found:
        define(secretariat, "1-3", **given)
    assert "numerator_source" in found.value.message_dict


def test_a_number_reads_nothing_and_there_is_no_chain(secretariat):
    assert define(secretariat, "8-1", numerator_source=called("1-2")).numerator_source is None
    with pytest.raises(ValidationError, match="種類が数値"):
        define(secretariat, "3-1", numerator_source=called("1-3"), numerator_unit="％")


@pytest.mark.parametrize(
    "changed",
    [
        {"accumulation": "plan_sum"},
        {"frequency": "quarterly"},
        {"may_be_negative": True},
        {"measured_from": date(2027, 1, 1)},
        {"measured_until": date(2027, 1, 1)},
        {"kind": "ratio", "numerator_label": "a", "denominator_label": "b"},
    ],
)
def test_1_2_is_not_counted_otherwise_while_1_3_reads_it(secretariat, changed):
    with pytest.raises(ValidationError, match="1-3 オンライン申請割合 の分子です"):
        define(secretariat, "1-2", **changed)
    define(secretariat, "1-3", numerator_source=None)
    define(secretariat, "1-2", **changed)


def test_the_unit_follows_until_something_is_entered(secretariat, head):
    define(secretariat, "1-2", unit="通")
    assert Definition.objects.newest_of(called("1-3")).numerator_unit == "通"
    told = HistoryEntry.objects.about(called("1-3"))[0]
    assert (told.before, told.after) == ({"分子の単位": "件"}, {"分子の単位": "通"})
    save(head, "1-2", value=118)
    with pytest.raises(ValidationError, match="の分子です"):
        define(
            secretariat, "1-2", unit="件", reason="戻す", from_month=DECEMBER, change="rewording"
        )


def test_1_2_does_not_end_before_1_3(secretariat):
    why = {"month": DECEMBER, "reason": "見直し", "decision": "本部会議"}
    with pytest.raises(ValidationError, match="1-3 オンライン申請割合 の分子です"):
        end_indicator(by=secretariat, indicator=called("1-2"), **why)
    end_indicator(by=secretariat, indicator=called("1-3"), **why)
    end_indicator(by=secretariat, indicator=called("1-2"), **why)


def test_form_and_table_set_it(secretariat, sign_in):
    client, url = sign_in(secretariat), reverse("kpi:definition", args=["1-3"])
    page = client.get(url).content.decode()
    assert "1-2 オンライン申請件数</option>" in page
    sent = client.filled(url) | {"numerator_source": ""}
    assert client.post(url, sent, bare=True).status_code == 302
    assert Definition.objects.newest_of(called("1-3")).numerator_source is None
    assert "1-2 オンライン申請件数 と同じ名前です" in page_text(client.get(url))
    sent = client.filled(url) | {"numerator_source": called("1-2").pk}
    assert client.post(url, sent, bare=True).status_code == 302
    assert Definition.objects.newest_of(called("1-3")).numerator_source == called("1-2")
    table = reverse("kpi:definition_table")
    sent = client.filled(table, action=table)
    assert sent["1-3-numerator_source"] == [str(called("1-2").pk)]
    both = {"1-2-timing": "quarterly", "1-3-timing": "quarterly", "act": "save"}
    assert client.post(table, sent | both, bare=True).status_code == 302
    rows = [Definition.objects.newest_of(called(code)) for code in ("1-2", "1-3")]
    assert [row.frequency for row in rows] == ["quarterly", "quarterly"]
    answer = client.post(
        table,
        client.filled(table, action=table) | {"1-3-timing": "monthly", "act": "save"},
        bare=True,
    )
    assert answer.status_code == 422
