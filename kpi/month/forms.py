"""The forms of a month: why a closed cell must be corrected, the due day."""

from django import forms

from foundation.japanese.fields import JapaneseDateField
from foundation.records.forms import ChangesRow, RecordsOnce


class ReopeningForm(RecordsOnce, forms.Form):
    """Why a closed cell must be corrected."""

    reason = forms.CharField(
        label="訂正が必要な理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例：支所の分の3件が漏れていたため",
    )


class DueForm(ChangesRow, forms.Form):
    """The due day of one month."""

    due_on = JapaneseDateField(
        label="提出期限", required=False, help_text="空欄はきまりの提出期限（閉庁日なら次の開庁日）"
    )


class DecideForm(ChangesRow, forms.Form):
    """Allow a request until a day, or refuse it with a reason; the page shows its state."""

    decision = forms.ChoiceField(
        label="回答",
        choices=[("allow", "許可する"), ("refuse", "許可しない")],
        widget=forms.RadioSelect,
    )
    until = JapaneseDateField(label="許可の期限", required=False)
    answer = forms.CharField(
        label="回答の文（許可しないときは必須）", required=False, max_length=300
    )
