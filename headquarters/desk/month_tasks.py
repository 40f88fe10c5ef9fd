"""What the months ask of a person: every one that has ended and is not closed, as long as something
in it is open, oldest first.

The newest leads to the very rows; of an earlier one there is one line for each kind. A closed month
asks for nothing, except that an exception was asked for or allowed, or that it says something else
than its edition by now. The queries do not grow with the months.
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from foundation.accounts.permissions import Permission, has_permission
from foundation.japanese.calendar import last_of_month, month_name
from headquarters.desk.tasks import Task
from headquarters.reports.reclosing import TOLD_FOR, changed_months
from kpi.choices import CellState, NotJudged, ReopeningState
from kpi.entry.grid import Grid
from kpi.entry.row import EntryRow
from kpi.forecasts.outlook import ASKED_IN, NOT_FORECAST, is_expected_in
from kpi.models import Reopening
from kpi.month.open_months import OpenMonth, open_months
from kpi.month.reopenings import asked_together
from kpi.months import FROZEN, MonthState
from kpi.submissions import Standing

NOTHING_TO_EXPECT = NOT_FORECAST | {NotJudged.NO_TARGET, NotJudged.NO_TARGET_BY_DECISION}
COMPARED = 3  # closed months are compared with today, at most
YEAR = 12


def month_tasks(user, grid: Grid, states: list[MonthState], *, on: date) -> Iterator[Task]:
    """All lines about months that are not closed. `grid`: of the month being collected; `states`:
    of those that have ended.
    """
    may_close = has_permission(user, Permission.CLOSE_MONTH)
    for month in open_months(states, [row.facts for row in grid.rows], user):
        is_newest = month.month == grid.month
        yield from _row_tasks(grid, on) if is_newest else _entry_tasks(user, month, on)
        yield from _forecast_tasks(user, month, grid, on)
        yield from _returned_tasks(user, month, on, by_row=is_newest)
        yield from _submission_tasks(month, on)
        if may_close and on > last_of_month(month.month):
            yield from _closing_tasks(month, on)


def closed_tasks(user, grid: Grid, settled, *, on: date, now: datetime) -> Iterator[Task]:
    """All lines about months that are closed. `settled`: of `settled_months`."""
    may_close = has_permission(user, Permission.CLOSE_MONTH)
    if any(row.excepted for row in settled):
        yield from _exception_tasks(
            grid,
            may_close,
            on=on,
            now=now,
        )
    if may_close:
        yield from _reclosing_tasks(settled, on)


def _row_tasks(grid: Grid, on: date) -> Iterator[Task]:
    """A line for each row of the month being collected."""
    month, due_on = grid.month, grid.state.due_on
    name = month_name(month)
    for row in grid.due:
        if not (row.is_open and row.needs_attention):
            continue
        if row.returned:
            kind, detail = "差戻し", f"{name}分が差し戻されました：{row.returned[0]}"
        elif row.facts.awaits_numerator:
            told = row.definition.numerator_words
            kind, detail = "入力", f"{name}分の分子（{told}）が未入力です"
        elif row.state == CellState.MISSING:
            kind, detail = "入力", f"{name}分の値が未入力です"
        elif row.warnings:
            kind, detail = "コメント", f"{name}分の値に理由のコメントが必要です"
        else:
            kind, detail = "後で確認", f"{name}分の値に「後で確認」の印が付いています"
        url = f"{reverse('kpi:entry', args=[month])}?show=all#k{row.indicator.code}"
        text = f"{row.indicator.code} {row.indicator.name}"
        typed = row if kind == "入力" and _is_plain(row) else None
        yield Task(due_on, kind, text, detail, url, on > due_on, row=typed)


def _is_plain(row: EntryRow) -> bool:
    """Is there nothing to it but to type the value?"""
    return row.stored is None and not row.is_uncertain and not row.facts.awaits_numerator


def _entry_tasks(user, month: OpenMonth, on: date) -> Iterator[Task]:
    """A line for each kind of an earlier month: how many of the rows that are this person's."""
    kinds = (
        ("入力", month.missing, "値が未入力です", "missing"),
        ("コメント", month.unexplained, "値に理由のコメントが必要です", "attention"),
        ("後で確認", month.marked, "値に「後で確認」の印が付いています", "later"),
    )
    for kind, rows, words, show in kinds:
        mine = [row for row in rows if _may_enter(user, row, month)]
        if mine:
            url = f"{reverse('kpi:entry', args=[month.month])}?show={show}"
            late = on > month.state.due_on
            yield _line(
                month,
                kind,
                f"{len(mine)}指標の{words}",
                url,
                late=late,
            )


def _forecast_tasks(user, month: OpenMonth, grid: Grid, on: date) -> Iterator[Task]:
    """In September and January: for how many indicators nobody has said how the year will end."""
    if month.month.month not in ASKED_IN or on <= last_of_month(month.month):
        return
    asked = [
        row.facts
        for row in grid.rows
        if row.progress.not_judged not in NOTHING_TO_EXPECT and _may_enter(user, row.facts, month)
    ]
    silent = [facts for facts in asked if not is_expected_in(facts, month.month)]
    if silent:
        url = reverse("kpi:forecasts", args=[month.month])
        words = f"{len(silent)}指標の年度末の見込と理由を入力してください"
        yield _line(
            month,
            "年度末見込",
            words,
            url,
            late=on > month.state.due_on,
        )


