"""What the roadmap says is so: reasons, lateness, early dates, unknown spans, lost roadmaps."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from headquarters.reports.monthly import gather
from headquarters.reports.workbook.parts import milestone_words
from headquarters.reports.workbook.roadmap_sheet import _letter
from measures.models import Measure, Plan
from roadmap import reading
from roadmap.actions import Update, update_milestone
from roadmap.baselines import create_baseline
from roadmap.comparison import compare, picture_of, picture_on
from roadmap.drawing import bar_of, window
from roadmap.milestone_planning import create_milestone
from roadmap.models import Baseline, MilestoneUpdate, Step
from roadmap.planning import STEP_FIELDS, define_step, set_span
from tests.people import lead
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
PLANNED = date(2026, 9, 30)
AUGUST = date(2026, 8, 20)
TODAY = date(2026, 11, 27)


@pytest.fixture
def row(soumu, secretariat):
    """A milestone of measure 1, led by 総務課, in the first baseline."""
    lead(1, soumu)
    step = Step.objects.get(measure__number=1, order=1)
    made = create_milestone(by=secretariat, step=step, name="調査報告", planned_on=PLANNED)
    approve(secretariat, "計画策定時", date(2026, 4, 24))
    return made


def approve(by, name, on, **dates):
    create_baseline(
        by=by, plan=Plan.objects.get(), name=name, approved_on=on, decision="承認", on=on, **dates
    )


def update(by, row, on=AUGUST, **given):
    row.refresh_from_db()
    return update_milestone(
        by=by,
        milestone=row,
        seen_version=row.version,
        on=on,
        update=Update(**{"state": "in_progress", **given}),
    )


def item_of(row, on):
    return next(
        item for step in reading.load(on) for item in step.milestones if item.row.pk == row.pk
    )


LATER = {"forecast_on": date(2026, 12, 11), "reason": "製品の追加"}


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ([], "製品の追加"),
        ([{"forecast_on": date(2026, 12, 11), "comment": "説明会を開いた"}], "製品の追加"),
        ([{"forecast_on": date(2026, 12, 11), "comment": "予定どおり"}] * 2, "製品の追加"),
        ([{"forecast_on": date(2026, 12, 1)}], "製品の追加"),  # earlier, and still postponed
        ([{"forecast_on": date(2026, 12, 20), "reason": "人員"}], "人員"),
        ([{"forecast_on": PLANNED}], ""),  # taken back
        ([{"forecast_on": None}], ""),
        (
            [{"state": "revised", "forecast_on": date(2026, 12, 11), "reason": "範囲"}],
            "製品の追加／範囲",
        ),
        ([{"state": "cancelled", "forecast_on": date(2026, 12, 11), "reason": "方針"}], "方針"),
    ],
)
def test_the_reason_stays_with_the_forecast_in_force(row, head, then, reason):
    update(head, row, **LATER)
    for number, given in enumerate(then):
        update(head, row, on=date(2026, 8, 21 + number), **given)
    assert item_of(row, date(2026, 8, 31)).reason == reason
    assert item_of(row, AUGUST).reason == "製品の追加"


def test_the_reason_stays_when_it_is_done_or_approved(row, head, headquarters):
    update(head, row, **LATER)
    approve(headquarters, "第1回改定", AUGUST, dates={row.pk: date(2026, 12, 11)})
    assert item_of(row, AUGUST).reason == "製品の追加"
    update(head, row, date(2026, 12, 1), state="completed", completed_on=date(2026, 12, 1))
    assert item_of(row, AUGUST).reason == "製品の追加"


def test_a_passed_forecast_is_flagged_everywhere(row, head, sign_in):
    update(head, row, **{**LATER, "forecast_on": date(2026, 11, 20)})
    words = "見込日（R8.11.20）も過ぎています"
    with time_machine.travel(f"{TODAY} 10:00+09:00"):
        for url in (
            reverse("roadmap:milestones"),
            reverse("roadmap:milestone_edit", args=[row.pk]),
            "/roadmap/?view=table",
            "/roadmap/?show=late",
        ):
            text = sign_in(head).get(url).content.decode()
            assert words in text, url
        assert "＋58日" in sign_in(head).get("/roadmap/?view=table").content.decode()
    report = gather(date(2026, 11, 1), on=TODAY)
    (found,) = report.milestones
    assert (found.slip, found.day, words in found.sentence) == (58, TODAY, True)
    assert "見込 R8.11.20も過ぎています" in milestone_words(found)
    why = next(measure.why for measure in report.measures if measure.number == 1)
    assert "遅れる見込み" not in why


@pytest.mark.parametrize(
    ("given", "kind", "letter"),
    [
        ({"forecast_on": date(2026, 8, 31)}, "is-early", "◆"),
        (LATER, "is-late", "◆"),
        ({"state": "completed", "completed_on": date(2026, 8, 10)}, "is-early", "●"),
        ({"forecast_on": PLANNED}, None, "◆"),
    ],
)
def test_early_is_not_drawn_as_late(row, head, given, kind, letter):
    update(head, row, **given)
    (step,) = [step for step in reading.load(AUGUST) if step.milestones]
    bar = bar_of(window(2026, 2029, AUGUST), step)
    assert [slip.kind for slip in bar.slips] == ([kind] if kind else [])
    assert {sign.kind for sign in bar.signs} <= {"ms-todo", "ms-done"}
    (found,) = [step for step in gather(date(2026, 8, 1), on=AUGUST).steps if step.milestones]
    quarter = date(2026, 10, 1) if kind == "is-late" else date(2026, 7, 1)
    end = date(2026, 12, 31) if kind == "is-late" else PLANNED
    assert _letter(found, quarter, end)[0] == letter


@pytest.mark.parametrize(
    ("last_month", "given", "extended", "slips"),
    [
        (date(2026, 9, 1), {}, False, [0]),
        (date(2026, 9, 1), LATER, True, [72]),
        (date(2026, 12, 1), LATER, False, [72]),  # it moves within its span
        (date(2026, 9, 1), {"forecast_on": date(2026, 8, 31)}, False, [0]),
        (date(2026, 9, 1), {"state": "completed", "completed_on": date(2026, 8, 10)}, False, [0]),
    ],
)
def test_how_far_it_reaches_beyond_its_span(
    row, head, secretariat, last_month, given, extended, slips
):
    first = date(2026, 7, 1)
    set_span(by=secretariat, step=row.step, first_month=first, last_month=last_month, on=AUGUST)
    update(head, row, **given)
    (step,) = [step for step in reading.load(AUGUST) if step.milestones]
    bar = bar_of(window(2026, 2029, AUGUST), step)
    assert ("rm-fc" in [rect.kind for rect in bar.rects]) == extended
    assert [sign.slip for sign in bar.signs] == slips


def test_every_fiscal_year_has_its_capsule(secretariat):
    step = Step.objects.filter(recurrence="yearly").first()
    spans = {"first_month": date(2026, 10, 1), "last_month": date(2028, 6, 1)}
    set_span(by=secretariat, step=step, **spans, on=AUGUST)
    (found,) = [each for each in reading.load(AUGUST) if each.row.pk == step.pk]
    bar = bar_of(window(2026, 2029, AUGUST), found)
    assert [rect.kind for rect in bar.rects if rect.kind != "rm-orig"] == ["rm-annual"] * 3
    assert len(bar.yearly_ends) == 3


def test_what_became_late_or_lost_its_forecast_is_a_change(row, head, secretariat):
    update(head, row)
    added = create_milestone(
        by=secretariat, step=row.step, name="追加分", planned_on=date(2026, 10, 31)
    )

    def changes(first, last):
        found = compare(picture_on(first), picture_on(last))
        return {(each.kind, each.item.name.split("：")[-1]) for each in found}

    assert changes(AUGUST, PLANNED) == set()
    assert changes(AUGUST, date(2026, 10, 1)) == {("遅延", "調査報告")}
    assert changes(date(2026, 10, 1), date(2026, 10, 20)) == set()
    update(head, row, on=date(2026, 10, 20), forecast_on=date(2026, 11, 20), reason="x")
    assert changes(date(2026, 10, 20), date(2026, 11, 21)) == {
        ("見込日の超過", "調査報告"),
        ("遅延", "追加分"),
    }
    update(head, added, on=date(2026, 11, 21), state="completed", completed_on=date(2026, 10, 31))
    assert ("遅延", "追加分") not in changes(AUGUST, TODAY)
    plan = compare(picture_of(Baseline.objects.get()), picture_on(TODAY))
    assert {each.kind for each in plan} == {"移動", "追加"}  # a plan has no lateness to compare


def test_the_slip_against_the_original_plan_is_shown(row, head, headquarters, sign_in):
    update(head, row, **LATER)
    approve(headquarters, "第1回改定", AUGUST, dates={row.pk: date(2026, 11, 30)})
    with time_machine.travel(f"{AUGUST} 10:00+09:00"):
        for url in (
            reverse("roadmap:milestones"),
            reverse("roadmap:milestone_edit", args=[row.pk]),
            reverse("roadmap:step", args=[row.step_id]),
            reverse("roadmap:measure_roadmap", args=[1]),
            "/roadmap/?view=table",
        ):
            assert "＋72日" in sign_in(head).get(url).content.decode(), url
    (found,) = gather(date(2026, 8, 1), on=AUGUST).milestones
    assert (found.slip, found.original_slip) == (11, 72)
    assert "当初計画から＋72日" in milestone_words(found)


def test_an_unknown_span_is_drawn_nowhere(row, viewer, sign_in):
    steps = {step.row.pk: step for step in reading.load(AUGUST)}
    bar = bar_of(window(2026, 2029, AUGUST), steps[row.step_id])
    assert not bar.rects
    text = sign_in(viewer).get("/roadmap/?measure=1").content.decode()
    assert "期間 要確認" in text
    assert 'width="100%" height="14"' not in text
    step = next(each for each in gather(date(2026, 8, 1), on=AUGUST).steps if not each.first_month)
    assert _letter(step, date(2029, 1, 1), date(2029, 3, 31))[0] == ""


def test_an_as_needed_span_ends_where_it_ends(secretariat, viewer, sign_in):
    step = Step.objects.get(measure__number=7, order=2)
    set_span(
        by=secretariat,
        step=step,
        first_month=date(2026, 4, 1),
        last_month=date(2027, 3, 1),
        on=AUGUST,
    )
    text = sign_in(viewer).get("/roadmap/?measure=7").content.decode()
    assert 'class="rm-need" x1="0.00%" x2="24.98%"' in text


def test_behind_every_row_stand_the_lines_of_quarters_and_years(viewer, sign_in):
    text = sign_in(viewer).get("/roadmap/?measure=7").content.decode()
    grids = text.split('<svg class="rm rm-lines"')[1:]
    rows = Step.objects.filter(measure__number=7).count()
    assert len(grids) >= rows > 0
    for grid in (each.partition("</svg>")[0] for each in grids):
        assert grid.count('<line class="q"') == 12
        assert grid.count('<line class="fy"') == 3
    assert '<rect class="rm-annual" x="0.00%" y="9"' in text


LOST = "計画書の工程表が読み取れていません"


@pytest.mark.parametrize(
    ("query", "lost"),
    [
        ("", 2),
        ("?measure=9", 1),
        ("?measure=1", 0),
        ("?show=late", 0),
        ("?show=check", 2),
        ("?department={soumu}", 1),
        ("?department={other}", 0),
        ("?measure=9&department={soumu}", 1),
        ("?measure=10&department={soumu}", 0),
    ],
)
def test_lost_roadmaps_obey_the_filters(soumu, zeimu, viewer, sign_in, query, lost):
    lead(9, soumu)
    url = "/roadmap/" + query.format(soumu=soumu.pk, other=zeimu.pk)
    text = sign_in(viewer).get(url).content.decode()
    assert text.count(LOST) == lost
    assert '<option value="9"' in text


def test_entered_steps_replace_the_row_to_be_checked(secretariat, sign_in):
    values = dict.fromkeys(STEP_FIELDS) | {"name": "調査", "recurrence": "none"}
    measure = Measure.objects.select_related("policy__plan").get(number=9)
    define_step(by=secretariat, step=Step(measure=measure), values=values, on=AUGUST)
    client = sign_in(secretariat)
    assert client.get("/roadmap/").content.decode().count(LOST) == 1
    setup = client.get(reverse("roadmap:setup")).content.decode()
    assert "工程表を読み取れなかった施策（1）" in setup


def by_action(client, by, row):
    with pytest.raises(ValidationError) as found:
        update(by, row, forecast_on=date(2206, 11, 20), reason="x")
    return str(found.value)


def by_page(client, by, row):
    url = reverse("roadmap:milestone_edit", args=[row.pk])
    data = {"state": "in_progress", "forecast_on": "2036-11-20", "reason": "x"}
    return client.post(url, {**data, "seen_version": row.version}).content.decode()


def by_baseline(client, by, row):
    data = {"name": "第1回改定", "approved_on": "R8.8.20", "decision": "承認"}
    url = reverse("roadmap:baseline_create")
    return client.post(
        url, {**data, f"pick-m{row.pk}": "on", f"m{row.pk}": "2036-11-20"}
    ).content.decode()


@pytest.mark.parametrize("door", [by_action, by_page, by_baseline])
def test_a_forecast_far_beyond_the_plan_is_refused(row, secretariat, sign_in, door):
    with time_machine.travel(f"{AUGUST} 10:00+09:00"):
        assert "令和17年3月31日までの日" in door(sign_in(secretariat), secretariat, row)
    row.refresh_from_db()
    assert row.forecast_on is None
    assert Baseline.objects.count() == 1


def test_a_shift_beyond_the_range_is_refused_in_words(row, secretariat, sign_in):
    step = Step.objects.get(measure__number=1, order=2)
    set_span(
        by=secretariat,
        step=step,
        first_month=date(2026, 10, 1),
        last_month=date(2030, 3, 1),
        on=AUGUST,
    )
    last = create_milestone(by=secretariat, step=step, name="稼働", planned_on=date(2030, 3, 1))
    update(secretariat, row, forecast_on=date(2034, 9, 30), reason="x")
    with time_machine.travel(f"{AUGUST} 10:00+09:00"):
        client, url = sign_in(secretariat), reverse("roadmap:knock_on", args=[row.pk])
        answer = client.post(url, client.filled(url) | {f"m{last.pk}": "on"}, follow=True)
    assert "令和17年3月31日までの日" in answer.content.decode()
    last.refresh_from_db()
    assert last.forecast_on is None


@pytest.mark.parametrize(
    ("given", "on", "word"),
    [
        ({}, AUGUST, "予定どおり"),
        (LATER, AUGUST, "見込どおり"),
        (LATER, TODAY, "見込どおり"),
        ({}, TODAY, ""),  # late, and nobody knows until when
        ({"state": "not_started"}, AUGUST, ""),
        ({"state": "completed", "completed_on": AUGUST}, TODAY, ""),
    ],
)
def test_one_click_says_it_goes_as_planned(row, head, given, on, word):
    update(head, row, **given) if given else update(head, row, comment="着手")
    assert item_of(row, on).may_confirm == word


def test_the_click_is_an_update(row, head, viewer, sign_in):
    update(head, row, date(2026, 6, 1), **LATER)
    with time_machine.travel(f"{AUGUST} 10:00+09:00"):
        assert item_of(row, AUGUST).health.stale
        url = reverse("roadmap:milestones")
        assert "見込どおり" in sign_in(head).get(url).content.decode()
        assert "見込どおり" not in sign_in(viewer).get(url).content.decode()
        data = {"state": "in_progress", "forecast_on": "R8.12.11", "comment": "見込どおり"}
        row.refresh_from_db()
        edit = reverse("roadmap:milestone_edit", args=[row.pk])
        sign_in(head).post(edit, {**data, "seen_version": row.version})
    found = item_of(row, AUGUST)
    assert (found.health.stale, found.reason) == (False, "製品の追加")
    assert MilestoneUpdate.objects.filter(comment="見込どおり").count() == 1


def test_a_yearly_step_does_not_finish_its_measure():
    load_town()
    for month in (date(2026, 9, 1), date(2026, 10, 1)):
        report = gather(month, on=TODAY)
        measure = next(row for row in report.measures if row.number == 8)
        assert (measure.roadmap_kind, measure.roadmap_state) == ("doing", "R8年度分 完了")
