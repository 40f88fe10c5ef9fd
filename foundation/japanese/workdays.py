"""Working days of a Japanese municipality.

No weekends, no public holidays, no year-end closing (12/29–1/3).
"""

from datetime import date, time, timedelta

import jpholiday

CLOSING_TIME = time(17, 15)  # when the office closes and deadlines end
LONGEST_COUNT = 366


def hour_words(hour: time) -> str:
    """「17時15分」, 「12時」."""
    minutes = f"{hour.minute}分" if hour.minute else ""
    return f"{hour.hour}時{minutes}"


def is_working_day(day: date) -> bool:
    """Is the office open on that day?"""
    if day.weekday() >= 5 or (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return False
    return not jpholiday.is_holiday(day)


def next_working_day(day: date) -> date:
    """`day` itself when the office is open, else the next day on which it is."""
    while not is_working_day(day) and day < date.max:
        day += timedelta(days=1)
    return day


def working_days_left(today: date, due: date) -> int:
    """Working days after `today` up to and including `due`; 0 when `due` is today or past.

    Counted for a year at most: a day farther away has been mistyped.
    """
    days = min(
        (due - today).days,
        LONGEST_COUNT,
    )
    return sum(is_working_day(today + timedelta(days=n)) for n in range(1, days + 1))


def working_day_after(day: date, number: int) -> date:
    """The `number`-th working day after `day`."""
    while number:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day
