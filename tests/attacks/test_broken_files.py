"""Broken and hostile files through every reader: understood, or refused in a Japanese sentence.

The readers come from the forms: a form with a file that is not in the table fails. What is
understood goes on, as the portal would: its difference is drawn. A seeded few hundred in every
run, two thousand of each reader by `run.py test --deep`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import pytest
import time_machine
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from foundation.accounts.department_list import read_departments
from foundation.accounts.forms import DepartmentListForm, ImportForm
from foundation.accounts.importing import read as read_users
from foundation.records.forms import FileForm
from foundation.round_trip.actions import keep_sheet
from foundation.round_trip.forms import SheetFileForm
from foundation.round_trip.previewing import preview_of
from headquarters.reports.town_form.actions import hand_in_form
from headquarters.reports.town_form.forms import HandInForm
from kpi.intake.back.actions import keep_file
from kpi.intake.back.forms import SheetForm
from kpi.intake.back.preview import preview_of as preview_of_values
from kpi.setup.sheets.kind import target_sheets
from roadmap.sheets.kind import MILESTONES
from tests.attacks.broken_books import broken, scrambled
from tests.attacks.hostile import DEEP
from tests.attacks.watching import JAPANESE, listed
from tests.kpi.returned_reports import report_of
from tests.kpi.returned_sheets import filled, sheet_of
from tests.reports.forms_of_towns import book_of
from tests.returned import filled as typed_in
from tests.returned import milestone_sheet_of, target_sheet_now
from tests.sheets.test_inspection import a_document
from tests.test_at_once import NOW, ON, clerk, found_town, step
from tests.test_once import used_forms

pytestmark = pytest.mark.pure  # files are read in Python
CASES = min(DEEP, 2000)
CSV = "番号,年月,実績値,分子,分母,値なしの理由,暫定・確定,コメント（内部）\r\n" + "".join(
    f"{code},2026年10月,{value},,,,暫定,備考\r\n" for code, value in (("1-1", 3), ("1-2", 120))
)
USERS = "利用者名,氏名,課,役割,職名,開始日\r\nsato,佐藤 一,総務課,課長,係長,R8.4.1\r\n"
DEPARTMENTS = "課名,課コード\r\n保健福祉課,fukushi\r\n農政課,\r\n"


def entry_sheet():
    return filled(sheet_of("総務課"), {"1-2": {"value": 300, "note": "備考"}})


def milestone_sheet():
    return typed_in(milestone_sheet_of(step()), MILESTONES, {})


def as_values(form):
    file = keep_file(by=clerk(), received=form.cleaned_data["file"])
    list(preview_of_values(file, clerk(), at=timezone.now()).to_see)


def as_sheet(form):
    file = keep_sheet(by=clerk(), received=form.cleaned_data["file"], kind=form.kind)
    list(preview_of(file, clerk(), form.kind, at=timezone.now()).to_see)


def as_town_form(form):
    """A book without a free cell of a known name is refused by the action."""
    try:
        hand_in_form(by=clerk(), file=form.cleaned_data["file"], on=ON)
    except ValidationError as refused:
        assert all(map(JAPANESE.search, refused.messages)), refused.messages


def as_users(form):
    _, errors = read_users(form.cleaned_data["text"], today=ON)
    assert all(map(JAPANESE.search, errors)), errors


def as_departments(form):
    found = read_departments(form.cleaned_data["text"], today=ON)
    assert all(map(JAPANESE.search, found.problems)), found.problems


@dataclass(frozen=True)
class Reader:
    """A form that reads a file, a sound one for it, and what is done with one it understands."""

    form: type[forms.Form]
    sound: Callable[[], bytes]
    then: Callable[[Any], None] = lambda form: None
    given: Callable[[], dict[str, Any]] = dict
    name: str = "様式.xlsx"
    spoil: Callable[[bytes, Random], tuple[str, bytes]] = broken
    few: int = 40  # cases of an ordinary run


READERS = {
    "entry sheet": Reader(SheetForm, entry_sheet, as_values, lambda: {"today": ON}),
    "monthly report": Reader(
        SheetForm,
        lambda: report_of(date(2026, 10, 1), ON),
        as_values,
        lambda: {"today": ON},
        few=8,  # a large book
    ),
    "CSV of values": Reader(
        SheetForm, CSV.encode, as_values, lambda: {"today": ON}, "値.csv", scrambled
    ),
    "target sheet": Reader(
        SheetFileForm, target_sheet_now, as_sheet, lambda: {"kind": target_sheets()}, few=15
    ),
    "milestone sheet": Reader(
        SheetFileForm, milestone_sheet, as_sheet, lambda: {"kind": MILESTONES}
    ),
    "town form": Reader(HandInForm, book_of, as_town_form),
    "users": Reader(ImportForm, USERS.encode, as_users, dict, "利用者.csv", scrambled),
    "departments": Reader(
        DepartmentListForm, DEPARTMENTS.encode, as_departments, dict, "課.csv", scrambled
    ),
    "attached workbook": Reader(FileForm, book_of),
    "attached document": Reader(FileForm, a_document, name="証拠.docx"),
}


@pytest.fixture
def town(db):
    with time_machine.travel(NOW, tick=False):
        yield found_town()


def asked(reader: Reader, content: bytes):
    """The form with this file; `is_valid` says whether it was understood."""
    data = QueryDict("once=xxxxxxxxxxxxxxxxxxxx&text=")
    files = {"file": SimpleUploadedFile(reader.name, content)}
    return reader.form(data, files, **reader.given())


def tried(reader: Reader, content: bytes) -> str:
    """What came of a file: taken or refused; an exception is the fault that is looked for."""
    form = asked(reader, content)
    if not form.is_valid():
        said = [sentence for row in form.errors.values() for sentence in row]
        assert all(map(JAPANESE.search, said)), said
        return "refused"
    with transaction.atomic():
        reader.then(form)
        transaction.set_rollback(True)
    return "taken"


@pytest.mark.parametrize("name", READERS)
def test_no_broken_file_breaks_a_reader(name, town):
    reader = READERS[name]
    sound = reader.sound()
    assert tried(reader, sound) == "taken"
    faults, came = {}, Counter()
    for number in range(CASES or reader.few):
        seed = f"{name} {number}"
        way, content = reader.spoil(sound, Random(seed))
        try:
            came[tried(reader, content)] += 1
        except Exception as fault:  # noqa: BLE001  (whatever it is, it is told with its seed)
            faults[f"{seed}: {way}"] = [f"{type(fault).__name__}: {str(fault)[:300]}"]
    print(f"{name}: {dict(came)}")
    assert not faults, listed(faults)
    assert came["refused"], "nothing was refused: were the files broken at all?"


def test_every_form_with_a_file_is_in_the_table():
    with_files = {
        kind
        for kind in used_forms()
        if any(isinstance(field, forms.FileField) for field in kind.base_fields.values())
    }
    assert with_files == {reader.form for reader in READERS.values()}
