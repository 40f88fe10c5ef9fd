"""The month as it stands now, for the person who takes a sheet over. Few queries, whatever the
data.
"""

from datetime import date, datetime

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, has_permission, is_secretariat
from foundation.records.actions import local_day
from kpi import reading
from kpi.choices import CellState
from kpi.intake.back.row import RowNow
from kpi.months import MonthState
from kpi.reading import IndicatorMonth
from kpi.words import not_due

NOT_YOURS = "{}の指標です。入力できるのは{}と事務局です。"
HANDED_IN = "提出済みです。直すには、入力画面で理由を付けて1件ずつ入力します。"


def month_now(month: date, user: User, *, at: datetime) -> dict[int, RowNow]:
    """{indicator id: its row}, each with what locks it for this person, whatever a file says."""
    found = reading.load(month, on=local_day(at))
    if not found:
        return {}
    state = MonthState.load(month, found)
    rows = [RowNow(facts, _lock(facts, state, user, at)) for facts in found]
    return {row.indicator.pk: row for row in rows}


def _lock(facts: IndicatorMonth, state: MonthState, user: User, at: datetime) -> str:
    """Why a sheet does not change this row; "" where it may."""
    definition = facts.definition
    department, name = definition.responsible_id, definition.responsible_name
    if not has_permission(
        user,
        Permission.ENTER_VALUES,
        department=department,
    ):
        return NOT_YOURS.format(name, name)
    lock = state.lock_on(
        indicator_id=definition.indicator_id,
        department_id=department,
        secretariat=is_secretariat(user),
        now=at,
    )
    if lock is not None:
        return HANDED_IN if lock.reason_needed else lock.sentence
    if facts.state == CellState.NOT_DUE:
        return str(not_due(definition, facts.rule, facts.month))
    return ""
