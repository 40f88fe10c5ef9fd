"""The rows of a form by which a decision moves milestones and steps: one tick for each.

What is ticked moves, nothing else. A ticked milestone without a day takes its forecast.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from foundation.japanese.calendar import wareki_short
from foundation.japanese.fields import JapaneseDateField, MonthField
from foundation.records.as_shown import CarriesShown
from foundation.records.forms import RecordsOnce
from measures.models import Measure
from roadmap.baselines import Moves
from roadmap.moved import Span, span_words
from roadmap.revising import Line, MilestoneLine, Movable, StepLine

BUTTONS = ("csrfmiddlewaretoken", "shown", "confirm", "edit", "open", "check")
NO_DAY = "新しい期日を入力してください（見込日がありません）。"
NO_SPAN = "新しい期間の開始月と終了月を入力してください。"
NOT_TICKED = (
    "入力がありますが、印がありません。変えるなら印を付け、変えないなら空欄にしてください。"
)


@dataclass(frozen=True)
class FormRow:
    """A line with its boxes.

    `fill`: what 「見込日を使う」 writes into the first of them; `unit`: in what they count.
    """

    line: Any
    pick: BoundField
    boxes: tuple[BoundField, ...]
    fill: str = ""
    unit: str = ""

    @property
    def errors(self) -> list[str]:
        """What is wrong with the row."""
        return [str(problem) for box in (self.pick, *self.boxes) for problem in box.errors]


@dataclass(frozen=True)
class Change:
    """A line that was ticked: before → after, in words."""

    line: Any
    before: str
    after: str
    note: str = ""


class MovesPlan(RecordsOnce, forms.Form):
    """The base of both forms that make a baseline: `movable` gives the rows."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    """What the page before confirming showed as approved: JSON of {key: words}."""

    def __init__(self, movable: Movable, *args, measure: Measure | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.movable, self.about = movable, measure
        for line in movable.milestones:
            self.add_line(line, {line.key: _date_box(line)})
        for step in movable.steps:
            self.add_line(step, _span_boxes(step))

    def add_line(self, line: Any, boxes: dict[str, forms.Field]) -> None:
        """A tick and the boxes of a line."""
        label = f"{line.measure} {line.label}"
        tick = forms.CheckboxInput(attrs={"class": "form-check-input"})
        self.fields[f"pick-{line.key}"] = forms.BooleanField(
            required=False, label=label, widget=tick
        )
        for name, box in boxes.items():
            self.fields[name] = box

    # The rows.

    def _row(self, line: Line) -> FormRow:
        names = [line.key] if isinstance(line, MilestoneLine) else _span_names(line)
        usable = line.usable if isinstance(line, MilestoneLine) else None
        fill = wareki_short(usable) if usable else ""
        return FormRow(line, self[f"pick-{line.key}"], tuple(self[name] for name in names), fill)

    def _rows(self, lines: Iterable[Line], own: bool) -> list[FormRow]:
        return [self._row(line) for line in lines if self.is_own(line) is own]

    def is_own(self, line: Any) -> bool:
        """Is the line one of the measure under discussion?"""
        return self.about is None or line.measure.pk == self.about.pk

    @property
    def own_rows(self) -> list[FormRow]:
        """Of the measure under discussion (without one: all): milestones, then steps."""
        return self._rows(self.movable.milestones, True) + self._rows(self.movable.steps, True)

    @property
    def other_rows(self) -> list[FormRow]:
        """Of the other measures."""
        return self._rows(self.movable.milestones, False) + self._rows(self.movable.steps, False)

    @property
    def others_touched(self) -> bool:
        """Is anything ticked or typed there, so that it has to be seen?"""
        return any(box.value() for row in self.other_rows for box in (row.pick, *row.boxes))

    # What was ticked.

    def clean(self):
        """Every ticked row has its new day or span; what is typed without a tick is asked back."""
        cleaned = super().clean()
        lines: list[Line] = [*self.movable.milestones, *self.movable.steps]
        for line in lines:
            self._check(line)

        return cleaned

    def _check(self, line: Line) -> None:
        names = [line.key] if isinstance(line, MilestoneLine) else _span_names(line)
        given = [self.cleaned_data.get(name) for name in names]
        if any(name in self.errors for name in names):
            return
        if not self.is_picked(line):
            if any(given):
                self.add_error(names[0], NOT_TICKED)
        elif isinstance(line, MilestoneLine):
            if not given[0] and line.usable is None:
                self.add_error(names[0], NO_DAY)
        elif not all(given):
            self.add_error(names[given.index(None)], NO_SPAN)

    def is_picked(self, line: Any) -> bool:
        """Was the line ticked?"""
        return bool(self.cleaned_data.get(f"pick-{line.key}"))

    def _day(self, line: MilestoneLine) -> date:
        day: date | None = self.cleaned_data[line.key] or line.usable
        assert day is not None, "a line without a day is refused when it is ticked"
        return day

    def _span(self, line: StepLine) -> Span:
        first, last = _span_names(line)
        return self.cleaned_data[first], self.cleaned_data[last]

    @property
    def moves(self) -> Moves:
        """What was ticked, as the action takes it, with what the page showed."""
        return Moves(
            {
                line.row.pk: self._day(line)
                for line in self.movable.milestones
                if self.is_picked(line)
            },
            {line.row.pk: self._span(line) for line in self.movable.steps if self.is_picked(line)},
            self.seen_words,
        )

    @property
    def seen_words(self) -> dict[str, str] | None:
        """What the page of the confirmation showed; None before it was drawn.

        A confirmation that carries nothing has seen nothing.
        """
        text = self.cleaned_data.get("shown")
        if not text:
            return {} if "confirm" in self.data else None
        try:
            found = json.loads(text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def changes(self) -> list[Change]:
        """Every ticked row: before → after."""
        milestones = [
            Change(
                line,
                line.now_words,
                wareki_short(self._day(line)),
                self._used(line),
            )
            for line in self.movable.milestones
            if self.is_picked(line)
        ]
        steps = [
            Change(line, line.now_words, span_words(self._span(line)), _approved_now(line))
            for line in self.movable.steps
            if self.is_picked(line)
        ]

        return milestones + steps

    def _used(self, line: MilestoneLine) -> str:
        return "見込日" if self._day(line) == line.forecast else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """(name, text) of every hidden input of the page on which one confirms."""
        shown = json.dumps(self.shown_words, ensure_ascii=False)
        typed = [
            (name, text)
            for name, texts in self.data.lists()
            if name not in BUTTONS
            for text in texts
            if text or name in self.base_fields  # of the many rows only what was typed
        ]
        return [*typed, ("shown", shown)]

    @property
    def shown_words(self) -> dict[str, str]:
        """What the confirmation shows as approved now, carried by its form."""
        return {change.line.key: change.before for change in self.changes}


def _date_box(line: MilestoneLine) -> JapaneseDateField:
    return JapaneseDateField(
        required=False,
        label=f"{line.label}の新しい期日",
        near=line.usable or line.now,
        widget=typed_box(f"{line.label}の新しい期日", "例：R8.12.11"),
    )


def _span_names(line: StepLine) -> list[str]:
    return [f"{line.key}-first", f"{line.key}-last"]


def _span_boxes(line: StepLine) -> dict[str, forms.Field]:
    first, last = _span_names(line)
    return {
        first: _month_box(f"{line.row}の新しい開始月"),
        last: _month_box(f"{line.row}の新しい終了月"),
    }


def _month_box(label: str) -> MonthField:
    return MonthField(
        required=False,
        label=label,
        widget=typed_box(label, "例：R8.10"),
    )


def typed_box(label: str, example: str) -> forms.TextInput:
    return forms.TextInput(
        attrs={
            "autocomplete": "off",
            "class": "form-control",
            "placeholder": example,
            "aria-label": label,
        }
    )


def _approved_now(line: StepLine) -> str:
    return f"承認は{line.approved_words}" if line.approved_words else ""


class BaselineForm(MovesPlan):
    """A new baseline: its name and the decision; one row for each milestone and step."""

    name = forms.CharField(label="名称", max_length=100)
    approved_on = JapaneseDateField(label="承認日")
    decision = forms.CharField(
        label="決定の記録", max_length=300, help_text="例：令和8年度第2回推進本部会議で決定"
    )


class WithdrawForm(CarriesShown):
    """Why a decision, or a baseline made without a meeting, is taken back."""

    reason = forms.CharField(
        label="取り消す理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例：別の施策の決定を誤って記録したため",
    )
