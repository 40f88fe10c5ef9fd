"""Forms about the plan."""

from django import forms

from foundation.accounts.models import Department
from foundation.japanese.fields import JapaneseDateField
from foundation.records.choosing import SeveralField
from foundation.records.forms import ChangesRow
from foundation.records.seen import posted_texts
from measures.models import Measure


class HandoverForm(ChangesRow, forms.Form):
    """引継ぎメモ."""

    text = forms.CharField(
        label="引継ぎメモ",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="経緯、関係者、次にすること、資料の場所など。住民の個人情報は書かないでください。",
    )


class LeadForm(ChangesRow, forms.Form):
    """所管課 and 関係課 of a measure, from a day on."""

    department = forms.ModelChoiceField(Department.objects.all(), label="所管課")
    starts_on = JapaneseDateField(
        label="担当の開始日", help_text="この日より前の月は、前の所管課のままです。"
    )
    related = SeveralField(
        Department.objects.all(),
        label="関係課",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class LeadRowForm(ChangesRow, forms.Form):
    """所管課 of one measure in the table of all."""

    department = forms.TypedChoiceField(
        label="所管課", coerce=int, empty_value=None, required=False
    )

    def __init__(self, measure: Measure, departments: dict, data=None):
        lead = measure.lead_department
        facts = {"department": lead, "related": list(measure.related_departments.all())}
        initial = {"department": lead.pk if lead else None}
        super().__init__(data, prefix=f"m{measure.number}", initial=initial, facts=facts)
        box = self.fields["department"]
        assert isinstance(box, forms.ChoiceField)
        box.choices = [("", "（未定）"), *((pk, each.name) for pk, each in departments.items())]
        box.widget.attrs |= {
            "class": "form-select",
            "data-cell": "department",
            "data-stored": "".join(posted_texts(box, initial["department"])),
            "aria-label": f"施策{measure.number}の所管課",
        }

    def clean_department(self):
        """A lead is followed by another one; it is not taken away."""
        chosen = self.cleaned_data["department"]
        if chosen is None and self.initial["department"] is not None:
            raise forms.ValidationError("所管課は未定に戻せません。課を選んでください。")
        return chosen

    @property
    def moved(self) -> bool:
        """Was another department chosen?"""
        return "department" in self.changed_data


class LeadStartForm(forms.Form):
    """The day from which the choices of the table of all hold."""

    starts_on = JapaneseDateField(
        label="担当の開始日",
        help_text="この日より前の月は、前の所管課のままです。選び直した施策だけに使います。",
    )
