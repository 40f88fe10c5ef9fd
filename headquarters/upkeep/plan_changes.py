"""適宜見直し: measures and indicators come, go and change their number, from a day, by a decision.

Joins the rooms below.
"""

from datetime import datetime

from django import forms
from django.shortcuts import redirect, render
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted, recorded
from foundation.accounts.permissions import Permission, has_permission, require, requires
from foundation.japanese.calendar import first_of_month, last_of_month
from foundation.japanese.fields import JapaneseDateField, MonthField, WholeNumberField
from foundation.records.forms import RecordsOnce
from foundation.records.models import HistoryEntry
from kpi.choices import Accumulation
from kpi.models import Indicator
from kpi.rules.codes import plain_code
from kpi.setup import plan_changes as indicators
from measures import actions as measures
from measures.models import BasicPolicy, Measure
from measures.plan_changes import rename_measure, renumber_measure
from roadmap.models import Step
from roadmap.planning import end_step


class CodeField(forms.SlugField):
    """An indicator's number as people or machines say it: 「KPI3-2」 is 「3-2」."""

    def to_python(self, value):
        return plain_code(super().to_python(value) or "")


class ChangeForm(RecordsOnce, forms.Form):
    """What every change of the plan says: why, and by which decision."""

    title, done = "", ""
    reason = forms.CharField(label="見直しの理由", max_length=300)
    decision = forms.CharField(
        label="決定した会議等", max_length=100, help_text="例：令和8年度第2回推進本部会議"
    )
    field_order_last = ("reason", "decision")

    def apply(self, by, at: datetime) -> None:
        """Make the change; every kind has its own."""
        raise NotImplementedError

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(
            [name for name in self.fields if name not in self.field_order_last]
            + list(self.field_order_last)
        )


