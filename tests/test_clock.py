"""Time is an argument: who may ask the clock, and that an act carries the moment it was given.

Views, commands and what draws pages ask the clock; an action is told (`at`), and what it leaves
behind (row, history entry, data revision) bears that very moment.
"""

import ast
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from foundation.accounts.actions import save_department
from foundation.accounts.models import Department
from foundation.records.actions import attach_file
from foundation.records.models import DataRevision, HistoryEntry
from foundation.records.uploads import checked
from headquarters.meetings.actions import create_meeting
from headquarters.meetings.deciding import record_decision
from headquarters.organisation.actions import answer_action_item, record_action_item
from headquarters.reports.actions import close_month
from headquarters.reports.editions import report_of
from headquarters.reviews.actions import TEXTS, save_draft
from headquarters.reviews.cycles import create_cycle, open_cycle
from kpi.actions import Locked, record_value
from kpi.choices import SubmissionState
from kpi.models import Indicator, ReportingMonth, Submission
from kpi.month.closing import changes_since_closing, lock_month
from kpi.month.reopenings import decide_reopening, request_reopening
from kpi.months import MonthState
from kpi.rules.checks import Entry
from kpi.setup.targets import NewTarget, set_target
from kpi.submissions import change_submission
from measures.actions import settle, write_handover_note
from measures.models import Measure, OpenPoint, Plan
from roadmap.actions import Update, update_milestone
from roadmap.baselines import create_baseline
from roadmap.choices import MilestoneState
from roadmap.milestone_planning import create_milestone
from roadmap.models import Step
from tests.conftest import MONTH
from tests.test_architecture import FILES, ROOT
from tests.trees import tree_of

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
CLOCK = ("timezone.now", "timezone.localdate", "timezone.localtime")
SIGNALS = {"user_login_failed.send"}  # Django's own, with no moment to pass
DOORS = ("templatetags", "commands")  # folders of those who draw pages or are run by hand
EXCEPTIONS = {
    "foundation/records/actions.py moment": "the one place that asks when `at` was left out",
    "foundation/accounts/permissions.py memberships_of": "without a day, rights are today's",
    "foundation/records/forms.py drawn": "a page carries when it was drawn",
    "foundation/japanese/fields.py today_typed": "a field reads 「11/3」 on the day it is typed",
    "osaki_dx/starting.py prepare_database": "the first start asks, as a command does",
    "foundation/accounts/lockout.py user_login_failed": "called at a sign-in, as a view is",
    "foundation/accounts/backends.py get_user": "called by Django for every request, as a view is",
    "foundation/accounts/session_store.py _get_session_from_db": "called by Django as well",
}
PLAIN_DOORS = {  # writes that run in their caller's transaction, or in one for each row
    "foundation/records/actions.py": {"next_revision", "record_change"},
    "headquarters/desk/post.py": {"_claim", "_send", "_take"},
    "kpi/entry/paste.py": {"apply", "take_back"},
    "measures/actions.py": {"record_plan_change"},
    "roadmap/planning.py": {"set_span"},
}


def named(path):
    return path.relative_to(ROOT).as_posix()


def functions_of(path):
    tree = tree_of(path)
    return [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]


def calls_in(function):
    return [node for node in ast.walk(function) if isinstance(node, ast.Call)]


def asks_the_clock(call):
    return ast.unparse(call.func) in CLOCK and not call.args and not call.keywords


def takes_a_request(function):
    """A view, its helper or decorator, or a context processor: what takes a request, wherever it
    stands.
    """
    inner = [node for node in function.body if isinstance(node, FUNCTIONS)]
    if inner and all(map(takes_a_request, inner)):
        return True
    return bool(function.args.args) and function.args.args[0].arg == "request"


def is_action(path, function):
    """A door for writes: public, one transaction, keyword-only with `by` (or `user`)."""
    asked = {argument.arg for argument in function.args.kwonlyargs}
    atomic = any(ast.unparse(mark) == "transaction.atomic" for mark in function.decorator_list)
    return function.name in PLAIN_DOORS.get(named(path), ()) or (
        atomic and not function.name.startswith("_") and bool(asked & {"by", "user"})
    )


