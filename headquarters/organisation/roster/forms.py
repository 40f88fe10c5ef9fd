"""The forms of the roster."""

from django import forms

from foundation.accounts.models import Department
from foundation.japanese.fields import JapaneseDateField, WholeNumberField
from foundation.japanese.ranges import membership_days
from foundation.records.choosing import SeveralField
from foundation.records.forms import ChangesRow, RecordsOnce
from headquarters.organisation.roster.choices import Duty, Part

NAME = "町が登録した氏名だけを表示します"


def day_field(label: str, **options) -> JapaneseDateField:
    """A day of somebody's work in a post."""
    return JapaneseDateField(label=label, within=membership_days, **options)


def reason_field(label: str) -> forms.CharField:
    """Why something is taken back."""
    return forms.CharField(
        label=label,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PostFields(forms.Form):
    """What is said of a post."""

    duty = forms.ChoiceField(label="役", choices=Duty)
    title = forms.CharField(label="職", max_length=50, help_text="例：町長、総務課長")
    department = forms.ModelChoiceField(
        Department.objects.all(), label="課", required=False, empty_label="なし"
    )
    part = forms.ChoiceField(label="会議の出欠", choices=Part)
    order = WholeNumberField(
        label="並び順",
        min_value=0,
        max_value=999,
        required=False,
        help_text="同じ役の中での順。小さい数が先",
    )


class PostForm(RecordsOnce, PostFields):
    """A new post, with whoever holds it."""

    name = forms.CharField(label="氏名", max_length=100, required=False, help_text=NAME)
    starts_on = day_field("いつから", required=False)


class PostEditForm(ChangesRow, PostFields):
    """A post that stands."""


class DepartmentsForm(RecordsOnce, forms.Form):
    """委員: the heads of which departments."""

    departments = SeveralField(
        Department.objects.none(),
        label="委員になる課の長",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "課を1つ以上選んでください。"},
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        choice = self.fields["departments"]
        assert isinstance(choice, SeveralField)
        choice.queryset = Department.objects.on(today)


class EndPostForm(ChangesRow, forms.Form):
    """The last day of a post that is given up, and why."""

    ends_on = day_field("最後の日", help_text="在任中の人も、この日までになります")
    reason = reason_field("外す理由")


class HolderForm(ChangesRow, forms.Form):
    """Who holds a post from now on."""

    name = forms.CharField(label="氏名", max_length=100, help_text=NAME)
    starts_on = day_field("いつから", help_text="前任の人は、この日の前の日までになります")
    ends_on = day_field(
        "いつまで", required=False, help_text="前任の人を後から登録するとき。空欄は在任中"
    )


class HoldingForm(ChangesRow, forms.Form):
    """Name and days of a holding."""

    name = forms.CharField(label="氏名", max_length=100)
    valid_from = day_field("いつから")
    valid_until = day_field("いつまで", required=False, help_text="空欄は在任中")


class WithdrawHoldingForm(ChangesRow, forms.Form):
    """Why a holding was recorded by mistake."""

    reason = reason_field("取り消す理由")
