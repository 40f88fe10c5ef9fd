"""Several open points of one kind at once: a form for each, those that are ticked are settled.

Each stands or falls alone: what is refused stays on its row with what was typed, the others are
settled.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects

from foundation.accounts.forms import add_errors
from foundation.records.conflict import Conflict
from foundation.records.seen import posted_texts, wait_in_line
from headquarters.upkeep.points import PointKind
from headquarters.upkeep.settling import SettleForm, form_of, settle_point
from measures.models import OpenPoint

ALL = "{count}件とも仮の値のとおり確認済にする"
UNTICKED = "入力した行に印がありません。印を付けて、もう一度押してください。"
NOTHING = "印を付けた行がありません。確認済にする行に印を付けてください。"
SOME = "印を付けた{count}件を確認済にする"


class TickedForm(forms.Form):
    """Which rows of a kind are to be settled."""

    ticked = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, points: Iterable[OpenPoint], data: Any):
        super().__init__(data)
        box = self.fields["ticked"]
        assert isinstance(box, forms.TypedMultipleChoiceField)
        box.choices = [(point.pk, str(point)) for point in points]


@dataclass
class PointRow:
    """One point with its form. `done`: it was settled; `by_other`: by whom it was before, alike."""

    point: OpenPoint
    form: SettleForm
    ticked: bool
    done: bool = False
    by_other: str = ""
    anchors: dict[str, str] = field(default_factory=dict)

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """The boxes of its form; those of a row that was not ticked show no errors."""
        fields = self.form.visible_fields()
        refused = self.ticked and self.form.is_bound
        return [{"field": box, "wrong": refused and bool(box.errors)} for box in fields]

    @property
    def moved(self) -> bool:
        """Was something else typed than what it started from?"""
        names = {box.name for box in self.form.visible_fields()}
        return self.form.is_bound and bool(names & set(self.form.changed_data))

    @property
    def problems(self) -> list[str]:
        """All that is wrong with it, in sentences that name the box and what was typed."""
        if not (self.ticked and self.form.is_bound):
            return []
        found = []
        for name, errors in self.form.errors.items():
            said = "" if name in ("__all__", self.form.hidden_name) else self._typed(name)
            found += [f"{said}{text}" for text in errors]
        return found

    def _typed(self, name: str) -> str:
        box = self.form[name]
        typed = self.form.data.get(box.html_name, "")
        return f"{box.label}「{typed}」：" if typed else f"{box.label}："

    def settle(self, *, by, on: date, at: datetime) -> None:
        """Settle it through its room's door; what is refused stays on the row."""
        if not self.form.is_valid():
            return
        try:
            with transaction.atomic():
                settle_point(by=by, point=self.point, form=self.form, on=on, at=at)
        except ValidationError as error:
            add_errors(self.form, error)
        except Conflict as conflict:
            self._meet(conflict)
        else:
            self.done = True

    def _meet(self, conflict: Conflict) -> None:
        """Somebody else was quicker: nothing is left to do where both say the same."""
        self.form.conflict = conflict
        settled = conflict.now.get("settled_at") is not None
        names = [box.name for box in self.form.visible_fields()]
        if settled and all(self._same(name, conflict.now) for name in names):
            self.done, self.by_other = True, conflict.who or "ほかの人"
        else:
            self.form.tell()

    def _same(self, name: str, now: dict[str, Any]) -> bool:
        box = self.form.fields[name]
        mine, theirs = self.form.cleaned_data.get(name), now.get(name)
        return posted_texts(box, mine) == posted_texts(box, theirs)


