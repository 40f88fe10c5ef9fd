"""The doors of a department's month: one transition of one department, many confirmations."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import Department, User
from foundation.accounts.permissions import Permission, on_behalf_of, require
from foundation.japanese.calendar import last_of_month, wareki_month
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.seen import Seen, check_seen, save_only, wait_in_line
from foundation.records.transitions import Transition
from kpi import reading
from kpi.choices import SubmissionState as S
from kpi.models import Indicator, ReturnReason, ReturnReply, Submission
from kpi.months import ChangedCell, MonthState, changed_cells
from kpi.submissions.standing import NOBODY, figures_of, lacking, seen_of, standings
from kpi.submissions.transitions import JUDGES_VALUES, TRANSITIONS
from measures.querysets import UNDECIDED

Rows = Sequence[reading.IndicatorMonth]
Texts = list[tuple[Indicator | None, str]]  # what is said of an indicator, or of the whole month
SUBMITTING = ("submitted_at", "submitted_by", "on_behalf")
RETURNING = ("round", "returned_at", "returned_by", "returned_revision")


class NotReady(ValidationError):
    """The month cannot be handed in yet; the messages name each row and what it lacks."""


@transaction.atomic
def change_submission(
    *,
    by: User,
    department: Department | None,
    month: date,
    name: str,
    reason: str = "",
    row_reasons: dict[str, str] | None = None,
    reply: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Submission:
    """Make one transition of a department's month (None: indicators without a department).

    `row_reasons`: {indicator code: sentence} of a return, shown on those rows; `reason` speaks of
    the whole month; `reply`: what the department says to a return when it hands in again.

    Raises PermissionDenied, ValidationError (unknown or not allowed from here, reason missing,
    return not answered, month closed), NotReady, Conflict (state, or of a confirmation the values,
    are not those that were seen).
    """
    at = moment(at)
    revision = next_revision(at=at)
    state = MonthState.load(month)
    rows = _rows_of(department, month, at)
    stored = Submission.objects.of(department, month).first()
    standing = state.state_of(department.pk if department else None)
    subjects = [stored] if stored else []
    check_seen(seen, stored, {"state": standing}, *subjects)
    step = TRANSITIONS.find(name, standing)
    if step is None:
        raise ValidationError(
            f"いまは「{S(standing).label}」のため、この操作はできません。"
            "画面を読み込み直してください。"
        )
    require(by, step.permission, department=department)
    if state.locked:
        raise ValidationError("月次締め済みのため、提出の状態は変えられません。")
    if step.name in JUDGES_VALUES:
        subjects += [row.indicator for row in rows]
        check_seen(seen, stored, {"figures": figures_of(rows)}, *subjects)
    if step.name == "submit":
        _check_ready(rows, month, at)
        if standing == S.RETURNED and not reply:
            _check_answered(stored, state.returns)
    texts = _texts(step, rows, reason, row_reasons or {})
    return _write(by, department, month, step, texts, reply, revision, at)


def _rows_of(department: Department | None, month: date, at: datetime) -> Rows:
    """The rows of a department's month."""
    key = department.pk if department else None
    rows = reading.load(month, on=local_day(at))
    return [row for row in rows if row.definition.responsible_id == key]


def _check_ready(rows: Rows, month: date, at: datetime) -> None:
    """ValidationError while the month runs, NotReady while a row lacks something."""
    if local_day(at) <= last_of_month(month):
        raise ValidationError(
            f"{wareki_month(month)}はまだ終わっていません。翌月になってから提出してください。"
        )
    lacks = [text for text in map(lacking, rows) if text]
    if lacks:
        raise NotReady(lacks)


def _check_answered(stored: Submission, reasons: Iterable[ReturnReason]) -> None:
    """ValidationError while a reason of the return is answered by no changed value."""
    changed = changed_cells(stored.month, stored.returned_revision)
    left = [
        row for row in reasons if row.submission_id == stored.pk and not _is_answered(row, changed)
    ]
    if left:
        told = "、".join(_told(row.indicator, row.reason) for row in left)
        raise ValidationError(
            {"reply": f"差戻しに答えてから提出します。値を直すか、返答を書いてください（{told}）。"}
        )


def _is_answered(reason: ReturnReason, changed: dict[int, ChangedCell]) -> bool:
    """By a change of the row that it speaks of; of the whole month, by any."""
    return bool(changed) if reason.indicator_id is None else reason.indicator_id in changed


def _told(indicator: Indicator | None, text: str) -> str:
    return f"{indicator.code}：{text}" if indicator else text