DEFINED = [(path, function) for path in FILES for function in functions_of(path)]
WRITES = [(path, function) for path, function in DEFINED if is_action(path, function)]
NAMES = {function.name for _, function in WRITES} - {"apply"}  # forms have an `apply`, too
QUALIFIED = {  # also what is no action: "excel.agenda", "paste.apply"
    f"{path.stem}.{function.name}"
    for path, function in DEFINED
    if "at" in {argument.arg for argument in function.args.kwonlyargs}
}


@pytest.mark.pure
def test_only_views_and_commands_ask_the_clock():
    asking = {
        f"{named(path)} {function.name}"
        for path, function in DEFINED
        if any(map(asks_the_clock, calls_in(function)))
        and not takes_a_request(function)
        and not set(DOORS) & set(path.parts)
    }
    assert asking == set(EXCEPTIONS)


@pytest.mark.pure
def test_every_action_takes_the_moment():
    assert len(WRITES) > 50
    without = [
        f"{named(path)} {function.name}"
        for path, function in WRITES
        if "at" not in {argument.arg for argument in function.args.kwonlyargs}
    ]
    assert not without


def wants_the_moment(call):
    said = ast.unparse(call.func)
    if ".objects." in said or said in SIGNALS or said.startswith("super()."):
        return False
    return said in QUALIFIED or said.split(".")[-1] in NAMES


@pytest.mark.pure
@pytest.mark.parametrize("path", FILES, ids=named)
def test_whoever_calls_an_action_passes_the_moment_on(path):
    tree = tree_of(path)
    silent = [
        f"line {call.lineno}: {ast.unparse(call.func)}"
        for call in calls_in(tree)
        if wants_the_moment(call) and "at" not in {keyword.arg for keyword in call.keywords}
    ]
    assert not silent


NOW = "2026-11-20 01:00+00:00"  # the clock, which no act of this table may ask
AT = datetime(2026, 11, 12, 3, 4, 5, tzinfo=UTC)
ON = date(2026, 11, 12)


def value_entered(by):
    entry = Entry(value=Decimal(118))
    saved = record_value(
        by=by,
        indicator=Indicator.objects.get(code="1-1"),
        month=MONTH,
        seen_version=0,
        entry=entry,
        on=ON,
        at=AT,
    )
    return [saved.value.updated_at]


def evidence_attached(by):
    subject = Department.objects.first()
    kept = attach_file(by=by, subject=subject, file=checked("証拠.pdf", b"%PDF-1.7 x"), at=AT)
    return [kept.uploaded_at]


def department_made(by):
    save_department(by=by, department=Department(code="kikaku", name="企画課"), at=AT)
    return []


def submission_withdrawn(by):
    Submission.objects.create(
        department=None, month=MONTH, state=SubmissionState.SUBMITTED, updated_at=timezone.now()
    )
    row = change_submission(by=by, department=None, month=MONTH, name="withdraw", at=AT)
    return [row.updated_at]


def target_set(by):
    new = NewTarget(2026, Decimal(120))
    row = set_target(by=by, indicator=Indicator.objects.get(code="1-1"), new=new, at=AT)
    return [row.created_at]


def month_closed(by):
    edition = close_month(by=by, month=MONTH, on=ON, reason="報告を急ぐため", at=AT)
    locked = ReportingMonth.objects.get(month=MONTH).locked_at
    return [edition.closed_at, report_of(edition).made_at, locked]


def reopening_allowed(by):
    month_closed(by)
    indicator = Indicator.objects.get(code="1-1")
    asked = request_reopening(by=by, indicator=indicator, month=MONTH, reason="誤記", at=AT)
    row = decide_reopening(by=by, pk=asked.pk, allow=True, on=ON, until=ON, at=AT)
    return [asked.requested_at, row.decided_at]


def milestone_finished(by):
    step = Step.objects.get(measure__number=1, order=1)
    row = create_milestone(by=by, step=step, name="要件定義", planned_on=ON, at=AT)
    update = Update(MilestoneState.COMPLETED, completed_on=ON)
    update_milestone(by=by, milestone=row, seen_version=row.version, update=update, on=ON, at=AT)
    return [row.updates.get().at]


