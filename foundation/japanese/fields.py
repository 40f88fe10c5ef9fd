"""Form fields: is this text a number, a date, a month?"""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from foundation.japanese.calendar import (
    fiscal_year,
    fiscal_year_name,
    format_month,
    parse_date,
    read_month,
    wareki_month,
    wareki_short,
)
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


class WholeNumberField(JapaneseDecimalField):
    """A whole number within bounds, as officials type it; cleans to int or None."""

    def __init__(self, *, min_value: int, max_value: int, **kwargs):
        self.min_value, self.max_value = min_value, max_value
        super().__init__(decimals=0, **kwargs)

    def to_python(self, value):
        number = super().to_python(value)
        if number is None:
            return None
        if not self.min_value <= number <= self.max_value:
            bounds = f"{self.min_value}～{self.max_value}"
            raise ValidationError(f"{bounds}の数字で入力してください。", code="bounds")

        return int(number)

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else str(value)


class ReadAloud(forms.Field):
    """A field whose page says what is read in the typed text, before it is saved.

    Its box tells the script `static/dates.js` how to ask: what is read, near to which day, in
    which range. `within`: the days that can have been meant, or what gives them for today.
    """

    reads = ""
    within: DateRange | Callable[[date], DateRange]

    def today_typed(self) -> date:
        """The day on which the text is typed."""
        return timezone.localdate()

    def within_of(self, today: date) -> DateRange:
        """The days that can have been meant, asked today."""
        return self.within if isinstance(self.within, DateRange) else self.within(today)

    def reading(self) -> dict[str, str]:
        """What the box says of itself, as attributes."""
        within = self.within_of(self.today_typed())
        first, last = within.first.isoformat(), within.last.isoformat()
        return {"data-reads": self.reads, "data-first": first, "data-last": last}

    def get_bound_field(self, form, field_name):
        if not self.widget.is_hidden:
            self.widget.attrs.update(self.reading())
        return super().get_bound_field(form, field_name)


class JapaneseDateField(ReadAloud):
    """A date, western or era, or month and day alone; cleans to date or None.

    `near`: the day to which 「11/3」 is nearest (default: today). `within`: default a range around
    today so wide that only a mistyped year lies outside.
    """

    default_error_messages = {"required": "日付を入力してください。"}
    reads = "date"

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

    def reading(self) -> dict[str, str]:
        near = {"data-near": self.near.isoformat()} if self.near else {}
        return {**super().reading(), **near}

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        today = self.today_typed()
        try:
            day = parse_date(str(value), near=self.near or today)
        except ValueError as error:
            raise ValidationError(str(error), code="date") from None
        within = self.within_of(today)
        if day not in within:
            raise ValidationError(within.sentence, code="range")

        return day

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else wareki_short(value)

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class MonthField(ReadAloud):
    """A month as people write it; cleans to the first of it, or None. Shown as 令和8年10月.

    Where few months can be meant they are offered (`offers`: for today; `offer`: these) and the box
    becomes a select; what is posted in any other writing is read all the same.
    """

    default_error_messages = {"required": "月を入力してください。"}
    reads = "month"

    def __init__(
        self,
        *,
        within: DateRange | Callable[[date], DateRange] = DateRange.around,
        offers: Callable[[date], Iterable[date]] | None = None,
        **kwargs,
    ):
        self.within, self.offers = within, offers
        self.offered: tuple[date, ...] = ()
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"placeholder": "例：R8.10", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def offer(self, months: Iterable[date]) -> None:
        """Make the box a select of these months, by fiscal year."""
        self.offered = tuple(months)
        years = groupby(self.offered, key=_year_name)
        groups = [(year, [*map(_option, found)]) for year, found in years]
        choices = groups[0][1] if len(groups) == 1 else groups
        blank = "選んでください" if self.required else "－"
        self.widget = forms.Select(choices=[("", blank), *choices])
        self.widget.is_required = self.required

    def reading(self) -> dict[str, str]:
        return {} if self.offered else super().reading()

    def get_bound_field(self, form, field_name):
        """What was typed and is not offered is offered too: it is shown again with its error."""
        if self.offers and not self.offered:
            self.offer(self.offers(self.today_typed()))
        bound = super().get_bound_field(form, field_name)
        value = bound.value() if self.offered else None
        if value and value not in {format_month(month) for month in self.offered}:
            self.widget.choices = [*self.widget.choices, (value, _month_words(value))]
        return bound

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            month = read_month(str(value))
        except ValueError as error:
            raise ValidationError(str(error), code="month") from None
        within = self.within_of(self.today_typed())
        if month not in within:
            raise ValidationError(within.sentence, code="range")
        return month

    def prepare_value(self, value):
        if value is None:
            return None
        if not self.offered:
            return value if isinstance(value, str) else wareki_month(value)
        try:
            return format_month(read_month(value) if isinstance(value, str) else value)
        except ValueError:
            return value


def offer_months(form: forms.BaseForm, name: str, months: Iterable[date]) -> None:
    """Make a form's month a select of these months."""
    field = form.fields[name]
    assert isinstance(field, MonthField)
    field.offer(months)


def _year_name(month: date) -> str:
    return fiscal_year_name(fiscal_year(month))


def _option(month: date) -> tuple[str, str]:
    return format_month(month), wareki_month(month)


def _month_words(text: str) -> str:
    try:
        return wareki_month(read_month(text))
    except ValueError:
        return text
