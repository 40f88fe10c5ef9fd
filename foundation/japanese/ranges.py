"""Ranges of days in which a date can have been meant, with the sentence that refuses others."""

from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import wareki_date

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
        return cls(date(today.year - back, 1, 1), date(today.year + ahead, 12, 31))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def sentence(self) -> str:
        """What to do about a day outside."""
        return f"{wareki_date(self.first)}から{wareki_date(self.last)}までの日を入力してください。"
