"""The forms of the tokens."""

from typing import cast

from django import forms

from foundation.accounts.models import Department
from foundation.japanese.fields import JapaneseDateField
from foundation.records.forms import ChangesRow, RecordsOnce
from headquarters.feeds.tokens import lasting_days


class TokenForm(RecordsOnce, forms.Form):
    """For which department, for what, until when."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label="課", empty_label="選んでください"
    )
    purpose = forms.CharField(
        label="使いみち",
        max_length=60,
        help_text="どのExcelで使うか。例：課の進捗管理表、財政との協議資料",
    )
    expires_on = JapaneseDateField(
        label="有効期限",
        required=False,
        within=lasting_days,
        help_text="この日まで使えます。空欄は、取り消すまで。",
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        departments = cast(forms.ModelChoiceField, self.fields["department"])
        departments.queryset = Department.objects.on(today)


class RevokeForm(ChangesRow, forms.Form):
    """Why a token is to open nothing any more."""

    reason = forms.CharField(
        label="取り消す理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
