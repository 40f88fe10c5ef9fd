"""Forms as a town would hand them in: workbooks with named cells."""

import hashlib
import io
from datetime import date
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from foundation.records.uploads import checked
from headquarters.reports.models import TownForm
from headquarters.reports.town_form.actions import hand_in_form

ON = date(2026, 11, 20)
NAMES = {"報告_年月": "$B$1", "KPI1_1_実績": "$B$2", "kpi1_1_判定": "$B$3", "町の欄": "$B$4"}


def book_of(names=NAMES, *, formulas=None):
    """A workbook with named cells: {name: address on its sheet}, {address: formula}.

    Asked twice for the same it gives the same bytes: openpyxl writes the second into a file.
    """
    return _drawn(tuple(names.items()), tuple((formulas or {}).items()))


@cache
def _drawn(names, formulas):
    book = Workbook()
    sheet = book.active
    sheet.title = "様式"
    sheet["A1"] = "様式第３号"
    for address, formula in formulas:
        sheet[address] = formula
    for name, address in names:
        book.defined_names[name] = DefinedName(name, attr_text=f"様式!{address}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_kept_form(by):
    """A row as handing in makes it, without the trial."""
    content = book_of()
    return TownForm.objects.create(
        name="様式第3号.xlsx",
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        uploaded_at="2026-11-01T00:00:00Z",
    )


def uploaded(name="様式第3号.xlsx", names=None):
    """The same as a browser sends it; without names the same bytes each time."""
    return SimpleUploadedFile(name, book_of(names) if names else book_of())


def a_town_form(by, names=NAMES, name="様式第3号.xlsx", on=ON, **given):
    """A form that was handed in and is not used yet."""
    return hand_in_form(by=by, file=checked(name, book_of(names, **given)), on=on)
