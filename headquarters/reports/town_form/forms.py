"""Handing a form in, using it, and using none."""

from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError

from foundation.records import uploads
from foundation.records.forms import Act, ChangesRow, RecordsOnce

ENDING = ".xlsx"
OLD = b"\xd0\xcf\x11\xe0"  # how a locked book begins, and one of the old format
SAVE_AS = "Excelで「Excel ブック（.xlsx）」として保存し直してください。"
MACROS = f"マクロ有効ブック（{{ending}}）は使えません。{SAVE_AS}"
OTHER = f"「{{ending}}」のファイルは様式にできません。{SAVE_AS}"
LOCKED = f"パスワード付きか、古い形式（.xls）のファイルです。パスワードを外し、{SAVE_AS}"


class HandInForm(RecordsOnce, forms.Form):
    """The town's .xlsx with named cells."""

    file = forms.FileField(
        label="様式のファイル",
        help_text="Excel（.xlsx、マクロなし、10MBまで）",
        widget=forms.ClearableFileInput(attrs={"accept": ENDING}),
        error_messages={
            "required": "ファイルを選んでください。",
            "empty": "中身のないファイルです。",
        },
    )

    def clean_file(self) -> uploads.CheckedFile:
        """The file, looked into before anything is locked."""
        given = self.cleaned_data["file"]
        ending = PurePath(given.name).suffix.lower()
        if ending in (".xlsm", ".xltm", ".xlsb", ".xlam"):
            raise ValidationError(MACROS.format(ending=ending))
        if ending != ENDING:
            raise ValidationError(OTHER.format(ending=ending or given.name))
        content = uploads.read(given)
        if content.startswith(OLD):
            raise ValidationError(LOCKED)
        return uploads.checked(given.name, content)


class UseForm(Act):
    """The button that takes a form whose preview was seen."""


class StopForm(ChangesRow, forms.Form):
    """Why no form is to be filled any more."""

    reason = forms.CharField(label="使うのをやめる理由", max_length=300)