def baseline_approved(by):
    step = Step.objects.get(measure__number=1, order=1)
    create_milestone(by=by, step=step, name="要件定義", planned_on=ON, at=AT)
    row = create_baseline(
        by=by,
        plan=Plan.objects.get(),
        name="計画策定時",
        approved_on=ON,
        decision="第1回本部会議",
        on=ON,
        at=AT,
    )
    return [row.created_at, *row.entries.values_list("added_at", flat=True)]


def sheet_drafted(by):
    cycle = create_cycle(by=by, plan=Plan.objects.get(), fiscal_year=2026, kind="mid", at=AT)
    open_cycle(by=by, cycle=cycle, on=ON, at=AT)
    values = dict.fromkeys(TEXTS, "") | {"plan_text": "窓口を減らす"}
    row = save_draft(by=by, review=cycle.reviews.first(), seen_version=0, values=values, at=AT)
    return [row.updated_at]


def meeting_held(by):
    return create_meeting(
        by=by,
        plan=Plan.objects.get(),
        title="第2回本部会議",
        held_on=ON,
        place="庁議室",
        month=MONTH,
        at=AT,
    )


def decision_recorded(by):
    row = record_decision(by=by, meeting=meeting_held(by), text="予定どおり進める", on=ON, at=AT)
    return [row.recorded_at]


def instruction_answered(by):
    item = record_action_item(
        by=by,
        meeting=meeting_held(by),
        text="待ち時間を測ること",
        department=Department.objects.first(),
        due_on=ON,
        at=AT,
    )
    row = answer_action_item(by=by, item=item, answer="測りました", final=True, at=AT)
    return [row.answered_at]


def point_settled(by):
    row = settle(by=by, point=OpenPoint.objects.first(), answer="課に確かめた", at=AT)
    return [row.settled_at]


def handover_noted(by):
    measure = Measure.objects.with_people().first()
    row = write_handover_note(by=by, measure=measure, text="契約は3月まで", at=AT)
    return [row.updated_at]


ACTS = (
    value_entered,
    evidence_attached,
    department_made,
    submission_withdrawn,
    target_set,
    month_closed,
    reopening_allowed,
    milestone_finished,
    baseline_approved,
    sheet_drafted,
    decision_recorded,
    instruction_answered,
    point_settled,
    handover_noted,
)


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_an_act_leaves_its_moment_in_row_history_and_revision(act, secretariat):
    before = HistoryEntry.objects.count()
    with time_machine.travel(NOW, tick=False):
        moments = act(secretariat)
    entries = HistoryEntry.objects.order_by("-id")[: HistoryEntry.objects.count() - before]
    assert {*moments, *(entry.at for entry in entries)} == {AT}
    assert DataRevision.objects.get().changed_at == AT


@pytest.mark.django_db
def test_without_a_moment_an_act_happens_now(secretariat):
    with time_machine.travel(NOW, tick=False):
        save_department(by=secretariat, department=Department(code="kikaku", name="企画課"))
    assert HistoryEntry.objects.latest("id").at == datetime.fromisoformat(NOW)


@pytest.mark.django_db
def test_a_permission_ends_at_the_moment_of_the_act(secretariat):
    with time_machine.travel(NOW, tick=False):
        reopening_allowed(secretariat)
        indicator = Indicator.objects.get(code="1-1")
        save = partial(
            record_value,
            by=secretariat,
            indicator=indicator,
            month=MONTH,
            seen_version=0,
            entry=Entry(value=Decimal(118)),
            on=ON,
        )
        expires = indicator.reopenings.get().expires_at
        with pytest.raises(Locked):
            save(at=expires)
        assert save(at=expires - timedelta(seconds=1)).changed


@pytest.mark.django_db
def test_an_act_that_waited_while_the_month_was_closed_again_comes_after_the_closing(secretariat):
    with time_machine.travel(NOW, tick=False):
        reopening_allowed(secretariat)
        value_entered(secretariat)
        later = AT + timedelta(minutes=2)
        lock_month(by=secretariat, month=MONTH, on=ON, reason="急ぐため", at=later)
        state = MonthState.load(MONTH)
    indicator = Indicator.objects.get(code="1-1")
    assert state.open_until(indicator.pk, AT + timedelta(minutes=1)) is None


