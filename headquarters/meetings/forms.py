"""The forms of a meeting."""

from dataclasses import replace

from django import forms

from foundation.accounts.models import Department
from foundation.japanese.fields import JapaneseDateField, MonthField
from foundation.records.forms import ChangesRow, RecordsOnce
from headquarters.meetings.choices import Presence
from headquarters.reviews.models import ReviewCycle
from measures.models import Measure, Plan

TWO_LINES = forms.Textarea(attrs={"rows": 2})


def begun_months(today, plan=None):
    """The months of the plan (asked for where it is not known) that have begun, newest first; []
    without a plan.
    """
    plan = plan or Plan.objects.current()
    return plan.months.begun(today)[::-1] if plan else []


def reason_box(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    """Why something is corrected, or taken back."""
    return forms.CharField(
        label=label, required=required, max_length=300, help_text=help_text, widget=TWO_LINES
    )


class MeetingFields(forms.Form):
    """What is said of a meeting."""

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


class MeetingForm(RecordsOnce, MeetingFields):
    """A new meeting; its agenda is proposed from the exceptions."""


class MeetingEditForm(ChangesRow, MeetingFields):
    """A meeting that is there. Once it is held its numbers stay, and a reason is asked for."""

    reason = reason_box("直す理由", required=False)

    def __init__(self, *args, prepared: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "" if prepared else "開催した会議です。理由が必要です。"
        if prepared:
            del self.fields["reason"]


class AgendaFields(forms.Form):
    """What is said of an agenda item."""

    title = forms.CharField(label="議題", max_length=200)
    note = forms.CharField(label="説明", max_length=500, required=False)
    measure = forms.ModelChoiceField(
        Measure.objects.all(), label="施策", required=False, empty_label="なし"
    )


class AgendaForm(RecordsOnce, AgendaFields):
    """One more agenda item; of a meeting that is held with a reason."""

    reason = reason_box("加える理由", required=False)

    def __init__(self, *args, prepared: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        if prepared:
            del self.fields["reason"]


class AgendaEditForm(ChangesRow, AgendaFields):
    """Other words for an agenda item; of a meeting that is held with a reason."""

    reason = reason_box("直す理由", required=False)

    def __init__(self, *args, prepared: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if prepared:
            del self.fields["reason"]


class ReasonForm(ChangesRow, forms.Form):
    """Why a meeting is called off, or its settled minutes are opened again."""

    reason = reason_box("理由")


class AttendanceForm(ChangesRow, forms.Form):
    """Who of the headquarters was there: one row for each member, others by name."""

    attendance = forms.CharField(
        label="そのほかの出席者",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="1行に1人。名簿にない人（教育長、説明員など）",
    )

    def __init__(self, seats, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.listed = list(seats)
        for seat in self.listed:
            said = f"{seat.member.post} {seat.member.name}"
            self.fields[f"{seat.key}-presence"] = forms.ChoiceField(
                label=f"{said}の出欠", required=False, choices=[("", "－"), *Presence.choices]
            )
            self.fields[f"{seat.key}-note"] = forms.CharField(
                label=f"{said}の備考", required=False, max_length=100
            )

    @property
    def rows(self) -> list[tuple]:
        """(seat, its two boxes) of every member."""
        return [
            (seat, self[f"{seat.key}-presence"], self[f"{seat.key}-note"]) for seat in self.listed
        ]

    @property
    def seats(self) -> list:
        """The members with what was said of each."""
        said = self.cleaned_data
        return [
            replace(seat, presence=said[f"{seat.key}-presence"], note=said[f"{seat.key}-note"])
            for seat in self.listed
        ]


class MinutesForm(ChangesRow, forms.Form):
    """Attendance and minutes."""

    attendance = forms.CharField(
        label="そのほかの出席者",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
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
    reason = reason_box("理由", required=False, help_text="開催した会議の議題を動かすときは必須")


class ActionForm(RecordsOnce, forms.Form):
    """An instruction to a department."""

    text = forms.CharField(
        label="指示事項", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    department = forms.ModelChoiceField(
        Department.objects.all(), label="所管課", empty_label="選んでください"
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
