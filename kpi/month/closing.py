"""月次締め: what is unfinished, the lock, the due day (docs/rules.md §5).

The edition is made above, in reports.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import add_months, date_with_weekday, last_of_month, wareki_month
from foundation.japanese.ranges import deadline_days
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.models import HistoryEntry
from foundation.records.seen import Seen, check_seen, save_only
from kpi import reading
from kpi.cells.fetched import Values
from kpi.choices import CellState, Maturity, ReopeningState
from kpi.choices import SubmissionState as S
from kpi.models import Reopening, ReportingMonth
from kpi.months import MonthState, default_due_on
from kpi.submissions import standings
from measures.models import Plan
from measures.setting import versions_now


@dataclass(frozen=True)
class Check:
    """One line of the closing checklist.

    `label`: the wish, as it reads once it is fulfilled. `open_label`: what is left while it is
    not, counted in `unit` (a wish beside an empty circle reads as fulfilled). `texts` name what
    is open, `door` is the page on which it is settled. `must`: closing in spite of it needs a
    reason.
    """

    label: str
    open_label: str
    texts: tuple
    unit: str = "件"
    door: str = "kpi:entry"
    must: bool = True

    @property
    def done(self) -> bool:
        """Nothing is open."""
        return not self.texts

    @property
    def left(self) -> str:
        """What is left, with its number: 「未入力 3件」."""
        return f"{self.open_label} {len(self.texts)}{self.unit}"

    @property
    def sentence(self) -> str:
        """The line as it is shown: 「済：未入力がない」, 「未：未入力 3件」."""
        if self.done:
            return f"済：{self.label}"
        return f"未：{self.left}" if self.must else f"参考：{self.left}"


@dataclass(frozen=True)
class Closing:
    """Everything that is asked before a month is closed."""

    month: date
    state: MonthState
    rows: list
    checks: tuple

    @property
    def waiting(self) -> list[Reopening]:
        """Requests of any month that wait for an answer."""
        return [row for row in self.state.exceptions if row.state == ReopeningState.REQUESTED]

    @property
    def of_month(self) -> list[Reopening]:
        """All requests of the month, the newest first."""
        mine = [row for row in self.state.exceptions if row.month == self.month]
        return sorted(mine, key=lambda row: row.requested_at, reverse=True)

    @property
    def unfinished(self) -> list[Check]:
        """Lines that need a reason when the month is closed all the same."""
        return [check for check in self.checks if check.must and check.texts]


def checklist(month: date, told: Plan | None = None, values: Values | None = None) -> Closing:
    """What is missing, returned, unexplained or waiting in a month, in the order in which one
    settles it. `told`: for `MonthState.load`, `values`: for `reading.load`, where they are known.
    """
    rows = reading.load(month, on=add_months(month, 1), values=values)
    state = MonthState.load(month, rows, told)
    checks = (
        _month_before(month, rows),
        *_of_values(rows),
        *_of_departments(standings(rows, state, None)),
        *_of_marks(
            month,
            rows,
            state.exceptions,
        ),
    )
    return Closing(month, state, rows, checks)


def _named(rows) -> tuple[str, ...]:
    return tuple(str(row.indicator) for row in rows)


def _month_before(month: date, rows) -> Check:
    earlier = add_months(month, -1)
    open_before = (
        rows
        and earlier >= rows[0].plan_start
        and rows[0].decided.in_month(earlier).asks_for(earlier)
        and not rows[0].definition.closed_before
    )
    return Check(
        "前の月を締めている",
        "締めていない前の月",
        (wareki_month(earlier),) if open_before else (),
        unit="か月",
        door="kpi:months",
    )


def _of_values(rows) -> tuple[Check, ...]:
    return (
        Check(
            "未入力がない",
            "未入力",
            _named(row for row in rows if row.state == CellState.MISSING),
        ),
        Check(
            "注意にコメントがある",
            "コメントのない注意",
            _named(row for row in rows if row.unexplained),
        ),
    )


def _of_departments(groups) -> tuple[Check, ...]:
    def those(state):
        return tuple(group.name for group in groups if group.state == state)

    asked = (
        ("全課が提出している", "未提出", S.NOT_SUBMITTED),
        ("差戻し中の課がない", "差戻し中", S.RETURNED),
        ("提出をすべて確認している", "確認していない提出", S.SUBMITTED),
    )
    return tuple(
        Check(label, left, those(state), unit="課", door="kpi:month")
        for label, left, state in asked
    )


def _of_marks(month: date, rows, requests: tuple[Reopening, ...]) -> tuple[Check, ...]:
    waiting = (row for row in requests if row.state == ReopeningState.REQUESTED)
    marked = (row for row in rows if month in row.stored and row.stored[month].follow_up)
    return (
        Check(
            "例外の申請に回答している",
            "回答していない例外の申請",
            _named(row for row in waiting if row.month == month),
            door="kpi:months",
        ),
        Check("「後で確認」の印がない", "「後で確認」の印", _named(marked)),
        Check(
            "暫定の値がない",
            "暫定の値",
            _named(
                row for row in rows if row.reading and row.reading.maturity == Maturity.PROVISIONAL
            ),
            must=False,
        ),
    )


def changes_since_closing(settled: ReportingMonth) -> int:
    """「締め後の変更」: changes of cells that a closed month has seen since it was closed last."""
    entries = HistoryEntry.objects.of_month("kpi.value", settled.month)
    return entries.filter(revision__gt=settled.locked_revision).count()


def _moment_of_closing(month: date, at: datetime) -> datetime:
    """`at`, or the newest change of the month, so that the times shown stand in their order.

    What came after the closing is told by its revision, not by this.
    """
    newest = HistoryEntry.objects.of_month("kpi.value", month).aggregate(last=Max("at"))["last"]
    return at if newest is None else max(at, newest)


@transaction.atomic
def lock_month(
    *,
    by,
    month: date,
    on: date,
    reason: str = "",
    changes: int = 0,
    at: datetime | None = None,
) -> ReportingMonth:
    """Close a month, or close it again after corrections; open permissions end. What is unfinished
    needs `reason`. `changes`: what else, besides values, the caller knows to have changed since.

    The only door for closing besides `reports.actions.close_month`, which calls it. Raises
    PermissionDenied, ValidationError.
    """
    at = moment(at)
    require(by, Permission.CLOSE_MONTH)
    revision = next_revision(at=at)
    if on <= last_of_month(month):
        raise ValidationError(
            f"{wareki_month(month)}はまだ終わっていません。翌月になってから締めてください。"
        )
    closing = checklist(month)
    settled = closing.state.settled or ReportingMonth(month=month)
    again = settled.locked_at is not None
    if again and not changes and not changes_since_closing(settled):
        raise ValidationError("この月はすでに締めています。締めた後の変更はありません。")
    if closing.unfinished and not reason:
        names = "、".join(check.left for check in closing.unfinished)
        raise ValidationError(
            {
                "reason": f"終わっていない項目があります（{names}）。"
                "このまま締める理由を入力してください。"
            }
        )
    at = _moment_of_closing(month, at)
    settled.locked_at, settled.locked_by, settled.reason = at, by, reason
    settled.locked_revision = revision
    settled.full_clean(exclude=["locked_by"])
    save_only(settled, "locked_at", "locked_by", "locked_revision", "reason")
    Reopening.objects.filter(month=month, state=ReopeningState.ALLOWED, expires_at__gt=at).update(
        expires_at=at
    )
    record_change(
        by=by,
        action="kpi.month",
        subject=settled,
        label=f"{wareki_month(month)}の月次締め",
        month=month,
        reason=reason,
        revision=revision,
        before={"状態": "締め済み" if again else "速報"},
        after={"状態": "再度締め済み" if again else "締め済み"},
        at=at,
    )
    return settled


@transaction.atomic
def set_due_on(
    *,
    by,
    month: date,
    due_on: date | None,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> ReportingMonth:
    """Set the due day of a month.

    None: back to the usual one. Raises PermissionDenied, ValidationError, Conflict.
    """
    at = moment(at)
    require(by, Permission.CLOSE_MONTH)
    revision = next_revision(at=at)
    deadline_days(month).check(due_on, "due_on")
    settled = ReportingMonth.objects.filter(month=month).first() or ReportingMonth(month=month)
    check_seen(seen, settled, {"due_on": settled.due_on}, settled)
    if settled.locked_at is not None:
        raise ValidationError("月次締め済みのため、提出期限は変えられません。")
    usual = default_due_on(month, versions_now().in_month(month).deadline)
    before = settled.due_on or usual
    if due_on is not None and due_on <= last_of_month(month):
        raise ValidationError(
            {"due_on": f"提出期限は、{wareki_month(month)}が終わった後の日にしてください。"}
        )
    settled.due_on = None if due_on in (None, usual) else due_on
    settled.full_clean(exclude=["locked_by"])
    save_only(settled, "due_on")
    record_change(
        by=by,
        action="kpi.month",
        subject=settled,
        label=f"{wareki_month(month)}の提出期限",
        month=month,
        revision=revision,
        before={"提出期限": date_with_weekday(before)},
        after={"提出期限": date_with_weekday(settled.due_on or usual)},
        at=at,
    )
    return settled
