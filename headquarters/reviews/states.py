"""The life of a sheet.

One table of transitions; docs/reviews.md draws its diagram from this table (a test compares).
"""

from dataclasses import dataclass

from foundation.accounts.permissions import Permission
from headquarters.reviews.models import ReviewState as S


@dataclass(frozen=True)
class Transition:
    """From a state to a state, by whom; `label` is the button, `done` the sentence afterwards."""

    name: str
    label: str
    source: str
    target: str
    permission: Permission
    reason_needed: bool = False
    grade_needed: bool = False

    @property
    def forward(self) -> bool:
        """Does it bring the sheet nearer to its end? (the button's weight)"""
        return self.name in {"submit", "check", "grade"}


TRANSITIONS = {
    row.name: row
    for row in (
        Transition("submit", "提出する", S.DRAFT, S.SUBMITTED, Permission.SUBMIT_REVIEWS),
        Transition("withdraw", "取り下げる", S.SUBMITTED, S.DRAFT, Permission.SUBMIT_REVIEWS),
        Transition(
            "return",
            "所管課へ差し戻す",
            S.SUBMITTED,
            S.DRAFT,
            Permission.CONFIRM,
            reason_needed=True,
        ),
        Transition("check", "事務局確認済みにする", S.SUBMITTED, S.CHECKED, Permission.CONFIRM),
        Transition(
            "send_back",
            "事務局へ差し戻す",
            S.CHECKED,
            S.SUBMITTED,
            Permission.RETURN_TO_SECRETARIAT,
            reason_needed=True,
        ),
        Transition(
            "grade", "本部評価を記録する", S.CHECKED, S.GRADED, Permission.GRADE, grade_needed=True
        ),
    )
}
WHO = {
    Permission.SUBMIT_REVIEWS: "課長",
    Permission.CONFIRM: "事務局",
    Permission.RETURN_TO_SECRETARIAT: "本部",
    Permission.GRADE: "本部",
}


def allowed(state: str) -> list[Transition]:
    """Transitions that leave `state`."""
    return [row for row in TRANSITIONS.values() if row.source == state]


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {S.DRAFT.label}"]
    lines += [
        f"    {S(row.source).label} --> {S(row.target).label}: {row.label}（{WHO[row.permission]}"
        f"{'・理由' if row.reason_needed else ''}）"
        for row in TRANSITIONS.values()
    ]
    return "\n".join([*lines, f"    {S.GRADED.label} --> [*]"])
