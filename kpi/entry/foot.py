"""What stands at the foot of the entry grid: how far the rows shown are, until when, and what is
handed in. No queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kpi.choices import SubmissionState
from kpi.months import Countdown
from kpi.submissions.standing import Standing

HANDED_IN = (SubmissionState.SUBMITTED, SubmissionState.CONFIRMED)


@dataclass(frozen=True)
class Tally:
    """How many rows are asked for, answered, and in want of something."""

    due: int
    done: int
    attention: int = 0

    @property
    def left(self) -> int:
        """How many are not answered."""
        return self.due - self.done


def tally(rows: Iterable) -> Tally:
    """Counts `EntryRow`s; what is not due is not counted."""
    due = [row for row in rows if row.is_due]
    return Tally(
        due=len(due),
        done=sum(row.is_answered for row in due),
        attention=sum(row.needs_attention for row in due),
    )


@dataclass(frozen=True)
class Foot:
    """The bar at the foot: about the departments whose rows are shown, and nothing else.

    `standings`: theirs, as this person sees them; `runs`: the month has not ended.
    """

    tally: Tally
    countdown: Countdown
    standings: tuple[Standing, ...]
    runs: bool

    @property
    def submits(self) -> tuple[Standing, ...]:
        """Those that this person may hand in, complete or not."""
        return tuple(
            row for row in self.standings if any(step.name == "submit" for step in row.transitions)
        )

    @property
    def ready(self) -> tuple[Standing, ...]:
        """Those of them that lack nothing."""
        return tuple(row for row in self.submits if not row.lacks)

    @property
    def handed_in(self) -> bool:
        """Is everything here handed in, so that no deadline waits?"""
        return bool(self.standings) and all(row.state in HANDED_IN for row in self.standings)

    @property
    def sentence(self) -> str:
        """What stands beside the button: 「提出できる課：企画調整課」「あと3件で提出できます」."""
        if not self.standings:
            return "この月に提出するものはありません"
        if self.handed_in:
            return "提出済みです"
        if self.runs:
            return "提出は月が終わってからです"
        if self.ready:
            return f"提出できる課：{'・'.join(row.name for row in self.ready)}"
        lacks = sum(len(row.lacks) for row in self.submits)
        return f"あと{lacks}件で提出できます" if lacks else "そろったら課長が提出します"
