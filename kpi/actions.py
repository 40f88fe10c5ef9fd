"""The one door for KPI writes. Form, grid, paste, upload, admin and command all come through here.

Every action is one transaction: row, history entry, data revision. The revision is moved first: it
is one row, so writers queue on it and each sees what the one before has saved.
"""

from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, is_secretariat, on_behalf_of, require
from foundation.japanese.calendar import first_of_month, wareki_month
from foundation.records.actions import attach_file, moment, next_revision, record_change
from foundation.records.closed import Closed
from foundation.records.compiled import ONE, Compiled
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.models import Attachment
from foundation.records.seen import save_only, wait_in_line
from foundation.records.uploads import CheckedFile
from kpi.cells import linked
from kpi.cells.known import KnownCell
from kpi.cells.told import conflict_with, history_of, label_of
from kpi.models import Definition, Indicator, KpiValue
from kpi.models.readings import reading_of
from kpi.months import MonthState
from kpi.reading import IndicatorMonth
from kpi.rules.checks import Entry, hard_errors
from kpi.rules.counting import Reading
from measures.models import Plan

NOT_IN_PLAN = "この指標は、その月には計画にありません。"


class Locked(Closed):
    """The cell is closed; the message says why and who can open it."""


@dataclass(frozen=True)
class Saved:
    """What a save did.

    The stored row (None = cleared), whether anything changed, the standing warnings, and the
    ratios that say something else now because the value is their numerator.
    """

    value: KpiValue | None
    changed: bool
    warnings: list[str]
    moved: tuple[Indicator, ...] = ()


@dataclass(frozen=True)
class Admitted:
    """That a person may write a cell: for whom (代理入力), and by which exception, in words."""

    behalf: str
    exception: str


@lru_cache(maxsize=64)
def _standing(month: date) -> Compiled[Definition]:
    """The question for the definition of an indicator that is in force, put together once for a
    month: that takes longer than to ask it, and twenty people fill in the same month.
    """
    return Compiled(Definition.objects.in_force(month).filter(indicator=ONE), indicator=ONE)


def definition_for(indicator: Indicator, month: date) -> Definition:
    """The definition in force with lead and department.

    ValidationError when the indicator is not in that month.
    """
    found = next(iter(_standing(month)(indicator=indicator.pk)), None)
    if found is None:
        _check_plan(indicator.measure.policy.plan, month)
        raise ValidationError(NOT_IN_PLAN)
    return found


def _check_plan(plan: Plan, month: date) -> None:
    if month not in plan.months:
        raise ValidationError(
            f"{wareki_month(month)}は計画期間（{plan.months}）の外です。月を選び直してください。"
        )


def check_month(definition: Definition, month: date, on: date) -> None:
    """The month is inside the plan and has begun by `on`, else ValidationError."""
    _check_plan(definition.indicator.measure.policy.plan, month)
    if month > first_of_month(on):
        raise ValidationError(
            f"{wareki_month(month)}はまだ始まっていません。始まってから入力してください。"
        )


def check_rights(
    by: User | None, definition: Definition, month: date, reason: str, now: datetime
) -> Admitted:
    """Permission, month lock and submission; by whom for whom, and by which exception.

    Raises PermissionDenied, Locked.
    """
    if by is not None:
        require(by, Permission.ENTER_VALUES, department=definition.responsible)
    return _admitted(by, definition, MonthState.load(month), reason, now)


def _admitted(
    by: User | None, definition: Definition, state: MonthState, reason: str, now: datetime
) -> Admitted:
    """The same, of a month whose locks are known."""
    if by is not None:
        require(by, Permission.ENTER_VALUES, department=definition.responsible)
    department_id = definition.responsible_id
    lock = state.lock_on(
        indicator_id=definition.indicator_id,
        department_id=department_id,
        secretariat=by is None or is_secretariat(by),
        now=now,
    )
    if lock and not (lock.reason_needed and reason):
        raise Locked(lock.sentence)

    allowed = state.reopened.get(definition.indicator_id)
    return Admitted(
        on_behalf_of(by, definition.responsible) if by is not None else "",
        f"例外の申請：{allowed.reason}" if allowed is not None else "",
    )


def _same(value: KpiValue, entry: Entry) -> bool:
    return all(getattr(value, name) == getattr(entry, name) for name in Entry.__dataclass_fields__)


