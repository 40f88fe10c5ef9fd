"""URL converters."""

from datetime import date

from foundation.japanese.calendar import format_month, is_sensible, parse_month


class MonthConverter:
    """ "2026-10" in an address ↔ date(2026, 10, 1)."""

    regex = r"\d{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        """The month; ValueError (404) for one that nobody can have meant, as 0001-01."""
        month = parse_month(value)
        if not is_sensible(month):
            raise ValueError(f"{value} cannot have been meant")
        return month

    def to_url(self, value: date) -> str:
        return format_month(value)