class AddMeasure(ChangeForm):
    """施策の追加."""

    title, done = "施策を加える", "施策を加えました。所管課・指標・工程を続けて設定してください。"
    policy = forms.ModelChoiceField(BasicPolicy.objects.all(), label="基本方針")
    number = WholeNumberField(label="番号", min_value=1, max_value=99)
    name = forms.CharField(label="名称", max_length=100)
    summary = forms.CharField(
        label="概要", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    effective_on = JapaneseDateField(label="いつから")

    def apply(self, by, at):
        measures.add_measure(
            by=by,
            **self.cleaned_data,
            at=at,
        )


class EndMeasure(ChangeForm):
    """施策の終了, with its indicators and steps."""

    title, done = (
        "施策を終える",
        "施策と、その指標・工程を終えました。過去の月と版には残ります。",
    )
    measure = forms.ModelChoiceField(Measure.objects.filter(valid_until=None), label="施策")
    effective_on = JapaneseDateField(label="最後の日", help_text="指標はその月まで入力します")

    def apply(self, by, at):
        given = self.cleaned_data
        measure, day = given["measure"], given["effective_on"]
        indicators.open_from(first_of_month(day))
        why = {"reason": given["reason"], "decision": given["decision"]}
        for row in measure.indicators.standing():
            indicators.end_indicator(by=by, indicator=row, month=first_of_month(day), **why, at=at)
        for step in Step.objects.filter(measure=measure, valid_until=None):
            end_step(
                by=by, step=step, on=day, reason=f"{given['reason']}（{given['decision']}）", at=at
            )
        measures.end_measure(by=by, measure=measure, effective_on=last_of_month(day), **why, at=at)


class RenumberMeasure(ChangeForm):
    """施策の番号変更."""

    title, done = "施策の番号を変える", "施策の番号を変えました。"
    measure = forms.ModelChoiceField(Measure.objects.all(), label="施策")
    number = WholeNumberField(label="新しい番号", min_value=1, max_value=99)
    effective_on = JapaneseDateField(label="いつから")

    def apply(self, by, at):
        renumber_measure(
            by=by,
            **self.cleaned_data,
            at=at,
        )


class RenameMeasure(ChangeForm):
    """施策の名称・概要の変更."""

    title, done = "施策の名称・概要を改める", "施策の名称・概要を改めました。"
    measure = forms.ModelChoiceField(Measure.objects.all(), label="施策")
    name = forms.CharField(label="新しい名称", max_length=100)
    summary = forms.CharField(
        label="新しい概要", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    effective_on = JapaneseDateField(label="いつから")

    def apply(self, by, at):
        rename_measure(
            by=by,
            **self.cleaned_data,
            at=at,
        )


class AddIndicator(ChangeForm):
    """指標の追加."""

    title, done = (
        "指標を加える",
        "指標を加えました。目標と、定義の残りを指標のページで設定してください。",
    )
    measure = forms.ModelChoiceField(Measure.objects.filter(valid_until=None), label="施策")
    code = CodeField(label="番号", max_length=10, help_text="例：3-2")
    name = forms.CharField(label="指標名", max_length=100)
    unit = forms.CharField(label="単位", max_length=10)
    accumulation = forms.ChoiceField(label="集計方法", choices=Accumulation)
    month = MonthField(label="いつの月から")

    def apply(self, by, at):
        indicators.add_indicator(
            by=by,
            **self.cleaned_data,
            at=at,
        )


class EndIndicator(ChangeForm):
    """指標の終了."""

    title, done = "指標を終える", "指標を終えました。過去の月と版には残ります。"
    indicator = forms.ModelChoiceField(Indicator.objects.filter(valid_until=None), label="指標")
    month = MonthField(label="最後の月")

    def apply(self, by, at):
        indicators.end_indicator(
            by=by,
            **self.cleaned_data,
            at=at,
        )


class RenumberIndicator(ChangeForm):
    """指標の番号変更."""

    title, done = "指標の番号を変える", "指標の番号を変えました。"
    indicator = forms.ModelChoiceField(Indicator.objects.all(), label="指標")
    code = CodeField(label="新しい番号", max_length=10)
    month = MonthField(label="いつの月から")

    def apply(self, by, at):
        indicators.renumber_indicator(
            by=by,
            **self.cleaned_data,
            at=at,
        )


class RenameIndicator(ChangeForm):
    """指標名の変更."""

    title, done = "指標の名称を改める", "指標の名称を改めました。"
    indicator = forms.ModelChoiceField(Indicator.objects.all(), label="指標")
    name = forms.CharField(label="新しい指標名", max_length=100)
    month = MonthField(label="いつの月から")

    def apply(self, by, at):
        indicators.rename_indicator(
            by=by,
            **self.cleaned_data,
            at=at,
        )


KINDS = {
    "add-measure": AddMeasure,
    "end-measure": EndMeasure,
    "renumber-measure": RenumberMeasure,
    "rename-measure": RenameMeasure,
    "add-indicator": AddIndicator,
    "end-indicator": EndIndicator,
    "renumber-indicator": RenumberIndicator,
    "rename-indicator": RenameIndicator,
}


@requires(Permission.READ)
def plan_changes(request):
    """What was changed in the plan, when and why.

    ?kind= opens one of the forms for the secretariat.
    """
    kind = KINDS.get(request.GET.get("kind", ""))
    may = has_permission(request.user, Permission.DEFINE)
    form = None
    if request.method == "POST":
        require(request.user, Permission.DEFINE)
    if kind and may:
        form = kind(data_of(request))
    if form and posted(request, form):
        with errors_on(form):
            now = timezone.now()
            recorded(request, form, lambda: form.apply(request.user, now), form.done, at=now)
            return redirect("upkeep:plan_changes")
    page = {
        "entries": HistoryEntry.objects.visible_to(request.user).of_action(measures.CHANGE)[:200],
        "kinds": [(key, row.title) for key, row in KINDS.items()],
        "title": kind.title if kind else "",
        "may": may,
    }
    if form is None:
        return render(
            request,
            "upkeep/plan_changes.html",
            page,
        )
    return answer(request, "upkeep/plan_changes.html", form, page)
