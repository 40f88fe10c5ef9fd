"""The submission's life.

One table of allowed transitions, and the one door that makes them (docs/rules.md §5).
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import Department
from foundation.accounts.permissions import Permission, has_permission, on_behalf_of, require
from foundation.japanese.calendar import last_of_month, wareki_month
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.seen import Seen, check_seen, save_only
from foundation.records.transitions import Transition, Transitions
from kpi import reading
from kpi.choices import CellState
from kpi.choices import SubmissionState as S
from kpi.models import ReturnReason, Submission
from kpi.months import MonthState
from measures.querysets import UNDECIDED

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
        "confirm", "確認済みにする", (S.SUBMITTED,), S.CONFIRMED, Permission.CONFIRM, forward=True
    ),
)


class NotReady(ValidationError):
    """The month cannot be handed in yet; the messages name each row and what it lacks."""


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

    @property
    def due(self) -> int:
        """How many indicators it reports this month."""
        return len(self.rows)

    @property
    def lacks(self) -> list[str]:
        """What stands against handing in, a sentence per row."""
        return [text for text in map(_lacking, self.rows) if text]

    @property
    def name(self) -> str:
        """The department's name."""
        return self.department.name if self.department else UNDECIDED

    @property
    def label(self) -> str:
        """The state in words."""
        return S(self.state).label

    @property
    def buttons(self) -> tuple:
        """The transitions that can be made now: handing in only when nothing is lacking."""
        return tuple(row for row in self.transitions if row.name != "submit" or not self.lacks)


def _lacking(facts) -> str | None:
    """What a due row still lacks before it can be handed in, or None."""
    if facts.state == CellState.NOT_DUE:
        return None
    if facts.month not in facts.stored:
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
    return [_standing(key, group, month_state, user, reasons) for key, group in groups.items()]


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
    )


@transaction.atomic
def change_submission(
    *,
    by,
    department,
    month,
    name: str,
    reason: str = "",
    row_reasons: dict | None = None,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Submission:
    """Make one transition of a department's month (None: indicators without a department).

    `row_reasons`: {indicator code: sentence} of a return, shown on those rows; `reason` speaks of
    the whole month.

    Raises PermissionDenied, ValidationError (unknown or not allowed from here, reason missing,
    month closed), NotReady, Conflict (the state is not the one that was seen).
    """
    at = moment(at)
    revision = next_revision(at=at)
    state = MonthState.load(month)
    key = department.pk if department else None
    stored = Submission.objects.of(department, month).first()
    check_seen(seen, stored, {"state": state.state_of(key)}, *([stored] if stored else []))
    step = TRANSITIONS.find(name, state.state_of(key))
    if step is None:
        label = S(state.state_of(key)).label
        raise ValidationError(
            f"いまは「{label}」のため、この操作はできません。画面を読み込み直してください。"
        )
    require(by, step.permission, department=department)
    if state.locked:
        raise ValidationError("月次締め済みのため、提出の状態は変えられません。")
    if step.name == "submit" and local_day(at) <= last_of_month(month):
        raise ValidationError(
            f"{wareki_month(month)}はまだ終わっていません。翌月になってから提出してください。"
        )
    rows = [
        row for row in reading.load(month, on=local_day(at)) if row.definition.responsible_id == key
    ]
    lacks = [text for text in map(_lacking, rows) if text] if step.name == "submit" else []
    if lacks:
        raise NotReady(lacks)
    texts = _return_texts(rows, reason, row_reasons or {}) if step.reason_needed else []
    return _write(by, department, month, step, texts, revision, at)


def _return_texts(rows, reason, row_reasons) -> list[tuple]:
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


def _write(by, department, month, step, texts, revision, at: datetime) -> Submission:
    row = Submission.objects.of(department, month).first() or Submission(
        department=department, month=month
    )
    before = S(row.state).label if row.state else S.NOT_SUBMITTED.label
    row.state, row.updated_at = step.target, at
    behalf = on_behalf_of(by, department)
    if step.name == "submit":
        row.submitted_at, row.submitted_by, row.on_behalf = row.updated_at, by, bool(behalf)
    row.round += step.name == "return"
    row.full_clean(exclude=["department", "submitted_by"])
    save_only(row, "state", "updated_at", "submitted_at", "submitted_by", "on_behalf", "round")
    for indicator, text in texts:
        ReturnReason.objects.create(
            submission=row, round=row.round, indicator=indicator, reason=text
        )
    record_change(
        by=by,
        action="kpi.submission",
        subject=row,
        label=f"{row.department or UNDECIDED}（{wareki_month(month)}）の提出",
        month=month,
        before={"状態": before},
        after={"状態": S(step.target).label},
        revision=revision,
        reason="　".join(
            f"{indicator.code}：{text}" if indicator else text for indicator, text in texts
        ),
        on_behalf_of=behalf if step.name in ("submit", "withdraw") else "",
        department=department.name if department else UNDECIDED,
        at=at,
    )
    return row
