"""How addresses name a report: 「2026-10.2」 an edition, 「2026-10」 the month as it stands now."""

from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import format_month, parse_month, wareki_month
from foundation.japanese.numbers import whole_number


@dataclass(frozen=True)
class ReportKey:
    """A month and the number of its edition (None: live, 速報)."""

    month: date
    edition: int | None = None

    @classmethod
    def parse(cls, text: str) -> "ReportKey":
        """Read 「2026-10」 or 「2026-10.2」. ValueError in words when it is neither."""
        month, dot, number = text.partition(".")
        edition = whole_number(number) if dot else None
        if dot and not edition:
            raise ValueError("版の番号を読み取れません。")
        return cls(parse_month(month), edition)

    def __str__(self) -> str:
        month = format_month(self.month)
        return month if self.edition is None else f"{month}.{self.edition}"

    @property
    def version(self) -> str:
        """「第2版」 or 「速報」."""
        return "速報" if self.edition is None else f"第{self.edition}版"

    @property
    def name(self) -> str:
        """「令和8年10月 第2版」."""
        return f"{wareki_month(self.month)} {self.version}"

    @property
    def as_of(self) -> str:
        """「令和8年10月末 第2版」."""
        return f"{wareki_month(self.month)}末 {self.version}"