def _may_enter(user, row, month: OpenMonth) -> bool:
    department = row.definition.responsible_id
    may = has_permission(user, Permission.ENTER_VALUES, department=department)
    return may and month.state.state_of(department) not in FROZEN


def _line(month: OpenMonth, kind: str, detail: str, url: str, *, late: bool) -> Task:
    text = f"{month_name(month.month)}分の{kind}"
    return Task(month.state.due_on, kind, text, detail, url, late)


def _returned_tasks(user, month: OpenMonth, on: date, *, by_row: bool) -> Iterator[Task]:
    """Departments of this person that were sent back. `by_row`: reasons on rows are told there."""
    for row in month.standings:
        whole = any(reason.indicator is None for reason in row.reasons)
        if row.sent_back and (whole or not by_row) and _answers(user, row):
            entry = f"{reverse('kpi:entry', args=[month.month])}#submission"
            yield _line(month, "差戻し", _told(row), entry, late=on > month.state.due_on)


def _submission_tasks(month: OpenMonth, on: date) -> Iterator[Task]:
    """Departments that can hand in, or wait to be confirmed."""
    may = {row.key: {step.name for step in row.transitions} for row in month.standings}
    late = on > month.state.due_on
    entry = f"{reverse('kpi:entry', args=[month.month])}#submission"
    ready = [
        row.name
        for row in month.standings
        if "submit" in may[row.key] and not row.sent_back and not row.lacks
    ]
    if ready:
        words = f"{'、'.join(ready)}の入力がそろいました。提出できます"
        yield _line(month, "提出", words, entry, late=late)
    waiting = [row for row in month.standings if "confirm" in may[row.key]]
    if waiting:
        names = "、".join(row.name for row in waiting)
        words = f"{names}から提出されました。確認するか差し戻してください"
        board = reverse("kpi:month", args=[month.month])
        yield _line(month, "確認", words, board, late=False)


def _answers(user, row: Standing) -> bool:
    """Is the department one of those for which this person works?"""
    department = row.department.pk if row.department else None
    return has_permission(
        user,
        Permission.ENTER_VALUES,
        department=department,
    )


def _told(row: Standing) -> str:
    """「税務課：3-1 分母を確かめてください。値を直すか返答を書いて、提出」."""
    reasons = "　".join(
        f"{reason.indicator.code} {reason.reason}" if reason.indicator else reason.reason
        for reason in row.reasons
    )
    said = reasons.removesuffix("。")
    return f"{row.name}：{said}。値を直すか返答を書いて、提出してください"


def _closing_tasks(month: OpenMonth, on: date) -> Iterator[Task]:
    """A month that is complete, or whose deadline has passed, can be closed."""
    url = reverse("reports:close", args=[month.month])
    if month.complete:
        yield _line(month, "締め", "すべての課を確認しました。締められます", url, late=False)
    elif on > month.state.due_on:
        so_far = f"確認 {month.confirmed}／{len(month.standings)}課"
        yield _line(month, "締め", f"提出期限を過ぎています（{so_far}）", url, late=True)


def _exception_tasks(grid: Grid, may_close: bool, *, on: date, now: datetime) -> Iterator[Task]:
    """Requests to answer, for the secretariat; what was allowed and is not corrected yet."""
    rows = {row.indicator.pk: row for row in grid.rows}
    current = list(Reopening.objects.current(now))
    waiting = [row for row in current if row.state == ReopeningState.REQUESTED]
    for act in asked_together(waiting) if may_close else ():
        first = act.first
        text = str(first.indicator) if len(act.rows) == 1 else act.codes
        url = f"{reverse('kpi:month', args=[first.month])}#requests"
        yield Task(on, "申請", text, f"{_name(first)}：{first.reason}", url, False)
    for asked in current:
        row = rows.get(asked.indicator_id)
        if asked.state == ReopeningState.REQUESTED or not row or not row.may:
            continue
        if not _corrected(row, asked):
            until = timezone.localtime(asked.expires_at)
            detail = f"{_name(asked)}が許可されました。{until:%H:%M}までに訂正してください"
            url = reverse("kpi:value_edit", args=[asked.month, row.indicator.code])
            yield Task(until.date(), "訂正", str(asked.indicator), detail, url, False)


def _name(asked: Reopening) -> str:
    return f"{month_name(asked.month)}分の例外の申請"


def answers_to(grid: Grid, now: datetime) -> list[Reopening]:
    """What became of the exceptions that this person's departments have asked for lately."""
    mine = {row.indicator.pk for row in grid.rows if row.may}
    lately = Reopening.objects.answered_since(now - TOLD_FOR)
    return [row for row in lately if row.indicator_id in mine]


def _corrected(row, asked) -> bool:
    """Was the value saved after the answer? Told by the revision, never by the clock."""
    saved = row.facts.saved_in(asked.month)
    return any(value.version > asked.decided_revision for value in saved)


def _reclosing_tasks(settled, on: date) -> Iterator[Task]:
    """Closed months that say something else than their editions by now."""
    recent = list(settled)[-YEAR:]
    for month, changes in changed_months(recent, on=on, most=COMPARED).items():
        detail = f"締めた後に変わったもの {changes}件。締め直せます"
        url = reverse("reports:close", args=[month])
        yield Task(on, "締め直し", f"{month_name(month)}分の締め直し", detail, url, False)
