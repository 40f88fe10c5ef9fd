"""What stands in a milestone sheet: the milestones of a department, as of the day it is made."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from foundation.accounts.models import Department
from foundation.records.actions import current_revision, local_day, sample_loaded
from measures.models import Plan
from measures.months import PlanMonths
from measures.querysets import UNDECIDED
from roadmap import reading
from roadmap.models import Milestone
from roadmap.reading import MilestoneView, StepView
from roadmap.schedule import CLOSED
from roadmap.sheets.columns import COMPLETED, FORECAST, STATE

NOBODY = 0


def texts_of(row: Milestone) -> dict[str, str]:
    """Where a milestone stands, as texts to be compared: a code, and days like 2026-10-01."""
    return {
        STATE: row.state,
        FORECAST: _iso(row.forecast_on),
        COMPLETED: _iso(row.completed_on),
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@dataclass(frozen=True)
class SheetRow:
    """One milestone."""

    step: StepView
    item: MilestoneView

    @property
    def row(self) -> Milestone:
        """As it is stored."""
        return self.item.row

    @property
    def measure(self) -> str:
        """「1 行政手続のオンライン化」."""
        return str(self.step.row.measure)

    @property
    def status(self) -> str:
        """What the last column says: 「遅延\n期日から12日」, what the portal asks."""
        said = [self.item.state_label]
        if self.item.health.sentence:
            said.append(self.item.health.sentence)
        return "\n".join(said)


@dataclass(frozen=True)
class MilestoneSheet:
    """The milestones of a department. `department` None: 所管課未定."""

    plan: str
    months: PlanMonths
    department: Department | None
    rows: tuple[SheetRow, ...]
    revision: int
    sample: bool
    issued_at: datetime

    @property
    def key(self) -> int:
        """The department's id, as it stands in addresses."""
        return self.department.pk if self.department else NOBODY

    @property
    def name(self) -> str:
        """The department's name."""
        return self.department.name if self.department else UNDECIDED

    @property
    def open(self) -> int:
        """How many are neither done nor cancelled."""
        return sum(row.row.state not in CLOSED for row in self.rows)

    @property
    def late(self) -> int:
        """How many are late."""
        return sum(row.item.late for row in self.rows)

    @property
    def facts(self) -> str:
        """「マイルストーン 12件（未了 8件、うち遅延 2件）」."""
        return f"マイルストーン {len(self.rows)}件（未了 {self.open}件、うち遅延 {self.late}件）"


def sheets_of(issued_at: datetime) -> list[MilestoneSheet]:
    """The sheets of all departments that have milestones, in their order. Few queries."""
    plan = Plan.objects.current()
    groups: dict[int, list[SheetRow]] = {}
    departments: dict[int, Department | None] = {}
    for step in reading.load(local_day(issued_at)):
        key = step.department.pk if step.department else NOBODY
        departments.setdefault(
            key,
            step.department,
        )
        rows = [SheetRow(step, item) for item in step.milestones]
        groups.setdefault(key, []).extend(rows)
    revision, sample = current_revision(), sample_loaded()
    issued_at = timezone.localtime(issued_at).replace(microsecond=0)
    sheets = [
        MilestoneSheet(
            plan=plan.title,
            months=plan.months,
            department=departments[key],
            rows=tuple(rows),
            revision=revision,
            sample=sample,
            issued_at=issued_at,
        )
        for key, rows in groups.items()
        if rows
    ]
    return sorted(sheets, key=_place)


def _place(sheet: MilestoneSheet) -> tuple[bool, int, str]:
    """As departments are listed, 所管課未定 last."""
    row = sheet.department
    return (row is None, row.sort_order if row else 0, row.code if row else "")
