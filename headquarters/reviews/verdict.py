"""自動判定 of a measure: one letter on the scale of the grades, with the sentence that says why.
Pure.

Source: docs/rules.md §7: D if any KPI is D, or a milestone late by 30 days or without a forecast
ahead; else C if any is C, or a milestone late, slipping or stale; else B if any is B; else A; －
if nothing could be judged. Never an average.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Verdict:
    """Letter (None = －) and why."""

    grade: str | None
    why: str


LONG = 30  # days


@dataclass(frozen=True)
class Late:
    """A late milestone: by how many days, and is there a forecast ahead?"""

    days: int
    has_forecast: bool = True

    @property
    def is_serious(self) -> bool:
        """Late for long, or with nothing said about when it will be done."""
        return self.days >= LONG or not self.has_forecast


def _late_words(late: Sequence[Late]) -> list[str]:
    """「遅延2件（最長45日、見込日なし1件）」, or nothing."""
    if not late:
        return []
    open_ended = sum(not row.has_forecast for row in late)
    longest = f"最長{max(row.days for row in late)}日"
    without = f"、見込日なし{open_ended}件" if open_ended else ""
    return [f"遅延{len(late)}件（{longest}{without}）"]


def _counted(words: str, count: int) -> list[str]:
    return [f"{words}{count}件"] if count else []


def _sentence(codes: Sequence[str], letter: str, found: Sequence[str]) -> str:
    """「1-1・1-2 がCになり、マイルストーンに遅延1件（最長3日）と更新待ち1件があります」."""
    if not found:
        return f"{_names(codes)} が{letter}になりました"
    first = f"{_names(codes)} が{letter}になり、" if codes else ""
    return f"{first}マイルストーンに{'と'.join(found)}があります"


def _names(codes: Iterable[str]) -> str:
    return "・".join(codes)


def _all_well(good: Sequence[str], milestones: int) -> str:
    """「1-1 がAになりました」, 「1-1 がAで、工程表は予定どおりです」."""
    if not milestones:
        return _sentence(
            good,
            "A",
            [],
        )
    first = f"{_names(good)} がA" if good else "KPIは評価対象外"
    return f"{first}で、工程表は予定どおりです"


class Milestone(Protocol):
    """What the verdict asks of a milestone, live or in a report."""

    @property
    def late(self) -> bool: ...

    @property
    def days_late(self) -> int: ...

    @property
    def has_forecast(self) -> bool: ...

    @property
    def slipping(self) -> bool: ...

    @property
    def stale(self) -> bool: ...

    @property
    def is_due(self) -> bool: ...


def judge(grades: dict[str, str | None], milestones: Iterable[Milestone]) -> Verdict:
    """Judge a measure from {indicator code: letter or None} and its milestones."""
    items = list(milestones)
    return verdict(
        grades=grades,
        late=[Late(item.days_late, item.has_forecast) for item in items if item.late],
        slipping=sum(item.slipping for item in items),
        stale=sum(item.stale for item in items),
        milestones=sum(item.is_due for item in items),
    )


def verdict(
    *,
    grades: dict[str, str | None],
    late: Sequence[Late] = (),
    slipping: int = 0,
    stale: int = 0,
    milestones: int = 0,
) -> Verdict:
    """The same from the late milestones and counts of the others."""
    by_letter = {
        letter: [code for code, grade in grades.items() if grade == letter] for letter in "ABCD"
    }
    bad, weak, fair, good = (by_letter[letter] for letter in "DCBA")
    if bad or any(row.is_serious for row in late):
        return Verdict("D", _sentence(bad, "D", _late_words(late)))
    if weak or late or slipping or stale:
        slips = _counted("期日のずれる見込み", slipping)
        found = [*_late_words(late), *slips, *_counted("更新待ち", stale)]
        return Verdict("C", _sentence(weak, "C", found))
    if fair:
        return Verdict("B", _sentence(fair, "B", []))
    if good or milestones:
        return Verdict("A", _all_well(good, milestones))
    return Verdict(None, "評価できるKPIとマイルストーンがありません")
