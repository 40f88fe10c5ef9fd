"""The forms of a month: handing in, confirming, the due day, why closed cells are corrected."""

from django import forms
from django.urls import reverse

from foundation.accounts.models import Department
from foundation.japanese.fields import JapaneseDateField
from foundation.japanese.numbers import whole_number
from foundation.records.forms import ChangesRow, RecordsOnce
from kpi.submissions import NOBODY, seen_of


def _ids(data) -> str | bool:
    """The ids of a form's fields; none while it stands among others on a board."""
    return False if data is None else "id_%s"


def _offer(form: forms.BaseForm, name: str, choices: list) -> None:
    """What can be chosen in a field: known only once the form is made."""
    field = form.fields[name]
    assert isinstance(
        field,
        forms.ChoiceField,
    )
    field.choices = choices


class SubmissionForm(ChangesRow, forms.Form):
    """One transition of a department's month; a return gives reasons, of the month or of rows, and
    is answered when the month is handed in again.
    """

    REASONS = {"return": "差戻しの理由（全体）", "reconsider": "確認を取り消す理由"}

    transition = forms.CharField(widget=forms.HiddenInput, max_length=30)
    department = forms.ModelChoiceField(
        Department.objects.all(), required=False, widget=forms.HiddenInput
    )
    board = forms.BooleanField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(required=False, max_length=300)
    reply = forms.CharField(
        label="差戻しへの返答",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="値を直していない行について、確かめたことを書きます。事務局の画面に表示されます。",
    )

    def __init__(self, data, *, facts=None):
        super().__init__(data, facts=facts or {})
        name = data.get("transition")
        if name in self.REASONS:
            self.fields["reason"].label = self.REASONS[name]
        else:
            self.fields["reason"].widget = forms.HiddenInput()
        if name != "submit" or "reply" not in data:
            self.fields["reply"].widget = forms.HiddenInput()
        if name == "return":
            self._add_rows(data)

    def _add_rows(self, data):
        """A box for the reason of each row that was sent."""
        for name in data:
            if name.startswith("row-"):
                self.fields[name] = forms.CharField(
                    label=f"差戻しの理由（{name.removeprefix('row-')}）",
                    required=False,
                    max_length=300,
                )

    def back(self, month) -> str:
        """Where the button stands: the board at the same department (after a confirmation at the
        next that waits), or the grid.
        """
        if not self.data.get("board"):
            return reverse("kpi:entry", args=[month])
        board = reverse("kpi:month", args=[month])
        key = whole_number(self.data.get("department") or str(NOBODY))
        if key is None or self.data.get("transition") == "confirm":
            return board

        return f"{board}?department={key}"

    @property
    def row_reasons(self) -> dict[str, str]:
        """{indicator code: reason}."""
        return {
            name.removeprefix("row-"): text
            for name, text in self.cleaned_data.items()
            if name.startswith("row-")
        }


class ConfirmForm(ChangesRow, forms.Form):
    """Several departments to be confirmed in one act; those that wait are ticked."""

    departments = forms.TypedMultipleChoiceField(
        label="確認する課",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data, *, board):
        super().__init__(data, facts=seen_of(board), auto_id=_ids(data))
        _offer(self, "departments", [(row.key, row.name) for row in board])


class ReopeningForm(RecordsOnce, forms.Form):
    """Why a closed cell must be corrected."""

    reason = forms.CharField(
        label="訂正が必要な理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例：支所の分の3件が漏れていたため",
    )


class ReopeningsForm(ReopeningForm):
    """Why several cells of a closed month must be corrected."""

    indicators = forms.MultipleChoiceField(
        label="指標",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "訂正する指標を1つ以上選んでください。"},
    )

    field_order = ["indicators", "reason"]

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        _offer(
            self,
            "indicators",
            choices,
        )


class DueForm(ChangesRow, forms.Form):
    """The due day of one month."""

    due_on = JapaneseDateField(
        label="提出期限", required=False, help_text="空欄はきまりの提出期限（閉庁日なら次の開庁日）"
    )


class DecideForm(ChangesRow, forms.Form):
    """Allow a request until a day, or refuse it with a reason; the page shows the state of its
    cells. Cells that are not ticked stay as they are.
    """

    cells = forms.TypedMultipleChoiceField(
        label="回答する指標",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "回答する指標を1つ以上選んでください。"},
    )
    decision = forms.ChoiceField(
        label="回答",
        choices=[("allow", "許可する"), ("refuse", "許可しない")],
        widget=forms.RadioSelect,
    )
    until = JapaneseDateField(label="許可の期限", required=False)
    answer = forms.CharField(
        label="回答の文（許可しないときは必須）", required=False, max_length=300
    )

    def __init__(self, data, *, rows):
        states = {f"c{row.pk}": row.state for row in rows}
        super().__init__(data, facts=states, auto_id=_ids(data))
        _offer(self, "cells", [(row.pk, str(row.indicator)) for row in rows])