@dataclass
class PointTable:
    """The open points of one kind with their forms."""

    kind: PointKind
    rows: list[PointRow]

    @classmethod
    def load(cls, kind: PointKind, data: Any = None) -> "PointTable":
        """The open ones, and those that the page which was posted still showed as open.

        The queries do not grow with the points.
        """
        if kind.elsewhere:
            return cls(kind, [])

        shown = [
            point
            for point in kind.points
            if point.settled_at is None or (data is not None and f"p{point.pk}-seen" in data)
        ]
        _fetch_subjects(shown)
        ticked = _ticked(shown, data)
        rows = []
        for point in shown:
            form = form_of(point, data)
            dress(form, str(point))
            start = form.initial.get("answer") not in (None, "")
            rows.append(
                PointRow(
                    point,
                    form,
                    start if ticked is None else point.pk in ticked,
                )
            )
        return cls(kind, rows)

    @transaction.atomic
    def settle_ticked(self, *, by, on: date, at: datetime) -> None:
        """Settle the ticked rows, each for itself."""
        wait_in_line()

        for row in self.ticked:
            row.settle(
                by=by,
                on=on,
                at=at,
            )

    @property
    def ticked(self) -> list[PointRow]:
        """The rows that are ticked."""
        return [row for row in self.rows if row.ticked]

    @property
    def done(self) -> list[PointRow]:
        """Those that were settled now."""
        return [row for row in self.rows if row.done and not row.by_other]

    @property
    def by_others(self) -> list[PointRow]:
        """Those that somebody else had settled in the same way."""
        return [row for row in self.rows if row.by_other]

    @property
    def left(self) -> list[PointRow]:
        """Those that are still to be settled."""
        return [row for row in self.rows if not row.done]

    @property
    def refused(self) -> list[PointRow]:
        """The ticked ones that were not settled."""
        return [row for row in self.left if row.ticked]

    @property
    def typed(self) -> list[PointRow]:
        """Those in which something was typed, but which were not ticked."""
        return [row for row in self.left if row.moved and not row.ticked]

    @property
    def conflict(self) -> bool:
        """Has somebody else saved one of them in between, otherwise?"""
        rows = self.refused
        return any(row.form.conflict for row in rows)

    @property
    def problems(self) -> dict[str, str]:
        """{sentence: anchor of its row} of what is wrong, and what was typed without a tick."""
        found = {
            f"{row.point.subject_label} {text}": f"p{row.point.pk}"
            for row in self.left
            for text in row.problems
        }
        found |= {f"{row.point.subject_label} {UNTICKED}": f"p{row.point.pk}" for row in self.typed}
        return found or {NOTHING: "kind"}

    @property
    def heads(self) -> list[str]:
        """The labels of the boxes."""
        return [str(box.label) for row in self.rows[:1] for box in row.form.visible_fields()]

    @property
    def press(self) -> str:
        """What the button says."""
        ticked = [row for row in self.left if row.ticked]
        whole = len(ticked) == len(self.left) and len(ticked) > 1
        as_it_stands = whole and not any(row.moved for row in ticked)
        return (ALL if as_it_stands else SOME).format(count=len(ticked))


def _ticked(points: list[OpenPoint], data: Any) -> list[int] | None:
    """The posted ticks; None where the page is only asked for."""
    if data is None:
        return None

    form = TickedForm(points, data)
    if not form.is_valid():
        return []
    return form.cleaned_data["ticked"]


def _fetch_subjects(points: list[OpenPoint]) -> None:
    """What the points are about, with what their forms read of it."""
    prefetch_related_objects(points, "subject")

    if points and points[0].subject_type.model == "indicator":
        prefetch_related_objects(points, "subject__definitions")


def dress(form: SettleForm, subject: str) -> None:
    """The boxes of a form as cells of a table."""
    for box in form.visible_fields():
        widget = box.field.widget
        select = isinstance(widget, forms.Select)
        stored = posted_texts(box.field, form.initial.get(box.name))
        widget.attrs |= {
            "class": "form-select" if select else "form-control",
            "data-cell": box.name,
            "data-stored": "".join(stored),
            "aria-label": f"{subject} {box.label}",
            "autocomplete": "off",
        }
        if isinstance(widget, forms.Textarea):
            widget.attrs["rows"] = 1
