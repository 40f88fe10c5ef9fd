"""The doors of PDCA sheets.

Drafts with conflict check, transitions. Each is one transaction with its record.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import (
    Permission,
    has_permission,
    on_behalf_of,
    on_behalf_of_headquarters,
    require,
)
from foundation.records.actions import attach_file, moment, next_revision, record_change
from foundation.records.closed import Closed
from foundation.records.conflict import Conflict, SavedAlready, said
from foundation.records.facts import Facts, fields_in_words
from foundation.records.models import Attachment
from foundation.records.seen import wait_in_line
from foundation.records.transitions import Transition
from foundation.records.uploads import CheckedFile
from headquarters.reviews.beside import of_its_measure
from headquarters.reviews.choices import CycleState, ReviewState
from headquarters.reviews.facts import MeasureFacts, facts_of
from headquarters.reviews.kept import OCCASIONS, keep
from headquarters.reviews.lacks import lacks_of
from headquarters.reviews.models import Review, ReviewReturn
from headquarters.reviews.states import TRANSITIONS
from kpi.rules.grades import LETTERS
from measures.models import Measure
from measures.querysets import UNDECIDED

TEXTS = (
    "plan_text",
    "done_text",
    "analysis",
    "next_action",
    "next_direction",
    "self_grade",
    "self_grade_reason",
)
SENT_BACK = {"return": "下書き（差戻し）", "send_back": "提出（本部から差戻し）"}  # by transition
STAMP = ("version", "updated_by", "updated_at")


def conflict_with(row: Review) -> Conflict:
    """The conflict with a sheet as it is stored now."""
    return Conflict(
        row,
        said(
            row.updated_by,
            row.updated_at,
            "保存しました",
        ),
    )


def _locked(review: Review) -> Review:
    """The sheet as it stands now, with its lead."""
    row: Review = Review.objects.full().get(pk=review.pk)
    return row


def check_may_draft(*, by: User, review: Review) -> None:
    """PermissionDenied unless `by` may write in this sheet, Closed unless anybody may now."""
    require(
        by,
        Permission.DRAFT_REVIEWS,
        department=review.department_id,
    )
    if review.state != ReviewState.DRAFT or review.cycle.state != CycleState.OPEN:
        raise Closed(
            "提出済み、または終了したサイクルのシートは書き換えられません。直すには、取下げか差戻しが必要です。"
        )


@transaction.atomic
def save_draft(
    *, by: User, review: Review, seen_version: int, values: dict, at: datetime | None = None
) -> Review:
    """Store the texts of a draft.

    `values`: every name in `TEXTS`. Raises PermissionDenied, ValidationError, Conflict
    (SavedAlready when the same texts were stored).
    """
    at = moment(at)
    revision = next_revision(at=at)
    row = _locked(review)
    check_may_draft(by=by, review=row)
    changed = [name for name in TEXTS if getattr(row, name) != values[name]]
    if row.version != seen_version:
        unseen = seen_version < 0
        raise conflict_with(row) if changed or unseen else SavedAlready.by(row.updated_by, row)
    before = fields_in_words(row, changed)
    if not before:
        transaction.set_rollback(True)
        return row
    for name in TEXTS:
        setattr(row, name, values[name])
    row.version, row.updated_by, row.updated_at = revision, by, at
    row.full_clean(exclude=["cycle", "measure", "updated_by"])
    row.save(update_fields=[*TEXTS, *STAMP])
    _record(
        by,
        row,
        before,
        fields_in_words(row, changed),
        revision=revision,
        at=at,
        department=row.lead_id,
    )
    return row


def _record(
    by: User,
    row: Review,
    before: Facts,
    after: Facts,
    *,
    revision: int,
    at: datetime,
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
        department=lead.name if lead else UNDECIDED,
        at=at,
    )


def facts_now(review: Review) -> MeasureFacts:
    """The facts of a sheet's month as they are computed at this moment."""
    month, called = review.cycle.as_of, str(review.called)
    facts: MeasureFacts = facts_of(review.measure, month, called, of_its_measure(review))
    return facts


