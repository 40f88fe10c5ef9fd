"""The forms of a month: why a closed cell must be corrected, the due day."""

from django import forms

from foundation.japanese.fields import JapaneseDateField


class ReopeningForm(forms.Form):
    """Why a closed cell must be corrected."""

    reason = forms.CharField(
        label="訂正が必要な理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例：支所の分の3件が漏れていたため",
    )


class DueForm(forms.Form):
    """The due day of one month."""

    due_on = JapaneseDateField(
        label="提出期限", required=False, help_text="空欄は翌月10日（閉庁日なら次の開庁日）"
    )
