"""The forms of a sheet and of a cycle."""

from typing import cast

from django import forms

from foundation.japanese.fields import JapaneseDateField
from foundation.records.forms import ChangesRow, RecordsOnce, SeesVersion
from headquarters.reviews.actions import TEXTS
from headquarters.reviews.choices import NextDirection
from headquarters.reviews.cycles import KINDS
from headquarters.reviews.lacks import CHOSEN
from headquarters.reviews.models import Review
from headquarters.reviews.states import TRANSITIONS
from kpi.rules.grades import LETTERS

CHOICES = {
    "self_grade": [(letter, letter) for letter in LETTERS],
    "next_direction": NextDirection.choices,
}


class SheetForm(SeesVersion, forms.ModelForm):
    """The texts of a draft; nothing is required until it is handed in."""

    class Meta:
        model = Review
        fields = TEXTS
        areas = {name: forms.Textarea(attrs={"rows": 4}) for name in TEXTS[:4]}
        widgets = areas | dict.fromkeys(CHOSEN, forms.RadioSelect)

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, version=instance.version, **kwargs)
        for name in CHOSEN:
            cast(forms.ChoiceField, self.fields[name]).choices = CHOICES[name]

    @property
    def values(self) -> dict:
        """{field: value} as the action takes it."""
        return {name: self.cleaned_data[name] for name in TEXTS}


def refused_form(review, lacks):
    """The form of a sheet as it is stored, with what keeps it from being handed in."""
    stored = {name: getattr(review, name) for name in TEXTS}
    form = SheetForm(
        {**stored, "seen_version": review.version},
        instance=review,
    )
    form.is_valid()
    for lack in lacks:
        form.add_error(lack.field, lack.mark)
    return form


class CycleForm(RecordsOnce, forms.Form):
    """A new cycle."""

    def __init__(self, years, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fiscal_year"] = forms.TypedChoiceField(label="年度", coerce=int, choices=years)
        self.fields["kind"] = forms.ChoiceField(
            label="種類", choices=[(key, row[0]) for key, row in KINDS.items()]
        )


class CycleDatesForm(ChangesRow, forms.Form):
    """The dates of a cycle."""

    asked_on = JapaneseDateField(label="照会日")
    due_on = JapaneseDateField(label="提出期限")
    fixed_on = JapaneseDateField(label="確定予定日")


class CycleCloseForm(ChangesRow, forms.Form):
    """Why a cycle ends although sheets are not graded."""

    reason = forms.CharField(label="終了する理由", required=False, max_length=300)


class TransitionForm(SeesVersion, forms.Form):
    """A transition of a sheet, with what it asks for: a reason, or grade and comment."""

    transition = forms.CharField(widget=forms.HiddenInput, max_length=30)
    reason = forms.CharField(label="差戻しの理由", required=False, max_length=500)
    grade = forms.ChoiceField(
        label="本部評価",
        required=False,
        choices=[(letter, letter) for letter in LETTERS],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(label="本部のコメント（任意）", required=False, max_length=300)

    def __init__(self, data, *, version):
        super().__init__(data, version=version)
        step = TRANSITIONS.get(data.get("transition", ""))
        asked = {
            "reason": step is not None and step.reason_needed,
            "grade": step is not None and step.grade_needed,
            "comment": step is not None and step.grade_needed,
        }
        for name, shown in asked.items():
            if not shown:
                self.fields[name].widget = forms.HiddenInput()
