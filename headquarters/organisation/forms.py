"""The form of an action item."""

from django import forms

from foundation.records.forms import ChangesRow


class AnswerForm(ChangesRow, forms.Form):
    """What a department answers, or its draft."""

    answer = forms.CharField(
        label="回答",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
