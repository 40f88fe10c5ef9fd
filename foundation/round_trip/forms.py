"""The form by which a filled-in sheet comes back."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.records.forms import RecordsOnce
from foundation.records.uploads import plain_name
from foundation.round_trip.kind import SheetKind
from foundation.round_trip.returned import ReturnedSheet, understand
from foundation.sheets.bounds import MEGABYTE, SHEET, TOO_LARGE, Unreadable


@dataclass(frozen=True)
class ReceivedSheet:
    """A file that was understood, before it is kept."""

    name: str
    content: bytes
    sha256: str
    returned: ReturnedSheet


class SheetFileForm(RecordsOnce, forms.Form):
    """A sheet that comes back. Only a file that is understood passes."""

    file = forms.FileField(
        help_text=f"Excelブック（.xlsx）、{SHEET.size // MEGABYTE}MBまで",
        widget=forms.FileInput(attrs={"accept": ".xlsx", "class": "form-control"}),
        error_messages={
            "required": "ファイルを選んでください。",
            "empty": "中身のないファイルです。",
        },
    )

    def __init__(self, *args, kind: SheetKind[Any], **kwargs):
        self.kind = kind
        super().__init__(*args, **kwargs)
        self.fields["file"].label = f"記入した{kind.title}"

    def clean_file(self) -> ReceivedSheet:
        """Read within limits before anything is stored or locked."""
        given = self.cleaned_data["file"]
        if given.size > SHEET.size:
            raise ValidationError(TOO_LARGE.format(SHEET.size // MEGABYTE))
        content = given.read()
        try:
            returned = understand(content, self.kind)
        except Unreadable as error:
            raise ValidationError(str(error)) from error
        digest = hashlib.sha256(content).hexdigest()
        return ReceivedSheet(
            plain_name(given.name),
            content,
            digest,
            returned,
        )
