"""The forms of a meeting."""

from django import forms

from foundation.accounts.models import Department
from foundation.japanese.fields import JapaneseDateField, MonthField
from foundation.records.forms import ChangesRow, RecordsOnce
from headquarters.reviews.models import ReviewCycle
from measures.models import Measure, Plan


def begun_months(today):
    """The months of the plan that have begun, newest first; [] without a plan."""
    plan = Plan.objects.current()
    return plan.months.begun(today)[::-1] if plan else []


class MeetingForm(RecordsOnce, forms.Form):
    """A new meeting; its agenda is proposed from the exceptions."""

    title = forms.CharField(
        label="会議名", max_length=100, help_text="例：令和8年度第2回デジタル化推進本部会議"
    )
    held_on = JapaneseDateField(label="開催日")
    place = forms.CharField(label="場所", max_length=100, required=False)
    month = MonthField(
        label="数値の月", help_text="この月の末日時点の数値で審議します", offers=begun_months
    )
    cycle = forms.ModelChoiceField(
        ReviewCycle.objects.all(), label="評価サイクル", required=False, empty_label="なし"
    )


class AgendaForm(RecordsOnce, forms.Form):
    """One more agenda item."""

    title = forms.CharField(label="議題", max_length=200)
    note = forms.CharField(label="説明", max_length=500, required=False)
    measure = forms.ModelChoiceField(
        Measure.objects.all(), label="施策", required=False, empty_label="なし"
    )


class MinutesForm(ChangesRow, forms.Form):
    """Attendance and minutes."""

    attendance = forms.CharField(
        label="出席者", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    minutes = forms.CharField(
        label="会議録", required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 10})
    )


class AgendaChangeForm(ChangesRow, forms.Form):
    """Move an item one place, or take it off."""

    what = forms.ChoiceField(
        label="議題",
        choices=[("up", "上へ"), ("down", "下へ"), ("remove", "外す")],
        widget=forms.HiddenInput,
    )


class ActionForm(RecordsOnce, forms.Form):
    """An instruction to a department."""

    text = forms.CharField(
        label="指示事項", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    department = forms.ModelChoiceField(
        Department.objects.all(), label="担当課", empty_label="選んでください"
    )
    due_on = JapaneseDateField(label="期限")
    measure = forms.ModelChoiceField(
        Measure.objects.all(), label="施策", required=False, empty_label="なし"
    )


class DecisionForm(RecordsOnce, forms.Form):
    """A decision that changes nothing of the plan; one that does is ticked on its own page."""

    text = forms.CharField(
        label="決定事項", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    measure = forms.ModelChoiceField(
        Measure.objects.all(), label="施策", required=False, empty_label="なし"
    )