@transaction.atomic
def record_value(
    *,
    by: User | None,
    indicator: Indicator,
    month: date,
    seen_version: int,
    entry: Entry,
    on: date,
    reason: str = "",
    at: datetime | None = None,
    known: KnownCell | None = None,
) -> Saved:
    """Store what was entered for one cell. The only door for values.

    `by`: the user (None: a command); `month`: first of month; `seen_version`: version of the row
    the person saw (0 = none was there); `on`: today. An empty `entry` clears the cell. Saving what
    is already stored changes nothing and leaves no trace; a correction under an exception says why
    that was asked for. `known`: the cell as the caller read it, good until somebody writes. Raises
    ValidationError, Locked, PermissionDenied, Conflict (SavedAlready: the same was stored).
    """
    at = moment(at)
    revision = next_revision(at=at)
    facts, state = _cell(indicator, month, on, revision, known)
    definition = facts.definition
    admitted = _admitted(by, definition, state, reason, at)
    stored, other = copy(facts.stored.get(month)), facts.numerators.get(month)
    if stored is None and entry.is_empty and not seen_version:
        return _unchanged(None)
    if (stored.version if stored else 0) != seen_version:
        raise _met(stored, entry, linked.answer_of(definition, stored, other))
    if stored is not None and _same(stored, entry):
        return _unchanged(stored)
    errors = {} if entry.is_empty else hard_errors(entry, definition, linked.number_of(other))
    if errors:
        raise ValidationError(errors)
    followers = linked.followers_of(definition, month)
    if stored is None or stored.value != entry.value:
        linked.check_followers(entry, followers)
    warnings = [] if entry.is_empty else facts.warnings_about(facts.with_numerator(entry))
    before = history_of(stored, linked.answer_of(definition, stored, other))
    was = reading_of(stored) if stored else None
    value = _store(stored, indicator, month, entry, by, revision, at)
    why = reason or admitted.exception
    record_change(
        by=by,
        action="kpi.value",
        subject=indicator,
        label=label_of(indicator, month),
        month=month,
        before=before,
        after=history_of(value, linked.answer_of(definition, value, other)),
        reason=why,
        on_behalf_of=admitted.behalf,
        department=definition.responsible_name,
        revision=revision,
        at=at,
    )
    now = reading_of(value) if value else None
    moved = [row for row in followers if linked.record_moved(row, was, now, by, indicator, why, at)]
    return Saved(value, True, [] if entry.note else warnings, tuple(row.indicator for row in moved))


def _cell(
    indicator: Indicator, month: date, on: date, revision: int, known: KnownCell | None
) -> tuple[IndicatorMonth, MonthState]:
    """What is known of the cell while that still holds, else as it stands inside the lock."""
    if known is None or not known.holds(indicator, month, revision):
        known = KnownCell.read(indicator, month, on, revision)
    if known is None:
        definition_for(indicator, month)  # says what is wrong with the month
        raise ValidationError(NOT_IN_PLAN)
    check_month(
        known.facts.definition,
        month,
        on,
    )
    return known.facts, known.state


def _unchanged(value: KpiValue | None) -> Saved:
    """Nothing to write: give the revision back, so that no page thinks something changed."""
    transaction.set_rollback(True)
    return Saved(value, False, [])


def _met(stored: KpiValue | None, entry: Entry, answer: Reading | None) -> Conflict:
    """Somebody saved in between: the same as this person, or something else."""
    if stored is None and entry.is_empty:
        return SavedAlready(None, "ほかの人が先に消去しています。")
    if stored is not None and _same(stored, entry):
        return SavedAlready.by(stored.updated_by, stored)
    return conflict_with(stored, answer)


def _store(
    stored: KpiValue | None,
    indicator: Indicator,
    month: date,
    entry: Entry,
    by: User | None,
    revision: int,
    at: datetime,
) -> KpiValue | None:
    if entry.is_empty:
        if stored is not None:
            stored.delete()
        return None
    value = stored or KpiValue(indicator=indicator, month=month)
    for name in Entry.__dataclass_fields__:
        setattr(value, name, getattr(entry, name))
    value.version, value.updated_by, value.updated_at = revision, by, at
    value.clean_fields(
        exclude=["indicator", "updated_by"]
    )  # the constraints stand in the database and in hard_errors
    save_only(value, *Entry.__dataclass_fields__, "version", "updated_by", "updated_at")
    return value


def check_may_enter(*, by: User, indicator: Indicator, month: date) -> None:
    """PermissionDenied unless `by` may enter this cell.

    Asked before what was sent is looked at.
    """
    require(by, Permission.ENTER_VALUES, department=definition_for(indicator, month).responsible)


@transaction.atomic
def attach_evidence(
    *,
    by: User,
    indicator: Indicator,
    month: date,
    file: CheckedFile,
    on: date,
    at: datetime | None = None,
) -> Attachment:
    """An evidence file of one month's figure; same rights and locks as the figure itself.

    It stays when the figure is cleared, and may be there before it.
    """
    at = moment(at)
    wait_in_line()
    definition = definition_for(indicator, month)
    check_month(definition, month, on)
    admitted = check_rights(by, definition, month, "", at)
    return attach_file(
        by=by,
        subject=indicator,
        file=file,
        on_behalf_of=admitted.behalf,
        label=label_of(indicator, month),
        month=month,
        department=definition.responsible_name,
        at=at,
    )
