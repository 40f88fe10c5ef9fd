"""The 所管課 of all measures in one table: chosen, from one day on, saved at once."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.forms import add_errors
from foundation.accounts.models import Department, User
from foundation.records.actions import moment
from foundation.records.conflict import Conflict
from foundation.records.forms import STALE
from foundation.records.seen import wait_in_line
from measures.actions import assign_lead, settle
from measures.closings import first_open
from measures.forms import LeadRowForm, LeadStartForm
from measures.labels import call_then
from measures.models import Measure, OpenPoint


@transaction.atomic
def name_lead(
    *, by: User, measure: Measure, department: Department, at: datetime | None = None, **terms: Any
) -> Measure:
    """`assign_lead`, which also answers the open point that asks for the 所管課.

    `terms`: as `assign_lead` takes them. Raises as it does.
    """
    at = moment(at)
    wait_in_line()
    fresh = assign_lead(by=by, measure=measure, department=department, at=at, **terms)
    points = OpenPoint.objects.unsettled().about(measure)
    for point in points.filter(field="lead_department"):
        settle(by=by, point=point, answer=department.name, at=at)
    return fresh


@dataclass
class LeadRow:
    """One measure and the form of its 所管課."""

    measure: Measure
    form: LeadRowForm

    def save(self, table: "LeadTable", *, by: User, at: datetime) -> None:
        """Name the chosen department; what is refused stays on the row, or on the day."""
        try:
            with transaction.atomic():
                name_lead(
                    by=by,
                    measure=self.measure,
                    department=table.departments[self.form.cleaned_data["department"]],
                    starts_on=table.start.cleaned_data["starts_on"],
                    related=self.measure.related_departments.all(),
                    seen=self.form.seen,
                    at=at,
                )
        except ValidationError as error:
            of_the_day = "starts_on" in getattr(error, "error_dict", {})
            add_errors(table.start if of_the_day else self.form, error)
        except Conflict as conflict:
            self.form.conflict = conflict
            self.form.tell()


@dataclass
class LeadTable:
    """All measures that stand on a day, and the day from which the choices hold."""

    rows: list[LeadRow]
    start: LeadStartForm
    departments: dict[int, Department]

    @classmethod
    def load(cls, day: date, data: Any = None) -> "LeadTable":
        """The measures of that day with their newest lead. Four queries, whatever the data."""
        departments = {row.pk: row for row in Department.objects.all()}
        measures = [call_then(row, row) for row in Measure.objects.on(day).with_people()]
        rows = [LeadRow(each, LeadRowForm(each, departments, data)) for each in measures]
        plan = measures[0].policy.plan if measures else None
        initial = {"starts_on": first_open(plan.months.first) if plan else day}
        return cls(rows, LeadStartForm(data, initial=initial), departments)

    @transaction.atomic
    def save_table(self, *, by: User, at: datetime) -> bool:
        """Save all choices or none; what is refused stays on its row."""
        wait_in_line()
        forms = [self.start, *(row.form for row in self.rows)]
        good = all([form.is_valid() for form in forms])  # noqa: C419 - all are to say what is wrong
        for row in self.rows if good else ():
            if row.form.moved and not self.start.errors:
                row.save(self, by=by, at=at)
        if any(form.errors for form in forms):
            transaction.set_rollback(True)
            return False
        return True

    @property
    def left(self) -> int:
        """How many measures nobody leads."""
        return sum(row.measure.lead_department is None for row in self.rows)

    @property
    def done(self) -> int:
        """How many have a lead."""
        return len(self.rows) - self.left

    @property
    def conflict(self) -> bool:
        """Has somebody else named one of them in between?"""
        return any(row.form.conflict for row in self.rows)

    @property
    def problems(self) -> dict[str, str]:
        """{sentence: anchor of its row} of what is wrong; what all rows share stands once."""
        day = self.start["starts_on"]
        found = {f"{day.label}「{day.value()}」：{text}": "start" for text in day.errors}
        for row in self.rows:
            for text in (text for errors in row.form.errors.values() for text in errors):
                number = row.measure.number
                said = text if text == STALE else f"施策{number}：{text}"
                found.setdefault(said, f"m{number}")
        return found
