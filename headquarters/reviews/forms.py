"""The forms of a sheet and of a cycle."""

from django import forms

from foundation.japanese.fields import JapaneseDateField
from headquarters.reviews.actions import TEXTS
from headquarters.reviews.cycles import KINDS
from headquarters.reviews.models import Review


class SheetForm(forms.ModelForm):
    """The texts of a draft; nothing is required until it is handed in."""

    class Meta:
        model = Review
        fields = TEXTS
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in TEXTS[:4]}

    @property
    def values(self) -> dict:
        """{field: value} as the action takes it."""
        return {name: self.cleaned_data[name] for name in TEXTS}


class CycleForm(forms.Form):
    """A new cycle."""

    def __init__(self, years, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fiscal_year"] = forms.TypedChoiceField(label="年度", coerce=int, choices=years)
        self.fields["kind"] = forms.ChoiceField(
            label="種類", choices=[(key, row[0]) for key, row in KINDS.items()]
        )


class CycleDatesForm(forms.Form):
    """The dates of a cycle."""

    asked_on = JapaneseDateField(label="照会日")
    due_on = JapaneseDateField(label="提出期限")
    fixed_on = JapaneseDateField(label="確定予定日")
