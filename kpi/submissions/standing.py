"""Where a department's month stands, what it lacks, what may be done about it. No queries."""

from collections.abc import Iterable
from dataclasses import dataclass

from foundation.accounts.models import Department
from foundation.accounts.permissions import has_permission
from kpi.choices import CellState
from kpi.choices import SubmissionState as S
from kpi.models import Submission
from kpi.submissions.transitions import TRANSITIONS
from measures.querysets import UNDECIDED

NOBODY = 0  # the key of the indicators without a department


@dataclass(frozen=True)
class Standing:
    """A department's month as one person sees it.

    Where it stands, what it lacks, what this person may do.
    """

    department: Department | None
    state: str
    rows: tuple
    transitions: tuple
    reasons: tuple
    submission: Submission | None = None

    @property
    def key(self) -> int:
        """The department's id, as it stands in addresses and forms."""
        return self.department.pk if self.department else NOBODY

    @property
    def figures(self) -> str:
        """What is handed in, as far as a page must have shown it: the versions of the values."""
        return figures_of(self.rows)

    @property
    def sent_back(self) -> bool:
        """Does it wait for the answer to a return?"""
        return self.state == S.RETURNED

    @property
    def again(self) -> bool:
        """Was it handed in again after a return?"""
        return self.submission is not None and self.submission.round > 0

    @property
    def waits(self) -> bool:
        """Is it handed in and not confirmed?"""
        return self.state == S.SUBMITTED

    @property
    def done(self) -> int:
        """How many of its indicators are answered."""
        return sum(row.reading is not None for row in self.rows)

    @property
    def due(self) -> int:
        """How many indicators it reports this month."""
        return len(self.rows)

    @property
    def lacks(self) -> list[str]:
        """What stands against handing in, a sentence per row."""
        return [text for text in map(lacking, self.rows) if text]

    @property
    def name(self) -> str:
        """The department's name."""
        return self.department.name if self.department else UNDECIDED

    @property
    def label(self) -> str:
        """The state in words."""
        return "再提出" if self.waits and self.again else str(S(self.state).label)

    @property
    def buttons(self) -> tuple:
        """The transitions that can be made now, those forward first: handing in only when nothing
        is lacking.
        """
        rows = [row for row in self.transitions if row.name != "submit" or not self.lacks]
        return tuple(sorted(rows, key=lambda row: not row.forward))


def figures_of(rows: Iterable) -> str:
    """「12:45 13:51+47」: each indicator of these rows with the version of its value in the month,
    and of the value that is its numerator.
    """
    saved = {row.indicator.pk: row.saved_in(row.month) for row in rows}
    versions = {pk: "+".join(str(row.version) for row in found) for pk, found in saved.items()}
    return " ".join(f"{pk}:{version}" for pk, version in sorted(versions.items()) if version)


def lacking(facts) -> str | None:
    """What a due row still lacks before it can be handed in, or None."""
    if facts.state == CellState.NOT_DUE:
        return None
    if facts.awaits_numerator:
        return f"{facts.indicator} の分子（{facts.definition.numerator_words}）が未入力です"
    if facts.reading is None:
        return f"{facts.indicator} が未入力です"
    return f"{facts.indicator} にコメントが必要です" if facts.unexplained else None


def standings(rows, month_state, user, reasons=()) -> list[Standing]:
    """One `Standing` per department that has something due.

    No queries. `rows`: IndicatorMonth of the month; `user` None: only to look.
    """
    groups: dict[int | None, list] = {}
    for facts in rows:
        if facts.state != CellState.NOT_DUE:
            groups.setdefault(facts.definition.responsible_id, []).append(facts)
    return [
        _standing(
            key,
            group,
            month_state,
            user,
            reasons,
        )
        for key, group in groups.items()
    ]


def _standing(key, group, month_state, user, reasons) -> Standing:
    state = month_state.state_of(key)
    may = (
        ()
        if month_state.locked or user is None or group[0].runs(month_state.month)
        else tuple(
            row
            for row in TRANSITIONS.leaving(state)
            if has_permission(user, row.permission, department=key)
        )
    )
    return Standing(
        department=group[0].definition.responsible,
        state=state,
        rows=tuple(group),
        transitions=may,
        reasons=tuple(
            row for row in reasons if row.submission.department_id == key and state == S.RETURNED
        ),
        submission=month_state.submissions.get(key),
    )


def seen_of(board: Iterable[Standing]) -> dict[str, str]:
    """What a page shows of the departments that wait, by the names of `confirm_all`."""
    return {f"d{row.key}": f"{row.state} {row.figures}" for row in board}
