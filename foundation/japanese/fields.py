"""Form fields: is this text a number, a date, a month?"""

from collections.abc import Callable
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from foundation.japanese.calendar import parse_date, read_month, wareki_month, wareki_short
from foundation.japanese.numbers import NumberError, decimals_of, format_plain, parse_decimal
from foundation.japanese.ranges import DateRange


class JapaneseDecimalField(forms.Field):
    """A number as officials type it.

    Cleans to Decimal or None. The typed text is kept when it is wrong.
    """

    default_error_messages = {"required": "数字を入力してください。"}
    said = ""  # what a grid adds to the name of the box when it is read aloud

    def __init__(self, *, unit="", allow_negative=False, decimals=None, **kwargs):
        self.unit, self.allow_negative, self.decimals = unit, allow_negative, decimals
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            number = parse_decimal(str(value), unit=self.unit, allow_negative=self.allow_negative)
        except NumberError as error:
            raise ValidationError(str(error), code=error.code) from None
        if self.decimals is not None and decimals_of(number) > self.decimals:
            how = "整数" if self.decimals == 0 else f"小数{self.decimals}桁まで"
            raise ValidationError(f"{how}で入力してください。", code="decimals")
        return number

    def prepare_value(self, value):
        return (
            value
            if isinstance(value, str) or value is None
            else format_plain(value).replace("−", "-")
        )

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class JapaneseDateField(forms.Field):
    """A date, western or era, or month and day alone; cleans to date or None.

    `near`: the day to which 「11/3」 is nearest (default: today). `within`: the days that can have
    been meant, or what gives them for today (default: a range around today so wide that only a
    mistyped year lies outside).
    """

    default_error_messages = {"required": "日付を入力してください。"}

    def __init__(
        self,
        *,
        near: date | None = None,
        within: DateRange | Callable[[date], DateRange] = DateRange.around,
        **kwargs,
    ):
        self.near, self.within = near, within
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"autocomplete": "off", "placeholder": "例：R8.11.3"})
        )
        super().__init__(**kwargs)

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        today = timezone.localdate()
        try:
            day = parse_date(str(value), near=self.near or today)
        except ValueError as error:
            raise ValidationError(str(error), code="date") from None
        within = self.within_of(today)
        if day not in within:
            raise ValidationError(within.sentence, code="range")
        return day

    def within_of(self, today: date) -> DateRange:
        """The days that can have been meant, asked today."""
        return self.within if isinstance(self.within, DateRange) else self.within(today)

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else wareki_short(value)

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class MonthField(forms.Field):
    """A month as people write it; cleans to the first of it, or None. Shown as 令和8年10月."""

    default_error_messages = {"required": "月を入力してください。"}

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"placeholder": "例：R8.10", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            month = read_month(str(value))
        except ValueError as error:
            raise ValidationError(str(error), code="month") from None
        within = DateRange.around(timezone.localdate())
        if month not in within:
            raise ValidationError(within.sentence, code="range")
        return month

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else wareki_month(value)
