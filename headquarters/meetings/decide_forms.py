"""The form of a decision that changes the plan, by ticks; and that of its undoing.

What is ticked changes, nothing else. Targets are offered to who may define them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from foundation.japanese.calendar import fiscal_year, fiscal_year_name
from foundation.japanese.fields import MonthField
from foundation.japanese.numbers import whole_number
from headquarters.meetings.deciding import Revision
from kpi import words
from kpi.models import Target
from kpi.setup.target_table import Cell, TargetTable, TargetTableRow
from kpi.setup.targets import NewTarget
from measures.models import Measure
from roadmap.revising import Movable
from roadmap.revision_forms import NOT_TICKED, Change, FormRow, MovesPlan, typed_box

NO_TARGET = "新しい目標を入力してください。"


@dataclass(frozen=True)
class TargetLine:
    """A year's target of an indicator that a decision can revise."""

    row: TargetTableRow
    cell: Cell

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"t{self.row.indicator.pk}-{self.cell.year}"

    @property
    def measure(self) -> Measure:
        """Of which measure it is."""
        return self.row.indicator.measure

    @property
    def label(self) -> str:
        """「2-3 手続きにかかる職員の工数削減時間　令和8年度の目標」."""
        return f"{self.row.indicator}　{fiscal_year_name(self.cell.year)}の目標"

    @property
    def unit(self) -> str:
        """What is counted."""
        return self.row.definition.unit

    @property
    def now_words(self) -> str:
        """The target in force at the year's end."""
        return self._in_words(self.cell.stored) if self.cell.stored else "未設定"

    def revised_words(self, new: NewTarget) -> str:
        """What it is to become."""
        return self._in_words(Target(**new.stored))

    def _in_words(self, row: Target) -> str:
        return words.target(row) if row.none else f"{words.target(row)}{self.unit}"

    def new_target(self, text: str) -> NewTarget:
        """What was typed. ValidationError in words."""
        return self.row.new_target(replace(self.cell, typed=text.strip()))


def target_lines(month: date) -> list[TargetLine]:
    """The targets of the month's fiscal year and the later ones, in the plan's order."""
    first = fiscal_year(month)
    return [
        TargetLine(row, cell)
        for row in TargetTable.load(month).rows
        for cell in row.cells
        if cell.year >= first
    ]


def measure_of(form: forms.BaseForm) -> Measure | None:
    """The measure that a form names, whether it is valid or not."""
    number = whole_number(str(form["measure"].value() or ""))
    return Measure.objects.filter(pk=number).first() if number else None


class DecideForm(MovesPlan):
    """A decision with what it changes of the plan."""

    text = forms.CharField(
        label="決定事項",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
    measure = forms.ModelChoiceField(
        Measure.objects.all(), label="施策", required=False, empty_label="なし"
    )
    baseline_name = forms.CharField(label="計画改定の名称", required=False, max_length=100)
    from_month = MonthField(
        label="目標を使い始める月",
        required=False,
        help_text="空欄なら、決定した月（締めた月なら次の月）から使います",
    )

    def __init__(self, movable: Movable, targets: Iterable[TargetLine], *args, **kwargs):
        super().__init__(movable, *args, **kwargs)
        self.targets = list(targets)
        for line in self.targets:
            box = typed_box(f"{line.label}の新しい値", "10～20" if line.row.ranged else "")
            self.add_line(line, {line.key: forms.CharField(required=False, widget=box)})
        self.aims: dict[str, NewTarget] = {}

    def _target_row(self, line: TargetLine) -> FormRow:
        return FormRow(line, self[f"pick-{line.key}"], (self[line.key],), unit=line.unit)

    @property
    def own_rows(self) -> list[FormRow]:
        """Dates, spans and targets of the measure under discussion."""
        return super().own_rows + [
            self._target_row(line) for line in self.targets if self.is_own(line)
        ]

    @property
    def other_rows(self) -> list[FormRow]:
        """Those of the other measures."""
        return super().other_rows + [
            self._target_row(line) for line in self.targets if not self.is_own(line)
        ]

    def clean(self):
        """Every ticked target can be read."""
        cleaned = super().clean()
        for line in self.targets:
            self._read(line)
        return cleaned

    def _read(self, line: TargetLine) -> None:
        text, picked = self.cleaned_data.get(line.key, ""), self.is_picked(line)
        if text and not picked:
            self.add_error(line.key, NOT_TICKED)
        elif picked and not text:
            self.add_error(line.key, NO_TARGET)
        elif picked:
            try:
                self.aims[line.key] = line.new_target(text)
            except ValidationError as error:
                self.add_error(line.key, error)

    @property
    def revisions(self) -> list[Revision]:
        """The targets that were ticked, as the action takes them."""
        seen, month = self.seen_words, self.cleaned_data.get("from_month")
        return [
            Revision(
                line.row.indicator,
                replace(self.aims[line.key], from_month=month),
                None if seen is None else _version(seen.get(line.key)),
                line.key,
            )
            for line in self.targets
            if line.key in self.aims
        ]

    @property
    def target_changes(self) -> list[Change]:
        """Every ticked target: before → after."""
        return [
            Change(
                line,
                line.now_words,
                line.revised_words(self.aims[line.key]),
            )
            for line in self.targets
            if line.key in self.aims
        ]

    @property
    def all_changes(self) -> list[Change]:
        """Everything that was ticked: before → after."""
        return self.changes + self.target_changes

    @property
    def shown_words(self) -> dict[str, str]:
        """What the confirmation shows as approved now, of targets their newest version."""
        versions = {
            line.key: str(line.cell.version) for line in self.targets if line.key in self.aims
        }

        return super().shown_words | versions


def _version(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
