"""やること of one person: entries due, milestones late or due soon. Calls the rooms below, asks nothing itself."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from japanese.calendar import month_name
from kpi.choices import CellState
from kpi.grid import load_rows
from kpi.months import reporting_month
from measures.models import Plan
from reports.months import plan_months
from roadmap import reading
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
    plan = Plan.objects.first()
    if plan is None:
        return Work([])
    month = reporting_month(on, *plan_months(plan))
    grid = load_rows(month, user, now=now)
    mine = [row for row in grid.due if row.is_open]
    tasks = [_entry_task(row, month, grid.state.due_on, on) for row in mine if row.state == CellState.MISSING]
    tasks += _milestone_tasks(user, on)
    return Work(
        sorted(tasks, key=lambda task: (task.due_on, task.kind)), month=month, countdown=grid.state.countdown(on),
        due=len(mine), done=sum(row.stored is not None for row in mine),
    )


def _entry_task(row, month, due_on, on):
    return Task(
        due_on, "入力", f"{row.indicator.code} {row.indicator.name}", f"{month_name(month)}分の値が未入力",
        f"{reverse('kpi:entry', args=[month])}#k{row.indicator.code}", on > due_on,
    )


def _milestone_tasks(user, on):
    for step, item, may in mine_first(user, reading.load(on)):
        if not may or item.facts.state in ("completed", "cancelled"):
            continue
        if item.health.late or item.health.stale or item.facts.approved_on <= on + timedelta(days=SOON_DAYS):
            url = f"{reverse('roadmap:milestone_edit', args=[item.row.pk])}?next={reverse('desk:home')}"
            yield Task(item.facts.approved_on, "節目", f"{step.row.measure.number} {item.row.name}",
                       item.health.sentence, url, item.health.late)
