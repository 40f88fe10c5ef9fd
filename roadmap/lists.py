"""Which steps and milestones a page shows, and in what order. Over `StepView`s."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.contrib.contenttypes.models import ContentType

from foundation.accounts.models import Department
from foundation.accounts.permissions import Permission, has_permission
from foundation.japanese.numbers import whole_number
from foundation.records.compiled import Compiled
from measures.labels import call_then
from measures.models import Measure
from measures.querysets import lead_of
from roadmap.choices import SETTLED
from roadmap.models import Step
from roadmap.reading import MilestoneView, StepView


@dataclass(frozen=True)
class RoadmapFilters:
    """The filters of the roadmap, kept in the address."""

    measure: int | None = None
    department: int | None = None
    late: bool = False
    check: bool = False
    year: int | None = None
    table: bool = False

    @classmethod
    def of(cls, query) -> "RoadmapFilters":
        """From the query string; what cannot be read does not restrict."""
        return cls(
            whole_number(query.get("measure")),
            whole_number(query.get("department")),
            query.get("show") == "late",
            query.get("show") == "check",
            whole_number(query.get("year")),
            query.get("view") == "table",
        )

    @property
    def words(self) -> str:
        """For the page's title, but department and year: 「（施策2）（日付の表）」."""
        said = {
            f"施策{self.measure}": self.measure,
            "遅延・期日のずれ": self.late,
            "期間 要確認": self.check,
            "日付の表": self.table,
        }
        return "".join(f"（{text}）" for text, chosen in said.items() if chosen)

    def wants_lost(self, measure, department) -> bool:
        """Does a measure without any step pass? It cannot be late, and its span is 要確認."""
        return (
            not self.late
            and self.measure in (None, measure.number)
            and (not self.department or (department and department.pk == self.department))
        )

    def wants(self, step) -> bool:
        """Does the step pass?"""
        if self.measure and step.row.measure.number != self.measure:
            return False
        if self.department and (step.department is None or step.department.pk != self.department):
            return False
        if self.check and step.row.first_month:
            return False

        return (
            not self.late
            or bool(step.late)
            or any(item.health.needs_attention for item in step.milestones)
        )


@dataclass(frozen=True)
class LostRoadmap:
    """A measure whose 工程表 is lost in the plan and has not been entered yet, with its lead."""

    measure: Measure
    department: Department | None


def lost_roadmaps(steps, on: date) -> list[LostRoadmap]:
    """The measures whose 工程表 is lost and that have none of these steps. One query."""
    entered = {step.row.measure_id for step in steps}
    lost = _lost(on, ContentType.objects.get_for_model(Measure).pk)()
    return [LostRoadmap(call_then(row, row), lead_of(row)) for row in lost if row.pk not in entered]


@lru_cache(maxsize=16)
def _lost(on: date, kind: int) -> Compiled[Measure]:
    """The question for them, put together once for a day; `kind`: number of the content type by
    which open points know measures.
    """
    lost = Measure.objects.without_roadmap().values("pk")
    return Compiled(Measure.objects.on(on).filter(pk__in=lost))


@dataclass(frozen=True)
class ListedMilestone:
    """A milestone in a list: its step, and whether the reader may update it."""

    step: StepView
    item: MilestoneView
    may: bool

    @property
    def rank(self) -> tuple:
        """Order of the list: mine first, open first, late first, then by approved date."""
        facts = self.item.facts
        return (
            not self.may,
            facts.state in SETTLED,
            not self.item.health.late,
            facts.approved_on,
        )


def mine_first(user, steps, *, everything: bool = False) -> list[ListedMilestone]:
    """Every milestone of the steps: mine first, late first, then by approved date.

    Without `everything` a department user sees the own ones only, unless there are none.
    """
    rows = []
    for step in steps:
        may = has_permission(
            user,
            Permission.UPDATE_MILESTONES,
            department=step.department,
        )
        rows += [ListedMilestone(step, item, may) for item in step.milestones]
    mine = [row for row in rows if row.may]
    return sorted(rows if everything or not mine else mine, key=lambda row: row.rank)


def of_step(steps, milestone_id: int):
    """The milestone view with that id, or None."""
    return next(
        (item for step in steps for item in step.milestones if item.row.pk == milestone_id), None
    )


def step_after(steps, step: Step) -> StepView | None:
    """The next step of the same measure that begins later, or None."""
    own = step.first_month
    later = [
        each
        for each in steps
        if each.row.pk != step.pk
        and each.row.order > step.order
        and each.row.first_month
        and (own is None or each.row.first_month > own)
    ]
    return min(
        later,
        key=lambda each: each.row.first_month,
        default=None,
    )


def milestone_after(steps, item: MilestoneView) -> MilestoneView | None:
    """The open milestone of the same measure that comes next, or None."""
    later = [
        each
        for step in steps
        for each in step.milestones
        if each.row.pk != item.row.pk
        and each.facts.state not in SETTLED
        and each.facts.approved_on >= item.facts.approved_on
    ]
    return min(
        later,
        key=lambda each: each.facts.approved_on,
        default=None,
    )


KINDS = {
    "done": "完了",
    "doing": "実施中",
    "late": "遅延",
    "todo": "未着手",
    "off": "中止",
    "check": "要確認",
}


def counted(steps) -> str:
    """「完了3・実施中12・遅延2」 of the steps; what there is none of is left out."""
    kinds = Counter(step.state.kind for step in steps)
    return "・".join(f"{name}{kinds[kind]}" for kind, name in KINDS.items() if kinds[kind])
