"""The form that closes a month."""

from django import forms

from foundation.records.forms import ChangesRow


class CloseForm(ChangesRow, forms.Form):
    """Why a month is closed with something left; the page carries how many editions it showed."""

    reason = forms.CharField(
        label="終わっていない項目を残して締める理由",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="終わっていない項目があるときは必須。この理由は版に残ります。",
    )
