"""やること of one person.

Months with something open, milestones late or due soon, sheets, instructions. Calls the rooms
below, asks nothing itself.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache

from django.db.models import Exists
from django.urls import reverse

from foundation.accounts.permissions import (
    Permission,
    has_permission,
    is_secretariat,
    own_departments,
)
from foundation.records.compiled import Compiled
from foundation.records.models import SampleLoad
from headquarters.desk.loose_ends import finished_cycles, loose_ends
from headquarters.desk.month_lines import MonthLine, month_lines
from headquarters.desk.month_tasks import answers_to, closed_tasks, month_tasks
from headquarters.desk.own_grades import NO_REPORT, OwnGrades, newest_report, own_grades
from headquarters.desk.search.rows import Row
from headquarters.desk.tasks import ACTS, MILESTONE, Task
from headquarters.organisation.choices import ActionState
from headquarters.organisation.models import ActionItem
from headquarters.reports.monthly import points_waiting
from headquarters.reports.reclosing import settled_months
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.under_way import in_open_cycles
from kpi.choices import WITH_DEPARTMENT
from kpi.entry.grid import load_rows
from kpi.forecasts.outlook import ASKED_IN
from kpi.month.open_months import open_months
from kpi.months import MonthState
from measures.models import Plan
from measures.setting import stored_versions
from measures.settings_of import SettingVersions
from roadmap import reading
from roadmap.choices import SETTLED
from roadmap.lists import mine_first

SOON_DAYS = 14


@dataclass(frozen=True)
class Work:
    """The work list of a person, by due date, with the state of the month being collected."""

    tasks: list
    month: date | None = None
    closed: bool = False
    countdown: object = None
    due: int = 0
    done: int = 0
    board: tuple = ()
    answers: tuple = ()
    sample: bool = False
    any_closed: bool = False
    first_month: date | None = None
    meeting: Row | None = None
    waiting_points: int = 0
    lines: tuple[MonthLine, ...] = ()
    grades: OwnGrades | None = None
    by_the_clock: bool = False  # something ends at an hour: an exception, what is told of one

    @property
    def late(self) -> list:
        """Past their day."""
        return [task for task in self.tasks if task.late]

    @property
    def arrived(self) -> list:
        """What others have handed in or asked for."""
        return [task for task in self.tasks if task.arrived and not task.late]

    @property
    def coming(self) -> list:
        """The others."""
        return [task for task in self.tasks if not task.late and not task.arrived]

    @property
    def of_month(self) -> list:
        """About the values of a month."""
        return [task for task in self.tasks if task.of_month]

    @property
    def milestones(self) -> list:
        """Milestones to be updated."""
        return [task for task in self.tasks if task.milestone]

    @property
    def others(self) -> list:
        """Sheets, instructions and what else there is."""
        return [task for task in self.tasks if not task.of_month and not task.milestone]

    @property
    def handed_in(self) -> int:
        """How many departments of the board have handed in."""
        return sum(row.state not in WITH_DEPARTMENT for row in self.board)


@cache
def _plan(graded: bool) -> Compiled:
    """The question for the plan with what is told beside it, put together once. `graded`: with the
    newest edition's report.
    """
    rows = Plan.objects.annotate(
        sample=Exists(SampleLoad.objects.all()),
        decided=stored_versions(),
        report=newest_report() if graded else NO_REPORT,
        waiting_points=points_waiting(),
    )
    return Compiled(rows[:1])


def work_list(user, *, on: date, now) -> Work:
    """What this person should do, as of `on`."""
    board_shown = has_permission(user, Permission.CONFIRM)
    plan = next(iter(_plan(not board_shown)()), None)
    if plan is None:
        return Work([])
    month = plan.months.collected(on)
    ended = [each for each in plan.months.begun(on) if each <= month] or [month]
    settled = settled_months(ended, now=now)
    decided = SettingVersions.read(plan.decided)
    states = MonthState.open_among(ended, settled, decided)
    newest = next((state for state in states if state.month == month), None)
    expects = any(state.month.month in ASKED_IN for state in states)
    own = None if board_shown else {row.pk for row in own_departments(user)}
    grid = load_rows(month, user, now=now, state=newest, judged=expects, departments=own)
    closed = grid.state.locked
    asked = [state for state in states if decided.in_month(state.month).asks_for(state.month)]
    waits = newest in asked
    mine = [row for row in grid.due if row.is_open and not closed]
    board = grid.standings(user)
    facts = [row.facts for row in grid.rows]
    tasks = [*month_tasks(user, grid, asked, on=on)]
    if len(states) < len(ended):
        tasks += closed_tasks(user, grid, settled, on=on, now=now)
    tasks = [replace(task, of_month=True) for task in tasks]
    tasks += _milestone_tasks(user, on)
    reviews = in_open_cycles(user)
    tasks += _review_tasks(user, reviews, on)
    tasks += finished_cycles(user, reviews, on)
    tasks += _action_tasks(user, on)
    ends = loose_ends(user, on, ended[0])
    months = open_months(asked, facts, user) if ends.has_files else []
    tasks += ends.tasks(user, months)
    tasks = [replace(task, days=(on - task.due_on).days) for task in tasks]
    told = not is_secretariat(user) and any(row.answered for row in settled)
    answers = tuple(answers_to(grid, now)) if told else ()
    return Work(
        sorted(tasks, key=lambda task: (task.due_on, task.kind)),
        lines=month_lines(user, grid, states, settled, on=on) if board_shown else (),
        month=month,
        closed=closed,
        countdown=grid.state.countdown(on) if waits else None,
        due=len(mine),
        done=sum(row.is_answered for row in mine),
        answers=answers,
        by_the_clock=bool(answers) or any(row.excepted for row in settled),
        sample=plan.sample,
        any_closed=len(states) < len(ended),
        first_month=decided.in_month(month).first_month or plan.months.first,
        meeting=ends.next_meeting,
        waiting_points=plan.waiting_points if board_shown else 0,
        board=tuple(board) if board_shown and waits else (),
        grades=None if board_shown else own_grades(user, plan.report, reviews),
    )


def _review_tasks(user, reviews, on):
    """Sheets to write, to check, to grade, in cycles that are asked for; a return says its reason,
    to whom it came back.
    """
    secretariat = is_secretariat(user)
    for review in reviews:
        if review.state == ReviewState.DRAFT and not secretariat:
            detail = f"{review.cycle}のシートを書いて提出してください"
            sent_back = "差し戻されました：{}。直して提出してください"
            yield _sheet_task(
                review,
                "PDCA",
                detail,
                sent_back,
                on > review.cycle.due_on,
            )
        elif review.state == ReviewState.SUBMITTED and secretariat:
            detail = "提出されました。確認するか差し戻してください"
            sent_back = "本部から差し戻されました：{}。もう一度確認してください"
            task = _sheet_task(review, "確認", detail, sent_back, False)
            yield replace(task, button=ACTS["確認"])
        elif (
            review.state == ReviewState.CHECKED
            and not secretariat
            and has_permission(user, Permission.GRADE)
        ):
            fixed, url = review.cycle.fixed_on, review.get_absolute_url()
            detail = f"自己評価 {review.self_grade}です。本部評価を記録してください"
            yield Task(fixed, "本部評価", _sheet_name(review), detail, url, on > fixed)


def _sheet_name(review) -> str:
    return f"PDCAシート {review.called}"


def _sheet_task(review, kind, detail, sent_back, late) -> Task:
    """A line about a sheet, due with its cycle; one that was sent back is a 差戻し."""
    if review.returned_because:
        kind = "差戻し"
        detail = sent_back.format(review.returned_because.removesuffix("。"))
    due, url = review.cycle.due_on, review.get_absolute_url()
    return Task(
        due,
        kind,
        _sheet_name(review),
        detail,
        url,
        late,
    )


def _action_tasks(user, on):
    """Instructions of the headquarters that wait for an answer of one's department, or to be
    closed.
    """
    looks = has_permission(user, Permission.MANAGE_MEETINGS)
    departments = own_departments(user, Permission.DRAFT_ANSWERS)
    if not departments and not looks:
        return
    for item in _waiting_for(tuple(row.pk for row in departments), looks)():
        waits = item.state == ActionState.OPEN
        detail = f"{item.source}。回答してください" if waits else _answered(item)
        url = reverse("organisation:action_item", args=[item.pk])
        yield Task(
            item.due_on,
            "指示事項" if waits else "回答",
            item.text,
            detail,
            url,
            waits and on > item.due_on,
        )


@lru_cache(maxsize=64)
def _waiting_for(departments: tuple[int, ...], looks: bool) -> Compiled:
    """The question for instructions, put together once for these departments."""
    return Compiled(ActionItem.objects.waiting_for(departments, looks_at_answers=looks))


def _answered(item) -> str:
    return f"{item.department}が回答しました。完結にするか、もう一度回答を求めてください"


def _milestone_tasks(user, on):
    for row in mine_first(user, reading.load(on)):
        step, item = row.step, row.item
        if not row.may or item.facts.state in SETTLED:
            continue
        if (
            item.health.late
            or item.health.stale
            or item.health.passed
            or item.facts.approved_on <= on + timedelta(days=SOON_DAYS)
        ):
            edit = reverse("roadmap:milestone_edit", args=[item.row.pk])
            url = f"{edit}?next={reverse('desk:home')}"
            yield Task(
                item.facts.approved_on,
                MILESTONE,
                f"{step.row.measure.number} {item.row.name}",
                item.health.sentence,
                url,
                item.health.late,
                milestone=item,
            )
