"""The table of all definitions: one row per indicator, read or pasted, looked at, saved at once.

What the plan left open stands as a provisional value; saving the row says that it holds.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from foundation.accounts.forms import add_errors
from foundation.accounts.models import Department
from foundation.japanese.calendar import add_months
from foundation.records.compiled import Compiled
from foundation.records.conflict import Conflict
from foundation.records.forms import STALE
from foundation.records.seen import wait_in_line
from foundation.records.within import rows_within
from foundation.sheets.pasted import block, placed
from kpi.cells.fetched import definitions_to_aim_at
from kpi.choices import Kind
from kpi.models import Definition, Indicator, KpiValue, ReportingMonth
from kpi.setup.linking import Beside
from kpi.setup.points import define
from kpi.setup.table_forms import (
    COLUMNS,
    HAS_VALUES,
    POINTS,
    DefinitionRowForm,
    Sources,
    TablePress,
    plain,
)
from measures.models import OpenPoint


@dataclass
class DefinitionTableRow:
    """One indicator: its form, the open points that its columns answer.

    `open`: {name of an open point}; `locked`: values exist, so the single form changes it.
    `unread`: sentences about copied cells that no choice takes.
    """

    definition: Definition
    form: DefinitionRowForm
    open: set[str]
    locked: bool
    unread: list[str] = field(default_factory=list)

    @property
    def indicator(self) -> Indicator:
        """The indicator."""
        return self.definition.indicator

    @property
    def provisional(self) -> list[str]:
        """Columns with a provisional value: the plan does not say it, and nobody has settled it."""
        columns = [name for name, point in POINTS.items() if point in self.open]
        return [name for name in columns if self.form.initial[name] not in (None, "")]

    @property
    def confirmed(self) -> list[str]:
        """Columns whose provisional value is to hold as it stands."""
        if self.locked or not self.form.cleaned_data.get("settle"):
            return []
        return [name for name in self.provisional if name not in self.form.moved]

    @property
    def changes(self) -> list[dict[str, str]]:
        """What is to change, column by column, in words."""
        form = self.form
        return [
            {
                "label": str(form[name].label),
                "before": form.before(name),
                "after": form.after(name),
            }
            for name in form.moved
        ]

    @property
    def settled(self) -> int:
        """How many open points saving it settles."""
        answered = {POINTS.get(name) for name in (*self.form.moved, *self.confirmed)}
        return len(answered & self.open)

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """The cells of its columns: bound fields with their marks."""
        return [
            {
                "field": self.form[name],
                "provisional": name in self.provisional,
                "wrong": bool(self.form.errors.get(name)) if self.form.is_bound else False,
                "words": self.form.before(name) if self.locked and not self.form.moved else "",
            }
            for name in COLUMNS
        ]

    @property
    def problems(self) -> list[str]:
        """All that is wrong with it, in sentences that name the column and what was typed."""
        found = list(self.unread)
        for name, errors in self.form.errors.items() if self.form.is_bound else ():
            column = name in COLUMNS
            typed = self.form.data.get(self.form.add_prefix(name), "") if column else ""
            said = f"{self.form[name].label}「{typed}」：" if column else ""
            found += [f"{said}{text}" for text in errors]
        return found + self._theirs

    @property
    def _theirs(self) -> list[str]:
        """What somebody else has saved since the page was drawn, column by column."""
        sides = self.form.sides if self.form.conflict else []
        return [f"{side.label}は、いまは「{side.theirs}」です。" for side in sides]

    def check(self) -> bool:
        """Can it be saved as it was typed?"""
        typed_well = self.form.is_valid() if self.form.is_bound else self.locked
        return typed_well and not self.unread

    def save(self, *, by, start: date | None, beside: Beside, at: datetime) -> None:
        """Store what was changed and settle what it answers; what is refused stays on the row.
        `beside`: what the press changes in the other rows.
        """
        confirmed = [POINTS[name] for name in self.confirmed]
        if not self.form.moved and not confirmed:
            return
        try:
            with transaction.atomic():
                define(
                    by=by,
                    indicator=self.indicator,
                    values=self.form.values,
                    from_month=start,
                    published=self.form.published,
                    seen=self.form.seen,
                    confirmed=confirmed,
                    beside=beside,
                    at=at,
                )
        except ValidationError as error:
            add_errors(self.form, error)
        except Conflict as conflict:
            self.form.conflict = conflict
            self.form.tell()


@dataclass
class DefinitionTable:
    """All rows in the plan's order. `closed`: the last closed month."""

    rows: list[DefinitionTableRow]
    closed: date | None
    problem: str = ""

    @classmethod
    def load(cls, month: date, data: Any = None) -> "DefinitionTable":
        """The newest definition of every indicator that stands in `month` or begins later.

        Four queries, whatever the data.
        """
        departments = {row.pk: row for row in Department.objects.all()}
        newest = _newest()
        sources = _sources(newest.values())
        rows = []
        for called in definitions_to_aim_at(month):
            pk, code = called.indicator_id, called.indicator.code
            row = newest[pk]
            row.indicator.name = called.indicator.name
            posted = data if data is not None and f"{code}-seen" in data else None
            locked = row.has_values
            form = DefinitionRowForm(row, code, departments, sources, posted if locked else data)
            form.locked = locked
            rows.append(DefinitionTableRow(row, form, _open_points(row), form.locked))
        return cls(rows, ReportingMonth.objects.last_closed())

    def paste(self, press: TablePress) -> None:
        """Put a copied block into the boxes, where the person stood; blank cells change nothing."""
        rows = {row.form.code: row for row in self.rows}
        given = press.cleaned_data
        try:
            cells = placed(
                block(given["block"]), list(rows), list(COLUMNS), given["start"], given["column"]
            )
        except ValidationError as error:
            self.problem = error.messages[0]
            return
        for code, name, text in cells:
            _put(
                rows[code],
                name,
                text,
            )

    def check(self) -> bool:
        """Can all rows be saved as they were typed?"""
        return not self.problem and all(row.check() for row in self.rows)

    @transaction.atomic
    def save_rows(self, *, by, at: datetime, keep: bool = True) -> bool:
        """Save all rows or none; without `keep` only try it. What is refused stays on its row."""
        wait_in_line()
        beside = {row.indicator.pk: row.form.values for row in self.changed}
        for row in sorted(self.rows, key=lambda row: row.definition.numerator_source_id is None):
            row.save(by=by, start=self._start(row.definition), beside=beside, at=at)
        if self.wrong or not keep:
            transaction.set_rollback(True)
        return not self.wrong

    def _start(self, definition: Definition) -> date | None:
        """From when a change holds: the version's own month; of a closed one the first open."""
        if self.closed is None or definition.from_month > self.closed:
            return None
        return add_months(
            self.closed,
            1,
        )

    @property
    def wrong(self) -> list[DefinitionTableRow]:
        """The rows that cannot be saved."""
        return [row for row in self.rows if row.problems]

    @property
    def problems(self) -> dict[str, str]:
        """{sentence: anchor of its row} of what is wrong; what all rows share stands once."""
        found = {self.problem: "pasting"} if self.problem else {}
        for row in self.rows:
            for text in row.problems:
                said = text if text == STALE else f"{row.form.code} {text}"
                found.setdefault(said, f"d{row.form.code}")
        return found

    @property
    def conflict(self) -> bool:
        """Has somebody else saved one of them in between?"""
        return any(row.form.conflict for row in self.rows)

    @property
    def changed(self) -> list[DefinitionTableRow]:
        """The rows that saving changes."""
        return [row for row in self.rows if row.form.moved]

    @property
    def provisional(self) -> int:
        """How many rows have a provisional value."""
        return sum(bool(row.provisional) for row in self.rows)

    @property
    def done(self) -> int:
        """How many rows have none."""
        return len(self.rows) - self.provisional

    @property
    def settled(self) -> int:
        """How many open points saving settles."""
        return sum(row.settled for row in self.rows)

    @property
    def confirmed(self) -> list[dict[str, Any]]:
        """What is to hold as it stands, by column: how many, and which values how often."""
        found = []
        for name in POINTS:
            rows = [row for row in self.rows if name in row.confirmed]
            said = Counter(row.form.before(name) for row in rows)
            words = "、".join(f"{value}（{count}）" for value, count in said.most_common())
            if rows:
                label = rows[0].form[name].label
                found.append({"label": label, "count": len(rows), "words": words})
        return found


