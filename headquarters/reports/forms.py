"""The form that closes a month or makes an annual edition."""

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

    def ask_again(self, again) -> None:
        """Say what the reason is for when there is an edition already."""
        if again:
            self.fields["reason"].label = "締め直す理由"
            self.fields["reason"].help_text = "必須。この理由は次の版と一覧に残ります。"
