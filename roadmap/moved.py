"""What an entry of a baseline says of itself: from where to where its decision moved it."""

from datetime import date
from typing import Any

from foundation.japanese.calendar import wareki_month_short, wareki_short

Span = tuple[date, date]


def span_words(span: Span | None) -> str:
    """「R8.4–R8.9」; 「期間 未設定」 of a step without one."""
    if span is None:
        return "期間 未設定"

    return f"{wareki_month_short(span[0])}–{wareki_month_short(span[1])}"


def span_of(row: Any) -> Span | None:
    """The span of what has a first and a last month: a step, an entry of one."""
    if row.first_month is None or row.last_month is None:
        return None

    return row.first_month, row.last_month


class Moved:
    """Of a `BaselineEntry`: a milestone with its date, or a step with its span."""

    milestone: Any
    step: Any
    due_on: date | None
    due_before: date | None
    first_before: date | None
    last_before: date | None

    @property
    def has_moved(self) -> bool:
        """Did the decision of its baseline move it?"""
        return self.due_before is not None or self.first_before is not None

    @property
    def of_step(self) -> Any:
        """The step that it is about, also of a milestone."""
        return self.milestone.step if self.milestone else self.step

    @property
    def name(self) -> str:
        """「調査報告（システム調査）」, of a step 「システム調査の期間」."""
        if self.milestone:
            return f"{self.milestone}（{self.milestone.step}）"
        return f"{self.step}の期間"

    @property
    def span_before(self) -> Span | None:
        """The span that the step had when its decision moved it."""
        if self.first_before is None or self.last_before is None:
            return None

        return self.first_before, self.last_before

    @property
    def words(self) -> str:
        """What is approved: 「R8.12.11」「R8.4–R8.9」."""
        return wareki_short(self.due_on) if self.due_on else span_words(span_of(self))

    @property
    def before_words(self) -> str:
        """What was approved before its decision; a span that was at work already says so."""
        if self.due_before:
            return wareki_short(self.due_before)
        if self.span_before == span_of(self):
            return "承認前のいまの期間"

        return span_words(self.span_before)

    @property
    def moved_words(self) -> str:
        """「R8.9.30 → R8.12.11」."""
        return f"{self.before_words} → {self.words}"
