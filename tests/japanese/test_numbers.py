"""Numbers as officials type them; what is not a number says so."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.japanese.fields import JapaneseDecimalField
from foundation.japanese.numbers import (
    NumberError,
    format_number,
    format_plain,
    format_signed,
    parse_decimal,
    round_half_up,
    whole_number,
)

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("１，２３４件", "件", "1234"),
        ("８５．５％", "％", "85.5"),
        ("３業務", "業務", "3"),
        ("85%", "％", "85"),
        ("0", "", "0"),
        ("1,234,567.50", "", "1234567.50"),
        (" 12 ", "", "12"),
        ("-0", "", "0"),
        (".5", "", "0.5"),
        ("１，２３４．５", "時間", "1234.5"),
    ],
)
def test_read(text, unit, number):
    assert parse_decimal(text, unit=unit) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 234", "1234"),
        ("12 345", "12345"),
        ("1 234 567", "1234567"),
        ("123 456 789", "123456789"),
        ("１　２３４件", "1234"),
        ("\u200b118\ufeff", "118"),
        ("\u202a118\u202c", "118"),
        ("118 件", "118"),
        ("▲ 5", "-5"),
        ("▲1 234", "-1234"),
    ],
)
def test_blanks_between_thousands_and_invisible_signs(text, number):
    assert parse_decimal(text, unit="件", allow_negative=True) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("120①", "mark"),
        ("㉑", "mark"),
        ("⑩", "mark"),
        ("120¹", "mark"),
        ("12½", "mark"),
        ("②120", "mark"),
        ("12 5", "blank"),
        ("118 598", "blank"),
        ("118\n598", "blank"),
        ("1\n234", "blank"),
        ("1\t234", "blank"),
        ("1 2 3", "blank"),
        ("1 23", "blank"),
        ("1 2345", "blank"),
        ("118　598", "blank"),
        ("3くらい", "not_number"),
        ("٣", "not_number"),
        ("十二", "not_number"),
        ("12人", "not_number"),
        ("1/2", "not_number"),
        ("1e5", "not_number"),
        ("0x10", "not_number"),
    ],
)
def test_marks_blanks_and_other_scripts_are_refused_with_the_reason(text, code):
    with pytest.raises(NumberError) as found:
        parse_decimal(text, unit="件", allow_negative=True)
    assert found.value.code == code
    assert text.strip() in str(found.value)


PLAIN = str.maketrans("０１２３４５６７８９．", "0123456789.")


@given(st.text(max_size=12))
def test_any_text_is_read_right_or_refused_in_words(text):
    """What is read has, in its order, exactly the digits that were typed."""
    try:
        number = parse_decimal(text, unit="件", allow_negative=True)
    except NumberError as error:
        assert str(error).endswith("。") or str(error).endswith("）。")
        return
    typed = "".join(sign for sign in text.translate(PLAIN) if sign in "0123456789.")
    assert abs(number) == Decimal(typed)


@pytest.mark.parametrize("text", ["▲5", "△5", "−5", "-5", "－５", "‐5"])
def test_minus(text):
    assert parse_decimal(text, allow_negative=True) == Decimal(-5)
    with pytest.raises(NumberError) as found:
        parse_decimal(text)
    assert found.value.code == "negative"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("　", "empty"),
        ("－", "dash"),
        ("―", "dash"),
        ("ー", "dash"),
        ("-", "dash"),
        ("abc", "not_number"),
        ("1.2.3", "not_number"),
        ("3くらい", "not_number"),
        ("NaN", "not_number"),
        ("Infinity", "not_number"),
        ("1e5", "not_number"),
        ("12,34", "commas"),
        ("1,2", "commas"),
        ("123456789012345", "too_long"),
        ("5人", "not_number"),
        ("=1+1", "not_number"),
        ("١٢", "not_number"),
    ],
)
def test_refused_by_kind(text, code):
    with pytest.raises(NumberError) as found:
        parse_decimal(text, unit="件", allow_negative=True)
    assert found.value.code == code
    assert str(found.value).endswith("。")


def test_a_lone_dash_asks_for_a_reason():
    with pytest.raises(NumberError, match="値なしの理由"):
        parse_decimal("－")


@given(st.decimals(-(10**13), 10**13, places=4))
def test_written_numbers_are_read_back(number):
    assert parse_decimal(format_plain(number), allow_negative=True) == number


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_a_sentence(text):
    try:
        assert parse_decimal(text, unit="件", allow_negative=True).is_finite()
    except NumberError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("number", "places", "shown"),
    [
        ("0.05", 1, "0.1"),
        ("-0.05", 1, "-0.1"),
        ("2.5", 0, "3"),
        ("99.95", 1, "100.0"),
        ("99.94", 1, "99.9"),
    ],
)
def test_rounding_is_half_up(number, places, shown):
    assert str(round_half_up(Decimal(number), places)) == shown


def test_shown():
    assert format_number(Decimal("-1234.5"), 1) == "−1,234.5"
    assert [format_signed(Decimal(n), 1) for n in ("3", "-2.7", "0")] == ["＋3.0", "−2.7", "±0"]


def test_field_counts_decimals_and_keeps_zero():
    field = JapaneseDecimalField(decimals=0, required=False)
    assert field.clean("0") == 0
    assert field.clean("") is None
    assert field.has_changed(Decimal(0), "0") is False
    assert field.has_changed(None, "0") is True


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("12", 12),
        ("²", None),
        ("１２", None),
        ("-1", None),
        ("", None),
        (None, None),
        ("9" * 20, None),
        ("1.5", None),
    ],
)
def test_numbers_of_addresses_and_hidden_fields(text, number):
    assert whole_number(text) == number
    assert whole_number(text, -1) == (-1 if number is None else number)
