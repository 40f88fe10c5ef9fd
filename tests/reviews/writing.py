"""Write in a sheet and move it, at the version that stands."""

from datetime import date

from headquarters.reviews.actions import change_review, save_draft
from headquarters.reviews.models import Review

ON = date(2026, 11, 6)
GOOD = {
    "plan_text": "計画",
    "done_text": "実績",
    "analysis": "分析",
    "next_action": "対応",
    "next_direction": "continue",
    "self_grade": "B",
    "self_grade_reason": "説明",
}


def fresh(sheet):
    return Review.objects.full().get(pk=sheet.pk)


def write(by, sheet, **changed):
    return save_draft(
        by=by, review=sheet, seen_version=fresh(sheet).version, values={**GOOD, **changed}
    )


def step(by, sheet, name, **rest):
    return change_review(by=by, review=sheet, name=name, seen_version=fresh(sheet).version, **rest)
