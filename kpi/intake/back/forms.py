"""The forms of the way back: a file is chosen; what it would do is confirmed."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from foundation.japanese.calendar import wareki_month
from foundation.records.forms import RecordsOnce
from foundation.records.uploads import plain_name
from foundation.round_trip.confirming import TakeOverForm
from foundation.sheets.bounds import MEGABYTE, SHEET, TOO_LARGE, Unreadable
from kpi.intake.back.any_file import understand
from kpi.intake.back.choices import SHEET_NAMES
from kpi.intake.back.returned import Returned
from measures.models import Plan

__all__ = ["Received", "SheetForm", "TakeOverForm"]
OTHER_MONTH = "{}分の{}です。{}月を確かめて、取り出し直してください。"
NO_PLAN = "計画が読み込まれていません。"


@dataclass(frozen=True)
class Received:
    """A file that was understood, before it is kept."""

    name: str
    content: bytes
    sha256: str
    returned: Returned


class SheetForm(RecordsOnce, forms.Form):
    """A file that comes back. Only one that is understood passes."""

    file = forms.FileField(
        label="記入した入力様式",
        help_text=f"Excelブック（.xlsx）かCSV、{SHEET.size // MEGABYTE}MBまで",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
        error_messages={
            "required": "ファイルを選んでください。",
            "empty": "中身のないファイルです。",
        },
    )

    def __init__(self, *args, today: date, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_file(self) -> Received:
        """Read within limits before anything is stored or locked."""
        given = self.cleaned_data["file"]
        if given.size > SHEET.size:
            raise ValidationError(TOO_LARGE.format(SHEET.size // MEGABYTE))
        content = given.read()
        try:
            returned = understand(content)
        except Unreadable as error:
            raise ValidationError(str(error)) from error
        _check_month(returned, self.today)
        digest = hashlib.sha256(content).hexdigest()
        return Received(
            plain_name(given.name),
            content,
            digest,
            returned,
        )


def _check_month(returned: Returned, today: date) -> None:
    plan, month = Plan.objects.current(), returned.identity.month
    problem = plan.months.problem_with(month, today) if plan else NO_PLAN
    if problem:
        name = SHEET_NAMES[returned.origin]
        raise ValidationError(OTHER_MONTH.format(wareki_month(month), name, problem))
