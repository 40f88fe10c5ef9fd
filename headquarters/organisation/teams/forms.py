"""The forms of project teams, their members and sittings."""

from django import forms

from foundation.accounts.models import Department
from foundation.japanese.fields import JapaneseDateField
from foundation.japanese.ranges import decision_days, membership_days
from foundation.records.choosing import SeveralField
from foundation.records.forms import ChangesRow, RecordsOnce
from headquarters.organisation.teams.choices import TeamPart
from measures.models import Measure


def lines(count: int) -> forms.Textarea:
    """A box of so many lines."""
    return forms.Textarea(attrs={"rows": count})


class TeamFields(forms.Form):
    """What is said of a team."""

    name = forms.CharField(label="チーム名", max_length=100, help_text="例：窓口デジタル化チーム")
    purpose = forms.CharField(label="目的", max_length=500, required=False, widget=lines(3))
    measures = SeveralField(
        Measure.objects.all(),
        label="対象の施策",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    national_item = forms.CharField(
        label="国の示す重点取組事項",
        max_length=200,
        required=False,
        help_text="施策ではなく国の重点取組事項のチームのとき、その名前",
    )
    starts_on = JapaneseDateField(label="設置日", within=decision_days)
    ends_on = JapaneseDateField(
        label="終了日", within=decision_days, required=False, help_text="空欄は活動中"
    )


class TeamForm(RecordsOnce, TeamFields):
    """A new team."""


class TeamEditForm(ChangesRow, TeamFields):
    """A team that stands."""


class MemberFields(forms.Form):
    """What is said of a member: a department, a post or a person."""

    part = forms.ChoiceField(label="役", choices=TeamPart, initial=TeamPart.MEMBER)
    department = forms.ModelChoiceField(
        Department.objects.all(), label="課", required=False, empty_label="なし"
    )
    post = forms.CharField(
        label="職", max_length=50, required=False, help_text="例：住民環境課長、企画係長"
    )
    name = forms.CharField(label="氏名", max_length=100, required=False, help_text="空欄は職で登録")
    valid_from = JapaneseDateField(label="いつから", within=membership_days)
    valid_until = JapaneseDateField(
        label="いつまで", within=membership_days, required=False, help_text="空欄は今も構成員"
    )

    def clean(self):
        """One of the three has to be said."""
        super().clean()
        said = self.cleaned_data
        if not any(said.get(name) for name in ("department", "post", "name")):
            self.add_error("name", "課、職、氏名のどれかを入力してください。")
        return said


class MemberForm(RecordsOnce, MemberFields):
    """A new member."""


class MemberEditForm(ChangesRow, MemberFields):
    """A member that stands."""


class SittingFields(forms.Form):
    """What is recorded of a sitting."""

    held_on = JapaneseDateField(label="開催日", within=decision_days)
    place = forms.CharField(label="場所", max_length=100, required=False)
    attendance = forms.CharField(
        label="出席", max_length=200, required=False, help_text="例：7／8人（税務課が欠席）"
    )
    notes = forms.CharField(label="会合の記録", max_length=4000, required=False, widget=lines(8))
    decisions = forms.CharField(
        label="決定", max_length=2000, required=False, widget=lines(4), help_text="1行に1件"
    )


class SittingForm(RecordsOnce, SittingFields):
    """A sitting that is recorded."""


class SittingEditForm(ChangesRow, SittingFields):
    """A sitting that stands."""


class InstructForm(RecordsOnce, forms.Form):
    """What a sitting asks of a department."""

    text = forms.CharField(label="指示事項", max_length=500, widget=lines(3))
    department = forms.ModelChoiceField(
        Department.objects.all(), label="所管課", empty_label="選んでください"
    )
    due_on = JapaneseDateField(label="期限")
    measure = forms.ModelChoiceField(
        Measure.objects.all(), label="施策", required=False, empty_label="なし"
    )


class WithdrawTeamForm(ChangesRow, forms.Form):
    """Why something of a team was entered by mistake."""

    reason = forms.CharField(label="取り消す理由", max_length=300, widget=lines(2))
