"""自動判定 of a measure: one letter on the scale of the grades, with the sentence that says why.
Pure.

Source: docs/rules.md §7: D if any KPI is D or any milestone late; else C if any is C, slipping
or stale; else B if any is B; else A; － if nothing could be judged. Never an average.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Verdict:
    """Letter (None = －) and why."""

    grade: str | None
    why: str


def _names(codes: Iterable[str]) -> str:
    return "・".join(codes)


class Milestone(Protocol):
    """What the verdict asks of a milestone, live or in a report."""

    @property
    def late(self) -> bool: ...

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
        late=sum(item.late for item in items),
        slipping=sum(item.slipping for item in items),
        stale=sum(item.stale for item in items),
        milestones=sum(item.is_due for item in items),
    )


def verdict(
    *,
    grades: dict[str, str | None],
    late: int = 0,
    slipping: int = 0,
    stale: int = 0,
    milestones: int = 0,
) -> Verdict:
    """The same from counts of milestones."""
    by_letter = {
        letter: [code for code, grade in grades.items() if grade == letter] for letter in "ABCD"
    }
    bad, weak, fair, good = (by_letter[letter] for letter in "DCBA")
    if bad or late:
        parts = ([f"{_names(bad)}がD"] if bad else []) + (
            [f"遅延のマイルストーン{late}件"] if late else []
        )
        return Verdict("D", "、".join(parts))
    if weak or slipping or stale:
        parts = [f"{_names(weak)}がC"] if weak else []
        parts += [f"期日がずれる見込み{slipping}件"] if slipping else []
        parts += [f"更新待ち{stale}件"] if stale else []
        return Verdict("C", "、".join(parts))
    if fair:
        return Verdict("B", f"{_names(fair)}がB")
    if good or milestones:
        why = f"{_names(good)}がA" if good else "KPIは評価対象外"
        return Verdict("A", why + ("、マイルストーンは予定どおり" if milestones else ""))
    return Verdict(None, "評価できるKPIとマイルストーンがありません")
