"""The submission's life: one table of allowed transitions, and the one door that makes them (design/rules.md §5)."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Department
from accounts.permissions import Permission, has_permission, on_behalf_of, require
from japanese.calendar import wareki_month
from kpi import reading
from kpi.checks import soft_warnings
from kpi.choices import CellState
from kpi.choices import SubmissionState as S
from kpi.models import ReturnReason, Submission
from kpi.months import MonthState
from records.actions import next_revision, record_change


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


class NotReady(ValidationError):
    """The month cannot be handed in yet; the messages name each row and what it lacks."""


@dataclass(frozen=True)
class Standing:
    """A department's month as one person sees it: where it stands, what it lacks, what this person may do."""

    department: Department | None
    state: str
    due: int
    lacks: tuple
    transitions: tuple
    reasons: tuple

    @property
    def name(self) -> str:
        """The department's name."""
        return self.department.name if self.department else "所管課未定"

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
    stored = facts.stored.get(facts.month)
    if stored is None:
        return f"{facts.indicator} が未入力です"
    earlier = [row for month, row in sorted(facts.stored.items()) if month < facts.month and not row.missing_reason]
    if not stored.note and soft_warnings(stored, facts.definition, earlier[-1] if earlier else None):
        return f"{facts.indicator} にコメントが必要です"
    return None


def standings(rows, month_state, user, reasons=()) -> list[Standing]:
    """One `Standing` per department that has something due. `rows`: IndicatorMonth of the month; no queries."""
    groups = {}
    for facts in rows:
        if facts.state != CellState.NOT_DUE:
            groups.setdefault(facts.definition.responsible_id, []).append(facts)
    return [_standing(key, group, month_state, user, reasons) for key, group in groups.items()]


def _standing(key, group, month_state, user, reasons) -> Standing:
    state = month_state.state_of(key)
    may = () if month_state.locked else tuple(
        row for row in allowed(state) if has_permission(user, row.permission, department=key)
    )
    return Standing(
        department=group[0].definition.responsible, state=state, due=len(group),
        lacks=tuple(text for text in map(_lacking, group) if text), transitions=may,
        reasons=tuple(row for row in reasons if row.submission.department_id == key and state == S.RETURNED),
    )


@transaction.atomic
def change_submission(*, by, department, month, name: str, reason: str = "") -> Submission:
    """Make one transition of a department's month (None: indicators without a department).

    Raises PermissionDenied, ValidationError (unknown or not allowed from here, reason missing, month closed), NotReady.
    """
    revision = next_revision()
    step = TRANSITIONS.get(name)
    state = MonthState.load(month)
    key = department.pk if department else None
    if step is None or state.state_of(key) not in step.sources:
        label = S(state.state_of(key)).label
        raise ValidationError(f"いまは「{label}」のため、この操作はできません。画面を読み込み直してください。")
    require(by, step.permission, department=department)
    if state.locked:
        raise ValidationError("月次締め済みのため、提出の状態は変えられません。")
    if step.reason_needed and not reason:
        raise ValidationError("差戻しの理由を入力してください。所管課の画面に表示されます。")
    rows = [row for row in reading.load(month) if row.definition.responsible_id == key]
    if step.name == "submit":
        lacks = [text for text in map(_lacking, rows) if text]
        if lacks:
            raise NotReady(lacks)
    return _write(by, department, month, step, reason, revision)


def _write(by, department, month, step, reason, revision) -> Submission:
    row = Submission.objects.of(department, month).first() or Submission(department=department, month=month)
    before = S(row.state).label if row.state else S.NOT_SUBMITTED.label
    row.state, row.updated_at = step.target, timezone.now()
    behalf = on_behalf_of(by, department)
    if step.name == "submit":
        row.submitted_at, row.submitted_by, row.on_behalf = row.updated_at, by, bool(behalf)
    row.round += step.name == "return"
    row.full_clean(exclude=["department", "submitted_by"])
    row.save()
    if step.name == "return":
        ReturnReason.objects.create(submission=row, round=row.round, reason=reason)
    record_change(
        by=by, action="kpi.submission", subject=row, label=f"{row.department or '所管課未定'}（{wareki_month(month)}）の提出",
        before={"状態": before}, after={"状態": S(step.target).label}, reason=reason, revision=revision,
        on_behalf_of=behalf if step.name in ("submit", "withdraw") else "",
        department=department.name if department else "所管課未定",
    )
    return row
