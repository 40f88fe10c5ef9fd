"""やること of one person.

Entries due, milestones late or due soon. Calls the rooms below, asks nothing itself.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists
from django.urls import reverse

from foundation.accounts.permissions import (
    Permission,
    has_permission,
    is_secretariat,
    own_departments,
)
from foundation.japanese.calendar import month_name
from foundation.records.models import SampleLoad
from headquarters.organisation.models import ActionItem
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.models import Review
from kpi.choices import CellState, SubmissionState
from kpi.entry.grid import load_rows
from kpi.models import Reopening
from measures.models import Plan
from roadmap import reading
from roadmap.choices import SETTLED
from roadmap.lists import mine_first

SOON_DAYS = 14


@dataclass(frozen=True)
class Task:
    """One line of the work list."""

    due_on: date
    kind: str
    text: str
    detail: str
    url: str
    late: bool


@dataclass(frozen=True)
class Work:
    """The work list of a person, by due date, with the state of the month being collected."""

    tasks: list
    month: date | None = None
    countdown: object = None
    due: int = 0
    done: int = 0
    board: tuple = ()
    sample: bool = False

    @property
    def late(self) -> list:
        """Past their day."""
        return [task for task in self.tasks if task.late]

    @property
    def coming(self) -> list:
        """The others."""
        return [task for task in self.tasks if not task.late]


def work_list(user, *, on: date, now) -> Work:
    """What this person should do, as of `on`."""
    plan = Plan.objects.annotate(sample=Exists(SampleLoad.objects.all())).current()
    if plan is None:
        return Work([])
    month = plan.months.collected(on)
    grid = load_rows(month, user, now=now)
    mine = [row for row in grid.due if row.is_open]
    board = grid.standings(user)
    tasks = [_entry_task(row, month, grid.state.due_on, on) for row in mine if row.needs_attention]
    tasks += _submission_tasks(user, board, month, grid.state, on)
    tasks += _closing_tasks(user, board, month, grid.state, on)
    tasks += _milestone_tasks(user, on)
    tasks += _review_tasks(user, on)
    tasks += _action_tasks(user, on)
    return Work(
        sorted(tasks, key=lambda task: (task.due_on, task.kind)),
        month=month,
        countdown=grid.state.countdown(on),
        due=len(mine),
        done=sum(row.stored is not None for row in mine),
        sample=plan.sample,
        board=tuple(board) if has_permission(user, Permission.CONFIRM) else (),
    )


def _entry_task(row, month, due_on, on):
    name = month_name(month)
    if row.returned:
        kind, detail = "差戻し", f"{name}分が差し戻されました：{row.returned[0]}"
    elif row.state == CellState.MISSING:
        kind, detail = "入力", f"{name}分の値が未入力"
    elif row.warnings:
        kind, detail = "コメント", f"{name}分の値に理由のコメントが必要"
    else:
        kind, detail = "後で確認", f"{name}分の値に「後で確認」の印"
    return Task(
        due_on,
        kind,
        f"{row.indicator.code} {row.indicator.name}",
        detail,
        f"{reverse('kpi:entry', args=[month])}?show=all#k{row.indicator.code}",
        on > due_on,
    )


def _submission_tasks(user, board, month, state, on):
    """Months that can be handed in, were sent back, or wait to be confirmed."""
    name, page = month_name(month), f"{reverse('kpi:entry', args=[month])}#submission"
    for row in board:
        may = {step.name for step in row.transitions}
        whole = [reason.reason for reason in row.reasons if reason.indicator is None]
        if "submit" in may and whole:
            yield Task(
                state.due_on, "差戻し", f"{row.name}の{name}分", whole[0], page, on > state.due_on
            )
        elif "submit" in may and not row.lacks:
            yield Task(
                state.due_on,
                "提出",
                f"{row.name}の{name}分",
                "入力がそろいました。提出できます",
                page,
                on > state.due_on,
            )
        if "confirm" in may:
            yield Task(
                state.due_on,
                "確認",
                f"{row.name}の{name}分",
                "提出されました。確認するか差し戻してください",
                reverse("kpi:month", args=[month]),
                False,
            )


def _closing_tasks(user, board, month, state, on):
    """For the secretariat: requests to answer, and a month that is ready to be closed."""
    if not has_permission(user, Permission.CLOSE_MONTH):
        return
    for row in Reopening.objects.waiting():
        yield Task(
            on,
            "申請",
            f"{row.indicator.code} {row.indicator.name}",
            f"{month_name(row.month)}分の例外の申請：{row.reason}",
            f"{reverse('kpi:month', args=[row.month])}#requests",
            False,
        )
    if board and not state.locked and all(row.state == SubmissionState.CONFIRMED for row in board):
        yield Task(
            state.due_on,
            "締め",
            f"{month_name(month)}分の月次締め",
            "すべての課を確認しました。締められます",
            reverse("reports:close", args=[month]),
            False,
        )


def _review_tasks(user, on):
    """Sheets to write, to check, to grade, in cycles that are asked for."""
    secretariat = is_secretariat(user)
    for review in Review.objects.visible_to(user).asked():
        url = review.get_absolute_url()
        text, due = f"PDCAシート {review.called}", review.cycle.due_on
        if review.state == ReviewState.DRAFT and not secretariat:
            detail = (
                "差し戻されました。理由を読んで直し、提出"
                if review.round
                else f"{review.cycle}のシートを書いて提出"
            )
            yield Task(due, "PDCA", text, detail, url, on > due)
        elif review.state == ReviewState.SUBMITTED and secretariat:
            yield Task(
                due, "確認", text, "提出されました。確認するか差し戻してください", url, False
            )
        elif (
            review.state == ReviewState.CHECKED
            and not secretariat
            and has_permission(user, Permission.GRADE)
        ):
            fixed = review.cycle.fixed_on
            yield Task(
                fixed,
                "本部評価",
                text,
                f"自己評価 {review.self_grade}。本部評価を記録",
                url,
                on > fixed,
            )


def _action_tasks(user, on):
    """Instructions of the headquarters that wait for an answer of one's department, or to be
    closed.
    """
    departments = own_departments(user, Permission.DRAFT_ANSWERS)
    if departments:
        for item in ActionItem.objects.waiting_for(departments):
            yield Task(
                item.due_on,
                "指示事項",
                item.text,
                f"{item.meeting}。回答してください",
                reverse("organisation:action_item", args=[item.pk]),
                on > item.due_on,
            )


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
                "節目",
                f"{step.row.measure.number} {item.row.name}",
                item.health.sentence,
                url,
                item.health.late,
            )