@pytest.mark.django_db
def test_a_value_that_a_closing_waited_for_is_no_change_after_it(secretariat):
    with time_machine.travel(NOW, tick=False):
        value_entered(secretariat)
        earlier = AT - timedelta(seconds=1)
        settled = lock_month(by=secretariat, month=MONTH, on=ON, reason="急ぐため", at=earlier)
    assert settled.locked_at == AT
    assert changes_since_closing(settled) == 0


A_DAY_BACK = AT - timedelta(days=1)


@pytest.mark.django_db
def test_with_the_clock_a_day_back_a_correction_is_seen_and_the_month_closed_again(secretariat):
    """What came after is told by the revision: clocks are set, and two servers differ."""
    with time_machine.travel(NOW, tick=False):
        month_closed(secretariat)
    indicator = Indicator.objects.get(code="1-1")
    given = {"by": secretariat, "indicator": indicator, "month": MONTH}
    with time_machine.travel(A_DAY_BACK, tick=False):
        asked = request_reopening(**given, reason="誤記", at=A_DAY_BACK)
        day = timezone.localdate(A_DAY_BACK)
        decide_reopening(by=secretariat, pk=asked.pk, allow=True, on=day, until=day, at=A_DAY_BACK)
        entry = Entry(value=Decimal(7))
        saved = record_value(**given, seen_version=0, entry=entry, on=ON, at=A_DAY_BACK)
        assert saved.changed
        settled = ReportingMonth.objects.get(month=MONTH)
        assert changes_since_closing(settled) == 1
        again = lock_month(by=secretariat, month=MONTH, on=ON, reason="訂正", at=A_DAY_BACK)
        assert changes_since_closing(again) == 0
        with pytest.raises(Locked):
            record_value(
                **given,
                seen_version=saved.value.version,
                entry=Entry(value=Decimal(8)),
                on=ON,
                at=A_DAY_BACK,
            )


@pytest.mark.django_db
def test_with_the_clock_a_day_back_the_milestone_stands_as_it_was_updated_last(secretariat):
    step = Step.objects.get(measure__number=1, order=1)
    row = create_milestone(by=secretariat, step=step, name="要件定義", planned_on=ON, at=AT)
    for state, day in (("in_progress", ON), ("cancelled", ON - timedelta(days=1))):
        row.refresh_from_db()
        update_milestone(
            by=secretariat,
            milestone=row,
            seen_version=row.version,
            update=Update(MilestoneState(state), reason="理由"),
            on=day,
            at=AT,
        )
    row.refresh_from_db()
    assert type(row).objects.as_of(ON).get(pk=row.pk).state_then == row.state == "cancelled"


TIMES_THAT_DECIDE = {
    "foundation/records/once.py": "tokens are kept for a month: tidying up, no decision",
    "headquarters/desk/loose_ends.py": "what the work list tells: a form nobody has decided about",
    "headquarters/desk/post.py": "the claim of a run that was killed lapses",
    "kpi/month/closing.py": "a permission's end is shown as that of the closing",
    "kpi/months.py": "a permission ends at a time of day",
    "kpi/models/month_querysets.py": "the work list: permissions that hold, answers of two weeks",
    "roadmap/drawing.py": "`at` is a position in percent, no moment",
}
LATER_OR_EARLIER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
BOUNDS = ("_at__gt", "_at__gte", "_at__lt", "_at__lte")


def compares_moments(tree):
    """Does the file ask which of two stored moments was first (`x.closed_at > y`, `at__gt=`)?"""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg and f"_{node.arg}".endswith(BOUNDS):
            yield node.arg
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], LATER_OR_EARLIER):
            for side in (node.left, *node.comparators):
                if isinstance(side, ast.Attribute) and re.search(r"(^|_)at$", side.attr):
                    yield side.attr


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_came_after_what_is_told_by_revision(path):
    name = str(path.relative_to(ROOT).as_posix())
    found = list(compares_moments(tree_of(path)))
    assert bool(found) is (name in TIMES_THAT_DECIDE), f"{name}: {found}"
