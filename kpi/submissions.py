"""The submission's life as data: one table of allowed transitions (design/rules.md §5)."""

from dataclasses import dataclass

from accounts.permissions import Permission
from kpi.choices import SubmissionState as S


@dataclass(frozen=True)
class Transition:
    """From which states, to which, by which permission; `label` is the button, `done` the sentence afterwards."""

    name: str
    label: str
    sources: tuple
    target: str
    permission: Permission
    reason_needed: bool = False


TRANSITIONS = {
    row.name: row
    for row in (
        Transition("submit", "提出する", (S.NOT_SUBMITTED, S.RETURNED), S.SUBMITTED, Permission.SUBMIT_VALUES),
        Transition("withdraw", "取り下げる", (S.SUBMITTED,), S.NOT_SUBMITTED, Permission.SUBMIT_VALUES),
        Transition("return", "差し戻す", (S.SUBMITTED,), S.RETURNED, Permission.CONFIRM, reason_needed=True),
        Transition("confirm", "確認済みにする", (S.SUBMITTED,), S.CONFIRMED, Permission.CONFIRM),
    )
}


def allowed(state: str) -> list[Transition]:
    """Transitions that leave `state`."""
    return [row for row in TRANSITIONS.values() if state in row.sources]
