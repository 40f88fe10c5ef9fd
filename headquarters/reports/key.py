"""How addresses name a report.

「2026-10.2」 an edition, 「2026-10」 the month as it stands now, 「2026.1」 an annual edition.
"""

from dataclasses import dataclass, replace
from datetime import date

from foundation.japanese.calendar import (
    fiscal_year_name,
    fiscal_year_start,
    format_month,
    month_name,
    parse_month,
    wareki_month,
)
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
    def before(self) -> "ReportKey":
        """The edition before this one."""
        return replace(
            self,
            edition=(self.edition or 1) - 1,
        )

    @property
    def version(self) -> str:
        """「第2版」 or 「速報」."""
        return "速報" if self.edition is None else f"第{self.edition}版"

    @property
    def name(self) -> str:
        """「令和8年10月 第2版」."""
        return f"{wareki_month(self.month)} {self.version}"

    @property
    def short(self) -> str:
        """「10月分 第2版」."""
        return f"{month_name(self.month)}分 {self.version}"


@dataclass(frozen=True)
class AnnualKey:
    """A fiscal year and the number of an edition of its annual report."""

    year: int
    edition: int

    @classmethod
    def parse(cls, text: str) -> "AnnualKey":
        """Read 「2026.1」. ValueError when it is something else."""
        year, _, number = text.partition(".")
        known = whole_number(year), whole_number(number)
        if len(year) != 4 or not all(known):
            raise ValueError("年次報告の版を読み取れません。")
        return cls(*known)

    def __str__(self) -> str:
        return f"{self.year}.{self.edition}"

    @property
    def month(self) -> date:
        """The March with which the year ends."""
        return march_of(self.year)

    @property
    def before(self) -> "AnnualKey":
        """The edition before this one."""
        return replace(
            self,
            edition=(self.edition or 1) - 1,
        )

    @property
    def version(self) -> str:
        """「第2版」."""
        return f"第{self.edition}版"

    @property
    def name(self) -> str:
        """「令和8年度（2026年度） 年次報告 第1版」."""
        return f"{fiscal_year_name(self.year)} 年次報告 {self.version}"


def march_of(year: int) -> date:
    """The last month of a fiscal year."""
    return fiscal_year_start(year).replace(
        year=year + 1,
        month=3,
    )
