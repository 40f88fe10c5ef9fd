"""What a draft lacks before it can be handed in: field by field, as the page marks it."""

from dataclasses import dataclass

from foundation.records.labels import field_label
from headquarters.reviews.models import Review
from headquarters.reviews.verdict import Verdict

REQUIRED = (
    "plan_text",
    "done_text",
    "analysis",
    "next_action",
    "next_direction",
    "self_grade",
)
CHOSEN = ("self_grade", "next_direction")
REASON = "self_grade_reason"
ON_PAGE = (
    "plan_text",
    "done_text",
    "self_grade",
    "self_grade_reason",
    "analysis",
    "next_direction",
    "next_action",
)


@dataclass(frozen=True)
class Lack:
    """One field that is not as it must be. `label`: of the field; `mark`: what stands at it;
    `sentence`: the same in full.
    """

    field: str
    label: str
    mark: str
    sentence: str

    @property
    def anchor(self) -> str:
        """The id to which a link leads: of a group its first choice."""
        return f"id_{self.field}_0" if self.field in CHOSEN else f"id_{self.field}"


@dataclass(frozen=True)
class Mark:
    """What stands at a field: that it is missing, and its stored text for the printed sheet."""

    name: str
    lack: Lack | None
    text: str

    @property
    def printed(self) -> bool:
        """Is it text? What is chosen prints as it stands."""
        return self.name not in CHOSEN


def lacks_of(review: Review, verdict: Verdict | None) -> list[Lack]:
    """Everything that a draft lacks. `verdict`: the automatic one of now."""
    found = [_empty(name) for name in REQUIRED if not getattr(review, name)]
    if verdict is not None and _differs_silently(review, verdict):
        sentence = (
            f"自己評価（{review.self_grade}）が"
            f"自動判定（{verdict.grade}：{verdict.why}）と違います。理由を書いてください。"
        )
        mark = f"自動判定（{verdict.grade}）と違うため、理由が必要"
        found.append(
            Lack(
                REASON,
                field_label(Review, REASON),
                mark,
                sentence,
            )
        )
    return found


def as_on_page(lacks: list[Lack]) -> list[Lack]:
    """In the order in which one meets the fields."""
    return sorted(lacks, key=lambda lack: ON_PAGE.index(lack.field))


def _empty(name: str) -> Lack:
    label = field_label(Review, name)
    mark = "未選択" if name in CHOSEN else "未記入"
    return Lack(
        name,
        label,
        mark,
        f"「{label}」が空欄です。",
    )


def _differs_silently(review: Review, verdict: Verdict) -> bool:
    """Another grade than the automatic one, and no reason given."""
    if not (review.self_grade and verdict.grade):
        return False
    return review.self_grade != verdict.grade and not review.self_grade_reason