def lacking(review: Review, facts: MeasureFacts | None = None) -> list[str]:
    """What a draft lacks before it can be handed in, in sentences. `facts`: to spare asking."""
    judged = (facts or facts_now(review)).verdict
    return [lack.sentence for lack in lacks_of(review, judged)]


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
    at: datetime | None = None,
) -> Review:
    """Make one transition of a sheet. `grade`, `comment`: of the headquarters. The table in
    `reviews.states` is the law.

    What it is judged on is kept with it at 提出 and 本部評価 (`reviews.kept`). Raises
    PermissionDenied, ValidationError (not allowed from here, something missing), Conflict.
    """
    at = moment(at)
    revision = next_revision(at=at)
    row = _locked(review)
    step = TRANSITIONS.find(name, row.state)
    if step is None:
        raise ValidationError(
            f"いまは「{row.get_state_display()}」のため、この操作はできません。画面を読み込み直してください。"
        )
    department = row.lead_id if step.permission == Permission.SUBMIT_REVIEWS else None
    if not has_permission(by, step.permission, department=department):
        raise PermissionDenied(
            f"「{step.permission.value}」権限がありません。所管課の課長または事務局に依頼してください。"
        )
    if row.cycle.state != CycleState.OPEN:
        raise ValidationError("照会中のサイクルではないため、状態は変えられません。")
    if row.version != seen_version:
        raise conflict_with(row)
    facts = facts_now(row) if step.name in OCCASIONS else None
    _check(row, step, reason, grade, facts)
    if name == "regrade" and (grade, comment) == (row.headquarters_grade, row.headquarters_comment):
        raise ValidationError(f"本部評価は、すでに「{grade}」です。変わったところはありません。")
    moved = _move(by, row, step, reason, grade, comment, revision, department, at)
    if facts is not None:
        keep(moved, OCCASIONS[step.name], facts, at=at)
    return moved


def _check(
    row: Review, step: Transition, reason: str, grade: str, facts: MeasureFacts | None
) -> None:
    if step.reason_needed and not reason:
        raise ValidationError("差戻しの理由を入力してください。相手の画面に表示されます。")
    if step.grade_needed and grade not in LETTERS:
        raise ValidationError("本部評価（A・B・C・D）を選んでください。")

    texts = lacking(row, facts) if step.name == "submit" else []
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
    at: datetime,
) -> Review:
    before = {"状態": row.get_state_display()} | _graded(row, step)
    row.state, row.version, row.updated_by, row.updated_at = (
        step.target,
        revision,
        by,
        at,
    )
    if step.grade_needed:
        row.headquarters_grade, row.headquarters_comment = grade, comment
    if step.reason_needed:
        row.round += 1
        ReviewReturn.objects.create(
            review=row,
            round=row.round,
            from_state=step.sources[0],
            reason=reason,
            by=by,
            at=row.updated_at,
        )
    row.full_clean(exclude=["cycle", "measure", "updated_by"])
    grades = ["headquarters_grade", "headquarters_comment"]
    row.save(update_fields=["state", "round", *grades, *STAMP])
    after = {"状態": SENT_BACK.get(step.name, row.get_state_display())} | _graded(row, step)
    of_headquarters = step.permission in (Permission.GRADE, Permission.RETURN_TO_SECRETARIAT)
    _record(
        by,
        row,
        before,
        after,
        revision=revision,
        at=at,
        reason=reason,
        department=department,
        behalf=on_behalf_of_headquarters(by) if of_headquarters else "",
    )
    return row


def _graded(row: Review, step: Transition) -> Facts:
    """What the history says of the headquarters' grade; nothing of a transition without one."""
    if not step.grade_needed:
        return {}
    return {"本部評価": row.headquarters_grade, "本部のコメント": row.headquarters_comment}


@transaction.atomic
def attach_to_review(
    *, by: User, review: Review, file: CheckedFile, at: datetime | None = None
) -> Attachment:
    """A file beside a draft; same rights as writing in it."""
    wait_in_line()
    row = _locked(review)
    check_may_draft(by=by, review=row)

    return attach_file(by=by, subject=row, file=file, label=str(row), at=at)
