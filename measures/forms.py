"""Forms about the plan."""

from django import forms

from foundation.accounts.models import Department
from foundation.japanese.fields import JapaneseDateField
from foundation.records.forms import ChangesRow


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
    related = forms.ModelMultipleChoiceField(
        Department.objects.all(),
        label="関係課",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