def _texts(
    step: Transition[Permission], rows: Rows, reason: str, row_reasons: dict[str, str]
) -> Texts:
    """(indicator or None, sentence) of what a transition must be given a reason for."""
    if not step.reason_needed:
        return []
    if step.name == "return":
        return _return_texts(rows, reason, row_reasons)
    if not reason:
        raise ValidationError({"reason": "確認を取り消す理由を入力してください。履歴に残ります。"})
    return [(None, reason)]


def _return_texts(rows: Rows, reason: str, row_reasons: dict[str, str]) -> Texts:
    """(indicator or None, sentence) of a return.

    ValidationError when there is none or a row is foreign.
    """
    about = {row.indicator.code: row.indicator for row in rows}
    given = {code: text for code, text in row_reasons.items() if text}
    if not reason and not given:
        raise ValidationError(
            "差戻しの理由を、月全体または指標ごとに入力してください。所管課の画面に表示されます。"
        )
    if set(given) - set(about):
        raise ValidationError(
            "この課の指標ではないものに差戻しの理由が付いています。画面を読み込み直してください。"
        )
    return [
        *([(None, reason)] if reason else []),
        *((about[code], text) for code, text in given.items()),
    ]


def _write(
    by: User,
    department: Department | None,
    month: date,
    step: Transition[Permission],
    texts: Texts,
    reply: str,
    revision: int,
    at: datetime,
) -> Submission:
    row = Submission.objects.of(department, month).first() or Submission(
        department=department, month=month
    )
    before = S(row.state).label if row.state else S.NOT_SUBMITTED.label
    answers = row.state == S.RETURNED and reply
    row.state, row.updated_at = step.target, at
    behalf = on_behalf_of(by, department)
    if step.name == "submit":
        row.submitted_at, row.submitted_by, row.on_behalf = row.updated_at, by, bool(behalf)
    if step.name == "return":
        row.round += 1
        row.returned_at, row.returned_by, row.returned_revision = at, by, revision
    row.full_clean(exclude=["department", "submitted_by", "returned_by"])
    save_only(row, "state", "updated_at", *SUBMITTING, *RETURNING)
    if step.name == "return":
        _keep_reasons(row, texts)
    if answers:
        _keep_reply(
            row,
            reply,
            by,
            at,
        )
    said = "　".join(_told(indicator, text) for indicator, text in texts)
    record_change(
        by=by,
        action="kpi.submission",
        subject=row,
        label=f"{row.department or UNDECIDED}（{wareki_month(month)}）の提出",
        month=month,
        before={"状態": before},
        after={"状態": S(step.target).label} | ({"差戻しへの返答": reply} if answers else {}),
        revision=revision,
        reason=said,
        on_behalf_of=behalf if step.name in ("submit", "withdraw") else "",
        department=department.name if department else UNDECIDED,
        at=at,
    )
    return row


def _keep_reasons(row: Submission, texts: Texts) -> None:
    for indicator, text in texts:
        ReturnReason.objects.create(
            submission=row,
            round=row.round,
            indicator=indicator,
            reason=text,
        )


def _keep_reply(row: Submission, reply: str, by: User, at: datetime) -> None:
    answer = ReturnReply(
        submission=row,
        round=row.round,
        reply=reply,
        replied_by=by,
        replied_at=at,
    )
    answer.full_clean(exclude=["submission", "replied_by"])
    answer.save()


@transaction.atomic
def confirm_all(
    *,
    by: User,
    month: date,
    keys: Sequence[int],
    seen: Seen | None = None,
    at: datetime | None = None,
) -> list[Submission]:
    """Confirm several departments in one act: all of them, or none.

    `keys`: of their standings. Raises PermissionDenied, ValidationError, Conflict (one of them has
    been changed, or its values, since the page was drawn).
    """
    at = moment(at)
    require(by, Permission.CONFIRM)
    wait_in_line()
    rows = reading.load(month, on=local_day(at))
    state = MonthState.load(month, rows)
    board = {
        row.key: row
        for row in standings(
            rows,
            state,
            None,
        )
    }
    chosen = [board[key] for key in dict.fromkeys(keys) if key in board]
    if not chosen:
        raise ValidationError("確認する課を1つ以上選んでください。")
    keyed = {pk or NOBODY: row for pk, row in state.submissions.items()}
    touched = [keyed[row.key] for row in chosen if row.key in keyed]
    check_seen(seen, None, seen_of(chosen), *touched)
    return [
        change_submission(by=by, department=row.department, month=month, name="confirm", at=at)
        for row in chosen
    ]
