"""Whatever is typed into a field of any type is stored right, or refused with a Japanese sentence.

One fuzz over the types of fields that the forms of the house are made of; a form with a type that
is not in the table fails.
"""

import re
import unicodedata
from datetime import date

import pytest
import time_machine
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from foundation.japanese.fields import (
    JapaneseDateField,
    JapaneseDecimalField,
    MonthField,
    WholeNumberField,
)
from foundation.japanese.ranges import DateRange
from foundation.records.choosing import SeveralField
from headquarters.upkeep.plan_changes import CodeField
from kpi.entry.forms import NumberOrReasonField
from kpi.setup.table_forms import FiscalYearField
from measures.models import Measure
from tests.test_once import all_forms

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
ENGLISH = re.compile("[A-Za-z]{5,}")
LIKE_NUMBERS = st.text(
    alphabet="0123456789０１２３４５６７８９,，.．-−▲△ー+ 　％%①②¹²㉑٣३_eE\u200b\ufeff\n",
    max_size=12,
)
LIKE_DATES = st.text(
    alphabet="0123456789０１２３/／-ー−.．年月日RrＲ令和平成元HＨ（）火水 　", max_size=16
)
ANYTHING = st.text(max_size=40) | LIKE_NUMBERS | LIKE_DATES
CHOICES = [("increase", "増加"), ("decrease", "減少"), ("", "－")]


def digits(text) -> str:
    """The digits of a text in ASCII, leading and trailing zeros as they are."""
    return "".join(each for each in unicodedata.normalize("NFKC", str(text)) if each.isdigit())


def is_whole(cleaned, typed):
    whole = re.sub(r"\.0*(?=\D*$)", "", unicodedata.normalize("NFKC", typed))
    return isinstance(cleaned, int) and str(cleaned) == digits(whole).lstrip("0").rjust(1, "0")


def is_number(cleaned, typed):
    plain = f"{abs(cleaned):f}".replace(".", "").strip("0")
    return plain == digits(typed).strip("0")


def is_text(cleaned, typed):
    return cleaned == typed.strip()


def is_choice(cleaned, typed):
    return cleaned == typed and typed in dict(CHOICES)


def is_day(cleaned, typed):
    """Day and month stand in the text; a year that stands in it is the year that was read."""
    found = digits(typed)
    year = re.search(r"(?<!\d)(\d{4})(?!\d)", unicodedata.normalize("NFKC", typed))
    return (
        isinstance(cleaned, date)
        and str(cleaned.day) in found
        and str(cleaned.month) in found
        and (year is None or "/" not in typed or cleaned.year == int(year.group(1)))
    )


def is_month(cleaned, typed):
    return cleaned.day == 1 and str(cleaned.month) in digits(typed)


def is_year(cleaned, typed):
    """The western year stands in the text, or the year of an era that it lies in."""
    said = {str(cleaned - before) for before in (0, 1867, 1911, 1925, 1988, 2018)}
    return isinstance(cleaned, int) and (digits(typed).lstrip("0") in said or "元" in typed)


WITHIN = DateRange(date(2025, 4, 1), date(2031, 3, 31))
TYPES = {
    "whole": (WholeNumberField(min_value=0, max_value=999, required=False), is_whole),
    "number": (JapaneseDecimalField(allow_negative=True, required=False), is_number),
    "date": (JapaneseDateField(required=False, within=WITHIN), is_day),
    "month": (MonthField(required=False), is_month),
    "fiscal year": (FiscalYearField(required=False), is_year),
    "text": (forms.CharField(max_length=20, required=False), is_text),
    "choice": (forms.ChoiceField(choices=CHOICES, required=False), is_choice),
}


@pytest.mark.pure
@pytest.mark.parametrize("name", TYPES)
@given(typed=ANYTHING)
def test_any_text_is_stored_right_or_refused_in_japanese(name, typed):
    field, stored_right = TYPES[name]
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        try:
            cleaned = field.clean(typed)
        except forms.ValidationError as error:
            for sentence in error.messages:
                assert JAPANESE.search(sentence), sentence
                said = sentence.replace(typed, "").replace(typed.strip(), "")
                assert not ENGLISH.search(said), sentence
            return
    if cleaned in (None, ""):
        assert not typed.replace("\u200b", "").replace("\ufeff", "").strip()
        return
    assert stored_right(cleaned, typed), (typed, cleaned)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["9223372036854775808", "9" * 400, "-1", "x", "1e3", "\x00"])
def test_a_number_that_no_row_can_have_is_one_that_no_row_has(typed):
    field = SeveralField(Measure.objects.all())
    first = str(Measure.objects.first().pk)
    assert field.clean([first]).count() == 1
    with pytest.raises(forms.ValidationError) as refused:
        field.clean([first, typed])
    assert all(map(JAPANESE.search, refused.value.messages))


@pytest.mark.pure
@pytest.mark.parametrize(
    ("typed", "stored"),
    [("12", 12), ("１２", 12), ("0", 0), ("007", 7), ("1,0", None), ("1_0", None), ("٣", None),
     ("①", None), ("1 2", None), ("1e2", None), ("-1", None), ("1000", None), ("1.0", 1),
     ("1.5", None)],
)  # fmt: skip
def test_whole_numbers(typed, stored):
    field = TYPES["whole"][0]
    if stored is None:
        with pytest.raises(forms.ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == stored


KNOWN = (
    WholeNumberField,
    JapaneseDecimalField,
    NumberOrReasonField,
    JapaneseDateField,
    MonthField,
    FiscalYearField,
    CodeField,
    forms.CharField,
    forms.EmailField,
    forms.SlugField,
    forms.BooleanField,
    forms.ChoiceField,
    forms.TypedChoiceField,
    forms.MultipleChoiceField,
    forms.TypedMultipleChoiceField,
    forms.ModelChoiceField,
    SeveralField,
    forms.FileField,
)
MACHINE = {"seen_version", "near", "first", "last", "username", "password"}


@pytest.mark.pure
def test_the_forms_are_made_of_known_types():
    strange = {
        f"{kind.__name__}.{name}: {type(field).__name__}"
        for kind in all_forms()
        for name, field in kind.base_fields.items()
        if type(field) not in KNOWN and name not in MACHINE
        and not type(field).__name__.startswith("_")
    }  # fmt: skip
    assert not strange
