"""Ranges of days in which a date can have been meant, with the sentence that refuses others."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from foundation.japanese.calendar import add_months, last_of_month, wareki_date

YEARS_BACK, YEARS_AHEAD = 30, 20


@dataclass(frozen=True)
class DateRange:
    """From a first to a last day, both inclusive."""

    first: date
    last: date

    @classmethod
    def around(
        cls, today: date, *, back: int = YEARS_BACK, ahead: int = YEARS_AHEAD
    ) -> "DateRange":
        """Whole years around a day; what no form asks for can lie outside of the widest."""
        return cls(
            date(
                today.year - back,
                1,
                1,
            ),
            date(today.year + ahead, 12, 31),
        )

    @classmethod
    def years(cls, first: date, last: date, *, back: int = 0, ahead: int = 0) -> "DateRange":
        """From so many years before a first day to so many after a last one."""
        return cls(_moved(first, -back), _moved(last, ahead))

    def check(self, day: date | None, field: str) -> None:
        """ValidationError on the field when a day is given and lies outside."""
        if day is not None and day not in self:
            raise ValidationError({field: self.sentence})

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def sentence(self) -> str:
        """What to do about a day outside."""
        return f"{wareki_date(self.first)}から{wareki_date(self.last)}までの日を入力してください。"


def _moved(day: date, years: int) -> date:
    """The same day so many years later, or the last of its month."""
    month = add_months(day, 12 * years)
    return month.replace(day=min(day.day, last_of_month(month).day))


def decision_days(today: date) -> DateRange:
    """When a decision can have been made or a meeting can be held (docs/rules.md §1)."""
    return DateRange.years(today, today, back=5, ahead=2)


def membership_days(today: date) -> DateRange:
    """When somebody's work in a department can begin or end: a whole career back, some years on."""
    return DateRange.years(today, today, back=45, ahead=5)


def department_days(today: date) -> DateRange:
    """When a department can have been set up, or can end."""
    return DateRange.years(today, today, back=100, ahead=10)


def deadline_days(month: date) -> DateRange:
    """When something asked for about a month can be due: within a year of it."""
    return DateRange.years(
        month,
        last_of_month(month),
        ahead=1,
    )