def _put(row: DefinitionTableRow, name: str, text: str) -> None:
    """A copied cell into its box; what no choice takes is said, and the box stays."""
    if row.locked and plain(text) == plain(row.form.before(name)):
        return
    if row.locked:
        row.unread.append(f"「{text}」を入れていません。{HAS_VALUES}")
        return
    try:
        typed = row.form.read_cell(name, text)
    except ValidationError as error:
        row.unread += error.messages
        return
    row.form.data = row.form.data.copy()
    row.form.data[row.form.add_prefix(name)] = typed


def _newest() -> dict[int, Any]:
    """{indicator id: its newest version}, with `has_values` and, for `_open_points`, `points_told`.
    One query.
    """
    kind = ContentType.objects.get_for_model(Indicator).pk
    return {row.indicator_id: row for row in _versions(kind)()}


@lru_cache(maxsize=1)
def _versions(kind: int) -> Compiled[Definition]:
    """The question for all versions, put together once; `kind`: number of the content type by which
    open points know indicators.
    """
    values = KpiValue.objects.filter(indicator=OuterRef("indicator"))
    points = OpenPoint.objects.unsettled().filter(
        subject_type=kind, subject_id=OuterRef("indicator")
    )
    rows = Definition.objects.select_related(
        "indicator__measure__policy__plan", "department", "numerator_source"
    ).annotate(
        has_values=Exists(values), points_told=rows_within(points, by="subject_id", name="field")
    )
    return Compiled(rows.order_by("from_month", "version"))


def _sources(rows: Iterable[Definition]) -> Sources:
    """{id: indicator} of those that can be the numerator of a ratio, or are."""
    read = {row.numerator_source_id for row in rows}
    found = [row for row in rows if row.kind == Kind.NUMBER or row.indicator_id in read]
    return {row.indicator_id: row.indicator for row in found}


def _open_points(row: Any) -> set[str]:
    """The names of the open points of an indicator that the table's columns answer."""
    told = {point["name"] for point in row.points_told or ()}
    return told & {*POINTS.values()}
