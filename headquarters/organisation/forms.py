"""The forms of an action item: its answer, its correction, its withdrawal."""

from django import forms

from foundation.accounts.models import Department
from foundation.japanese.fields import JapaneseDateField
from foundation.records.forms import ChangesRow
from measures.models import Measure

TWO_LINES = forms.Textarea(attrs={"rows": 2})


class AnswerForm(ChangesRow, forms.Form):
    """What a department answers, or its draft."""

    answer = forms.CharField(
        label="回答",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class CorrectForm(ChangesRow, forms.Form):
    """Other words, another department or day of an instruction."""

    text = forms.CharField(
        label="指示事項", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    department = forms.ModelChoiceField(
        Department.objects.all(), label="所管課", empty_label="選んでください"
    )
    due_on = JapaneseDateField(label="期限")
    measure = forms.ModelChoiceField(
        Measure.objects.all(), label="施策", required=False, empty_label="なし"
    )
    reason = forms.CharField(label="直す理由", max_length=300, widget=TWO_LINES)


class WithdrawItemForm(ChangesRow, forms.Form):
    """Why an instruction is asked for no longer."""

    reason = forms.CharField(label="取り消す理由", max_length=300, widget=TWO_LINES)
