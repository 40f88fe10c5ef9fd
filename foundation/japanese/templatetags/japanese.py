"""Template filters for dates, months and numbers. None becomes the empty string."""

from datetime import datetime

from django import template
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from foundation.japanese import calendar, numbers
from foundation.japanese.unbroken import unbroken

register = template.Library()
TEN = 10


def _filter(name, function):
    """Register `function` so that None and "" pass through as ""."""

    def guarded(value):
        return "" if value in (None, "") else function(value)

    register.filter(name, guarded)


def _filter_with_decimals(name, function):
    """Register `function(value, decimals)`.

    The filter's argument is the number of decimals (default 0).
    """

    def guarded(value, decimals=0):
        return "" if value in (None, "") else function(value, decimals)

    register.filter(name, guarded)


_filter("wareki", calendar.wareki_date)
_filter("wareki_short", calendar.wareki_short)
_filter("wareki_month", calendar.wareki_month)
_filter("wareki_month_short", calendar.wareki_month_short)
_filter("month_name", calendar.month_name)
_filter("weekday_date", calendar.date_with_weekday)
_filter("fiscal_year_label", calendar.fiscal_year_label)
_filter("fiscal_year_name", calendar.fiscal_year_name)
_filter("fiscal_year_names", lambda years: "、".join(map(calendar.fiscal_year_name, years)))
_filter("fiscal_year_short", calendar.fiscal_year_short)
_filter("iso_month", calendar.format_month)
_filter_with_decimals("number", numbers.format_number)
_filter("plain", numbers.format_plain)
_filter_with_decimals("plain_at", numbers.format_needed)
_filter_with_decimals("signed", numbers.format_signed)


def moment(value: datetime) -> str:
    """「令和8年11月28日 9:05」, in the town's time."""
    local = timezone.localtime(value)
    return f"{calendar.wareki_date(local.date())} {local.hour}:{local.minute:02d}"


_filter(
    "date_input", lambda value: value if isinstance(value, str) else calendar.wareki_short(value)
)
_filter(
    "plain_input", lambda value: value if isinstance(value, str) else numbers.format_plain(value)
)
_filter("moment", moment)
_filter("unbroken", unbroken)


def _stamp(value):
    """「11月6日 10:30」."""
    local = timezone.localtime(value)
    return f"{local.month}月{local.day}日 {local.hour}:{local.minute:02d}"


def _stamp_day(value):
    """「11月6日」, or the time when it was today."""
    local = timezone.localtime(value)
    if local.date() == timezone.localdate():
        return f"{local.hour}:{local.minute:02d}"
    return f"{local.month}月{local.day}日"


def _stamp_date(value):
    """「11月6日」."""
    local = timezone.localtime(value)
    return f"{local.month}月{local.day}日"


def _day_of(value):
    """「令和8年11月6日（金）」: the day of a moment."""
    day = timezone.localtime(value).date()
    return f"{calendar.wareki_date(day)}（{calendar.WEEKDAYS[day.weekday()]}）"


def _clock(value):
    """「10:30」: the time of day of a moment."""
    local = timezone.localtime(value)
    return f"{local.hour}:{local.minute:02d}"


_filter("stamp_date", _stamp_date)
_filter("day_of", _day_of)
_filter("clock", _clock)


@register.simple_tag
def word(key, said):
    """`{% word "expectation" "期待値" %}`: a word with the way to its meaning on the page 用語."""
    return format_html(
        '<a class="dx-word" href="{}#w-{}">{}</a>',
        reverse("desk:words"),
        key,
        said,
    )


@register.filter
def counted(number: int) -> str:
    """「4つ」, from ten on 「10」: how things are counted in a sentence."""
    return f"{number}つ" if 0 < number < TEN else str(number)


@register.filter
def as_of(month, on):
    """`{{ month|as_of:today }}`: the day as of which a month is seen."""
    return (
        calendar.as_of_words(
            month,
            on,
        )
        if month
        else ""
    )


@register.filter
def reads(bound):
    """`{{ field|reads }}`: the attributes with which a box written by hand says what it reads."""
    return flatatt(bound.field.reading())


_filter("stamp_day", _stamp_day)
_filter("stamp", _stamp)
