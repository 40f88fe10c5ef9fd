"""The milestone update form: one state, the date that goes with it, a reason when the rules ask for one."""

from django import forms

from japanese.fields import JapaneseDateField
from roadmap.actions import Update
from roadmap.models import MilestoneState


class MilestoneForm(forms.Form):
    """State, forecast, completion, reason, comment; `seen_version` for optimistic locking."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label="いまの状態", choices=MilestoneState, widget=forms.RadioSelect)
    forecast_on = JapaneseDateField(label="見込日", required=False)
    completed_on = JapaneseDateField(label="完了日", required=False)
    reason = forms.CharField(label="理由", required=False, max_length=300)
    comment = forms.CharField(
        label="コメント", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    @classmethod
    def for_row(cls, row, data=None):
        """The form filled with what is stored now."""
        initial = {"seen_version": row.version, "state": row.state, "forecast_on": row.forecast_on,
                   "completed_on": row.completed_on}
        return cls(data, initial=initial)

    @property
    def as_update(self) -> Update:
        """The cleaned input as the action takes it."""
        return Update(**{name: self.cleaned_data[name] for name in Update.__dataclass_fields__})
