"""The doors of PDCA.

Cycles, drafts with conflict check, transitions. Each is one transaction with its record.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from foundation.accounts.models import Role, User
from foundation.accounts.permissions import (
    Permission,
    has_permission,
    memberships_of,
    on_behalf_of,
    require,
)
from foundation.japanese.calendar import fiscal_year_name, last_of_month
from foundation.japanese.workdays import next_working_day
from foundation.records.actions import attach_file, next_revision, record_change
from foundation.records.labels import field_label
from foundation.records.models import Attachment
from headquarters.reviews.facts import facts_of
from headquarters.reviews.models import CycleState, Review, ReviewCycle, ReviewReturn, ReviewState
from headquarters.reviews.states import TRANSITIONS, Transition
from measures.models import Measure, Plan

TEXTS = (
    "plan_text",
    "done_text",
    "analysis",
    "next_action",
    "next_direction",
    "self_grade",
    "self_grade_reason",
)
REQUIRED = TEXTS[:6]
GRADES = ("A", "B", "C", "D")
HEADQUARTERS = "推進本部"
# slug, name, month of the as-of (in the fiscal year, next year for 1–3),
# days until: asked, due, fixed after the month's end
KINDS = {
    "mid": ("中間（9月末時点）", 9, (1, 31, 55)),
    "end": ("年度末（3月末時点）", 3, (1, 31, 91)),
    "q1": ("第1四半期（6月末時点）", 6, (1, 31, 55)),
    "q3": ("第3四半期（12月末時点）", 12, (8, 38, 60)),
}


@dataclass
class Conflict(Exception):
    """Somebody else saved the sheet after the page was loaded."""

    current: Review

    @property
    def sentence(self) -> str:
        """Who and when."""
        who = self.current.updated_by.display_name if self.current.updated_by else "システム"
        when = timezone.localtime(self.current.updated_at)
        return f"{who}さんが{when:%-m月%-d日 %H時%M分}に保存しました。"


@transaction.atomic
def create_cycle(*, by: User, plan: Plan, fiscal_year: int, kind: str) -> ReviewCycle:
    """A cycle of a fiscal year with its usual dates (they are data and can be changed)."""
    require(by, Permission.DEFINE)
    if kind not in KINDS or fiscal_year not in plan.fiscal_years:
        raise ValidationError("計画期間の年度と、サイクルの種類を選んでください。")
    code = f"{fiscal_year}-{kind}"
    if ReviewCycle.objects.filter(code=code).exists():
        raise ValidationError("このサイクルはすでにあります。")
    name, month, days = KINDS[kind]
    as_of = date(fiscal_year + (month < 4), month, 1)
    end = last_of_month(as_of)
    asked, due, fixed = (next_working_day(end + timedelta(days=number)) for number in days)
    row = ReviewCycle(
        plan=plan,
        code=code,
        name=f"{fiscal_year_name(fiscal_year)} {name}",
        fiscal_year=fiscal_year,
        as_of=as_of,
        asked_on=asked,
        due_on=due,
        fixed_on=fixed,
    )
    row.full_clean(exclude=["plan"])
    row.save()
    record_change(
        by=by,
        action="reviews.cycle",
        subject=row,
        before={},
        after={"名称": row.name, "提出期限": str(due)},
    )
    return row


@transaction.atomic
def edit_cycle(
    *, by: User, cycle: ReviewCycle, asked_on: date, due_on: date, fixed_on: date
) -> ReviewCycle:
    """Other dates for a cycle that is not closed."""
    require(by, Permission.DEFINE)
    if cycle.state == CycleState.CLOSED:
        raise ValidationError("終了したサイクルの日付は変えられません。")
    before = {
        "照会日": str(cycle.asked_on),
        "提出期限": str(cycle.due_on),
        "確定予定日": str(cycle.fixed_on),
    }
    cycle.asked_on, cycle.due_on, cycle.fixed_on = asked_on, due_on, fixed_on
    cycle.full_clean(exclude=["plan"])
    cycle.save()
    after = {"照会日": str(asked_on), "提出期限": str(due_on), "確定予定日": str(fixed_on)}
    if before != after:
        record_change(by=by, action="reviews.cycle", subject=cycle, before=before, after=after)
    return cycle


@transaction.atomic
def open_cycle(*, by: User, cycle: ReviewCycle, on: date) -> ReviewCycle:
    """照会: every measure that stands in the plan gets its sheet.

    The as-of month must have ended.
    """
    require(by, Permission.DEFINE)
    if cycle.state != CycleState.PLANNED:
        raise ValidationError(f"このサイクルは「{cycle.get_state_display()}」です。")
    if on <= last_of_month(cycle.as_of):
        raise ValidationError("時点の月がまだ終わっていません。翌月になってから照会してください。")
    Review.objects.bulk_create(
        [
            Review(cycle=cycle, measure=measure)
            for measure in Measure.objects.on(last_of_month(cycle.as_of))
        ]
    )
    return _set_state(by, cycle, CycleState.OPEN)


@transaction.atomic
def close_cycle(*, by: User, cycle: ReviewCycle, reason: str = "") -> ReviewCycle:
    """The cycle is over.

    Sheets without the headquarters' grade need a reason. Afterwards no sheet moves.
    """
    require(by, Permission.DEFINE)
    if cycle.state != CycleState.OPEN:
        raise ValidationError(f"このサイクルは「{cycle.get_state_display()}」です。")
    left = cycle.reviews.exclude(state=ReviewState.GRADED).count()
    if left and not reason:
        raise ValidationError(
            f"本部評価が済んでいないシートが{left}件あります。このまま終了する理由を入力してください。"
        )
    return _set_state(by, cycle, CycleState.CLOSED, reason)


def _set_state(by: User, cycle: ReviewCycle, state: CycleState, reason: str = "") -> ReviewCycle:
    before, cycle.state = cycle.get_state_display(), state
    cycle.save(update_fields=["state"])
    record_change(
        by=by,
        action="reviews.cycle",
        subject=cycle,
        before={"状態": before},
        after={"状態": cycle.get_state_display()},
        reason=reason,
    )
    return cycle


def _locked(review: Review) -> Review:
    """The sheet as it stands now, with its lead."""
    row: Review = Review.objects.full().get(pk=review.pk)
    return row


def check_may_draft(*, by: User, review: Review) -> None:
    """PermissionDenied unless `by` may write in this sheet now."""
    require(by, Permission.DRAFT_REVIEWS, department=review.department_id)
    if review.state != ReviewState.DRAFT or review.cycle.state != CycleState.OPEN:
        raise PermissionDenied(
            "提出済み、または終了したサイクルのシートは書き換えられません。直すには、取下げか差戻しが必要です。"
        )


@transaction.atomic
def save_draft(*, by: User, review: Review, seen_version: int, values: dict) -> Review:
    """Store the texts of a draft.

    `values`: every name in `TEXTS`. Raises PermissionDenied, ValidationError, Conflict.
    """
    revision = next_revision()
    row = _locked(review)
    check_may_draft(by=by, review=row)
    if row.version != seen_version:
        raise Conflict(row)
    before = {name: getattr(row, name) for name in TEXTS if getattr(row, name) != values[name]}
    if not before:
        transaction.set_rollback(True)
        return row
    for name in TEXTS:
        setattr(row, name, values[name])
    row.version, row.updated_by, row.updated_at = revision, by, timezone.now()
    row.full_clean(exclude=["cycle", "measure", "updated_by"])
    row.save()
    _record(
        by,
        row,
        {_label(name): text for name, text in before.items()},
        {_label(name): getattr(row, name) for name in before},
        revision=revision,
        department=row.lead_id,
    )
    return row


def _label(name: str) -> str:
    return field_label(Review, name)


def _record(
    by: User,
    row: Review,
    before: dict[str, str],
    after: dict[str, str],
    *,
    revision: int,
    reason: str = "",
    department: int | None = None,
    behalf: str = "",
) -> None:
    lead = Measure.objects.with_people().get(pk=row.measure_id).lead_department
    record_change(
        by=by,
        action="reviews.review",
        subject=row,
        label=str(row),
        before=before,
        after=after,
        reason=reason,
        revision=revision,
        on_behalf_of=behalf or (on_behalf_of(by, lead) if department else ""),
        department=lead.name if lead else "所管課未定",
    )


def lacking(review: Review) -> list[str]:
    """What a draft lacks before it can be handed in, in sentences."""
    texts = [f"「{_label(name)}」が空欄です。" for name in REQUIRED if not getattr(review, name)]
    judged = facts_of(review.measure, review.cycle.as_of).verdict
    if (
        review.self_grade
        and judged.grade
        and review.self_grade != judged.grade
        and not review.self_grade_reason
    ):
        texts.append(
            f"自己評価（{review.self_grade}）が自動判定（{judged.grade}：{judged.why}）と違います。理由を書いてください。"
        )
    return texts


@transaction.atomic
def change_review(
    *,
    by: User,
    review: Review,
    name: str,
    seen_version: int,
    reason: str = "",
    grade: str = "",
    comment: str = "",
) -> Review:
    """Make one transition of a sheet. `grade`, `comment`: of the headquarters. The table in
    `reviews.states` is the law.

    Raises PermissionDenied, ValidationError (not allowed from here, something missing), Conflict.
    """
    revision = next_revision()
    row, step = _locked(review), TRANSITIONS.get(name)
    if step is None or row.state != step.source:
        raise ValidationError(
            f"いまは「{row.get_state_display()}」のため、この操作はできません。画面を読み込み直してください。"
        )
    department = row.lead_id if step.permission == Permission.SUBMIT_REVIEWS else None
    if not has_permission(by, step.permission, department=department):
        raise PermissionDenied(
            f"「{step.permission.value}」権限がありません。担当の課長または事務局に依頼してください。"
        )
    if row.cycle.state != CycleState.OPEN:
        raise ValidationError("照会中のサイクルではないため、状態は変えられません。")
    if row.version != seen_version:
        raise Conflict(row)
    _check(row, step, reason, grade)
    return _move(by, row, step, reason, grade, comment, revision, department)


def _check(row: Review, step: Transition, reason: str, grade: str) -> None:
    if step.reason_needed and not reason:
        raise ValidationError("差戻しの理由を入力してください。相手の画面に表示されます。")
    if step.grade_needed and grade not in GRADES:
        raise ValidationError("本部評価（A・B・C・D）を選んでください。")
    texts = lacking(row) if step.name == "submit" else []
    if texts:
        raise ValidationError(texts)


def _move(
    by: User,
    row: Review,
    step: Transition,
    reason: str,
    grade: str,
    comment: str,
    revision: int,
    department: int | None,
) -> Review:
    before = {"状態": row.get_state_display()}
    row.state, row.version, row.updated_by, row.updated_at = (
        step.target,
        revision,
        by,
        timezone.now(),
    )
    if step.grade_needed:
        row.headquarters_grade, row.headquarters_comment = grade, comment[:300]
    if step.reason_needed:
        row.round += 1
        ReviewReturn.objects.create(
            review=row,
            round=row.round,
            from_state=step.source,
            reason=reason,
            by=by,
            at=row.updated_at,
        )
    row.full_clean(exclude=["cycle", "measure", "updated_by"])
    row.save()
    after = {"状態": row.get_state_display()} | (
        {"本部評価": grade, "本部のコメント": comment} if step.grade_needed else {}
    )
    of_headquarters = step.permission in (Permission.GRADE, Permission.RETURN_TO_SECRETARIAT)
    sits_there = any(membership.role == Role.HEADQUARTERS for membership in memberships_of(by))
    _record(
        by,
        row,
        before,
        after,
        revision=revision,
        reason=reason,
        department=department,
        behalf=HEADQUARTERS if of_headquarters and not sits_there else "",
    )
    return row


@transaction.atomic
def attach_to_review(*, by: User, review: Review, name: str, content: bytes) -> Attachment:
    """A file beside a draft; same rights as writing in it."""
    row = _locked(review)
    check_may_draft(by=by, review=row)
    return attach_file(by=by, subject=row, name=name, content=content, label=str(row))
