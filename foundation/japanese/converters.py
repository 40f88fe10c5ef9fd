"""URL converters."""

from datetime import date

from foundation.japanese.calendar import format_month, parse_month


class MonthConverter:
    """ "2026-10" in an address ↔ date(2026, 10, 1)."""

    regex = r"\d{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return parse_month(value)

    def to_url(self, value: date) -> str:
        return format_month(value)
