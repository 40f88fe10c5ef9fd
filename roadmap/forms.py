"""The forms of steps, of what milestones are, and of baselines.

Where a milestone stands: `roadmap.milestone_forms`.
"""

from django import forms

from foundation.japanese.fields import JapaneseDateField, MonthField, WholeNumberField
from foundation.records.forms import ChangesRow, RecordsOnce
from roadmap.models import Step
from roadmap.planning import STEP_FIELDS


class StepFields(forms.ModelForm):
    """A step of the roadmap: span in months, recurrence, department."""

    first_month = MonthField(
        label="開始月",
        required=False,
        help_text="例：2026-10。毎年・適宜の工程は、計画期間の中で行う月",
    )
    last_month = MonthField(label="終了月", required=False, help_text="例：2027-03")
    actual_start = JapaneseDateField(label="着手日（実績）", required=False)
    actual_end = JapaneseDateField(label="終了日（実績）", required=False)
    reason = forms.CharField(
        label="変更の理由",
        required=False,
        max_length=300,
        help_text="承認された期間を変えるときは必須",
    )

    class Meta:
        model = Step
        fields = STEP_FIELDS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        department = self.fields["department"]
        assert isinstance(department, forms.ModelChoiceField)
        department.empty_label = "施策の所管課"

    @property
    def values(self) -> dict:
        """{field: value} as the action takes it."""
        return {name: self.cleaned_data[name] for name in STEP_FIELDS}


class StepCreateForm(RecordsOnce, StepFields):
    """A step that the plan's text lost, or that a revision adds."""


class StepEditForm(ChangesRow, StepFields):
    """A step that stands in the roadmap."""


class MilestoneFields(forms.Form):
    """Name and plan date of a milestone."""

    name = forms.CharField(label="名称", max_length=100)
    planned_on = JapaneseDateField(label="計画日", help_text="例：R9.3.31")


class MilestoneCreateForm(RecordsOnce, MilestoneFields):
    """A new milestone of a step."""


class MilestonePlanForm(ChangesRow, MilestoneFields):
    """Name and plan date of a milestone that is there."""


class YearlyForm(RecordsOnce, forms.Form):
    """The same milestone in every fiscal year of a yearly step."""

    name = forms.CharField(
        label="名称（年度が前に付きます）",
        max_length=80,
        help_text="例：の研修　→　令和8年度の研修",
    )
    month = WholeNumberField(label="月", min_value=1, max_value=12)
    day = WholeNumberField(label="日", min_value=1, max_value=31)


class OrderForm(ChangesRow, forms.Form):
    """One place up or down."""

    to = forms.ChoiceField(
        label="並び順", choices=[("up", "上へ"), ("down", "下へ")], widget=forms.HiddenInput
    )


class EndForm(ChangesRow, forms.Form):
    """Why a step leaves the roadmap."""

    reason = forms.CharField(label="終える理由と決定した会議等", max_length=300)
