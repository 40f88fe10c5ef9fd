"""The rows of a `MonthlyReport` about what stands beside a judgement and never enters it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class ForecastRow:
    """年度末見込 as the department said it last in the year: a figure in the indicator's unit.

    `rate` (percent), `reached` and `words` set it against the target (None and empty without one).
    """

    month: date
    figure: Decimal
    numerator: Decimal | None
    denominator: Decimal | None
    reason: str
    said_on: date
    rate: Decimal | None
    reached: bool | None
    words: str


@dataclass(frozen=True)
class PaceRow:
    """このままのペースなら: the figure at the year's end and how it comes about (`sentence`)."""

    figure: Decimal
    sentence: str
    rate: Decimal | None
    reached: bool | None
    words: str


@dataclass(frozen=True)
class LastYearRow:
    """前年同月: the figure of `month` and that of the same month a year before.

    Both are None where another thing was counted then (`comparable` False).
    """

    month: date
    comparable: bool
    now: Decimal | None
    before: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """now − before; of percentages it is in ポイント."""
        if self.now is None or self.before is None:
            return None
        return self.now - self.before

    @property
    def change(self) -> Decimal | None:
        """The difference in percent of the year before; None where that was not above 0."""
        if self.difference is None or not self.before or self.before < 0:
            return None
        return self.difference / self.before * 100


@dataclass(frozen=True)
class PlanProgressRow:
    """計画全体の進捗 at a year's end, beside the share of the plan's years that is over (percent).

    `rate` None: nothing to compare with; `words`: why.
    """

    rate: Decimal | None
    elapsed: Decimal
    words: str
