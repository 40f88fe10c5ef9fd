"""The submission's life: one table of allowed transitions (docs/rules.md §5)."""

from foundation.accounts.permissions import Permission
from foundation.records.transitions import Transition, Transitions
from kpi.choices import SubmissionState as S

TRANSITIONS: Transitions[Permission] = Transitions(
    Transition(
        "submit",
        "提出する",
        (S.NOT_SUBMITTED, S.RETURNED),
        S.SUBMITTED,
        Permission.SUBMIT_VALUES,
        forward=True,
    ),
    Transition("withdraw", "取り下げる", (S.SUBMITTED,), S.NOT_SUBMITTED, Permission.SUBMIT_VALUES),
    Transition(
        "return", "差し戻す", (S.SUBMITTED,), S.RETURNED, Permission.CONFIRM, reason_needed=True
    ),
    Transition(
        "confirm", "確認済にする", (S.SUBMITTED,), S.CONFIRMED, Permission.CONFIRM, forward=True
    ),
    Transition(
        "reconsider",
        "確認を取り消す",
        (S.CONFIRMED,),
        S.SUBMITTED,
        Permission.CONFIRM,
        reason_needed=True,
    ),
)


JUDGES_VALUES = {"confirm"}  # one confirms the very values that one has seen
