"""The life of a sheet.

One table of transitions; docs/reviews.md draws its diagram from this table (a test compares).
"""

from foundation.accounts.permissions import Permission
from foundation.records.transitions import Transition, Transitions
from headquarters.reviews.choices import ReviewState as S

TRANSITIONS: Transitions[Permission] = Transitions(
    Transition(
        "submit", "提出する", (S.DRAFT,), S.SUBMITTED, Permission.SUBMIT_REVIEWS, forward=True
    ),
    Transition(
        "check", "事務局確認済にする", (S.SUBMITTED,), S.CHECKED, Permission.CONFIRM, forward=True
    ),
    Transition(
        "grade",
        "本部評価を記録する",
        (S.CHECKED,),
        S.GRADED,
        Permission.GRADE,
        forward=True,
        grade_needed=True,
    ),
    Transition(
        "return",
        "所管課へ差し戻す",
        (S.SUBMITTED,),
        S.DRAFT,
        Permission.CONFIRM,
        reason_needed=True,
    ),
    Transition(
        "send_back",
        "事務局へ差し戻す",
        (S.CHECKED,),
        S.SUBMITTED,
        Permission.RETURN_TO_SECRETARIAT,
        reason_needed=True,
    ),
    Transition(
        "regrade", "本部評価を改める", (S.GRADED,), S.GRADED, Permission.GRADE, grade_needed=True
    ),
    Transition("withdraw", "取り下げる", (S.SUBMITTED,), S.DRAFT, Permission.SUBMIT_REVIEWS),
)  # the order of the buttons: forward, back, put right, withdrawn
WHO = {
    Permission.SUBMIT_REVIEWS: "課長",
    Permission.CONFIRM: "事務局",
    Permission.RETURN_TO_SECRETARIAT: "本部",
    Permission.GRADE: "本部",
}


def _arrow(source: str, row: Transition[Permission]) -> str:
    reason = "・理由" if row.reason_needed else ""
    who = f"{WHO[row.permission]}{reason}"
    return f"    {S(source).label} --> {S(row.target).label}: {row.label}（{who}）"


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    arrows = [_arrow(source, row) for row in TRANSITIONS.values() for source in row.sources]
    first, last = f"    [*] --> {S.DRAFT.label}", f"    {S.GRADED.label} --> [*]"
    return "\n".join(["stateDiagram-v2", first, *arrows, last])
