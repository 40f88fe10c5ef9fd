"""What differs between two reports: fact by fact (`facts.py`), and how grades moved.

Pure over `MonthlyReport`s.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from headquarters.reports.facts import KINDS, Facts, Kind
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import Change


@dataclass(frozen=True)
class Move:
    """An indicator whose grade differs. `before`, `after`: letters, A the best; `by_target`: only
    because the target was revised.
    """

    code: str
    name: str
    before: str
    after: str
    by_target: bool = False

    @property
    def improved(self) -> bool:
        """Is the later grade the better one?"""
        return self.after < self.before

    @property
    def kind(self) -> str:
        """改善 or 悪化."""
        return "改善" if self.improved else "悪化"


@dataclass(frozen=True)
class Moves:
    """How the grades of one report differ from earlier ones: what got worse comes first."""

    rows: tuple[Move, ...]
    new: int
    same: int

    @property
    def improved(self) -> int:
        """How many grades went up."""
        return sum(row.improved for row in self.rows)

    @property
    def worsened(self) -> int:
        """How many grades went down."""
        return len(self.rows) - self.improved


def moves(before: dict, report: MonthlyReport) -> Moves:
    """Against {indicator code: letter or None}: what got worse, then what got better.

    With counts of the rest that has a grade.
    """
    rows, new, same = [], 0, 0
    for row in report.indicators:
        old = before.get(row.code)
        if row.grade and old and row.grade != old:
            rows.append(
                Move(
                    row.code,
                    row.name,
                    old,
                    row.grade,
                    row.by_target,
                )
            )
        elif row.grade:
            new, same = new + (old is None), same + (old is not None)
    return Moves(tuple(sorted(rows, key=lambda row: row.improved)), new, same)


IDS_SINCE = 5  # the format in which rows began to carry ids
FOLLOWING = {kind.name for kind in KINDS if kind.follows}


def compare(before: MonthlyReport, after: MonthlyReport) -> list[Change]:
    """Every difference, in the order of the kinds.

    Of two months the values of months that both have: what is new in the later one is no change.
    """
    shared = min(before.month, after.month)
    left, right = _comparable(before, after)

    return [
        row
        for kind in KINDS
        for row in _differences(kind, left, right)
        if row.month is None or row.month <= shared
    ]


def _comparable(before: MonthlyReport, after: MonthlyReport) -> tuple[MonthlyReport, MonthlyReport]:
    """Both by their ids; when one was stored without them, both by numbers and names."""
    if min(before.made_as, after.made_as) >= IDS_SINCE:
        return before, after
    return _without_ids(before), _without_ids(after)


def _without_ids(report: MonthlyReport) -> MonthlyReport:
    steps = [
        replace(step, id=None, milestones=tuple(replace(item, id=None) for item in step.milestones))
        for step in report.steps
    ]
    indicators = tuple(replace(row, id=None) for row in report.indicators)

    return replace(
        report,
        indicators=indicators,
        steps=tuple(steps),
    )


def _differences(kind: Kind, before: MonthlyReport, after: MonthlyReport) -> Iterator[Change]:
    left = kind.facts(before)
    right = kind.facts(after)
    for key in _keys(kind, left, right):
        said = right.get(key) or left[key]
        old = _text(kind, left, key)
        new = _text(kind, right, key)
        if old != new:
            yield Change(kind.name, said.subject, old, new, said.code, said.month, said.indicator)


def _keys(kind: Kind, left: Facts, right: Facts) -> list[tuple]:
    """In the order of the later report, then what only the earlier had."""
    if kind.inner:
        return [key for key in right if key in left]
    gone = [key for key in left if key not in right]
    return [*right, *gone]


def _text(kind: Kind, facts: Facts, key: tuple) -> str:
    fact = facts.get(key)
    return kind.absent if fact is None else fact.text


def causes(changes: Iterable[Change]) -> list[Change]:
    """The changes that somebody made; what follows from them by computing is left out."""
    return [row for row in changes if row.kind not in FOLLOWING]


def counted(changes: Iterable[Change]) -> str:
    """「値 2件・公表 19件」."""
    counts = Counter(row.kind for row in changes)
    return "・".join(f"{kind} {count}件" for kind, count in counts.items())
