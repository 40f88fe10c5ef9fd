"""Is this cell open, for whom, and until when. Pure over rows already fetched; the clock is an
argument.

One class, `MonthState`, gathers what locks a month (closing, submissions, reopenings, deadline) in
one query and answers for every cell of it, so form, grid, paste, upload, admin and command all ask
the same question. Rules: docs/rules.md §1 and §5.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from foundation.japanese.calendar import add_months, date_with_weekday, month_name
from foundation.japanese.workdays import next_working_day, working_days_left
from foundation.records.compiled import Compiled
from foundation.records.models import HistoryEntry
from kpi.choices import ReopeningState, SubmissionState
from kpi.models import Reopening, ReportingMonth, ReturnReason, Submission
from kpi.models.returned import reasons_of
from kpi.models.settled import settled_of
from kpi.models.told_of_month import (
    asked_told,
    closed_told,
    corrected_told,
    handed_in_told,
    told_of_month,
)
from measures.models import Plan
from measures.months import PlanMonths
from measures.setting import stored_versions, versions_now
from measures.settings_of import Deadline, SettingVersions

NOT_ASKED = "利用開始月より前の月です（入力を求めません）"
FROZEN = {SubmissionState.SUBMITTED, SubmissionState.CONFIRMED}


def default_due_on(month: date, deadline: Deadline) -> date:
    """提出期限: that day of the next month (without a decision the 10th), or the next working day
    (docs/rules.md §1 and §10).
    """
    return next_working_day(add_months(month, 1).replace(day=deadline.day))


def entered_month(
    months: PlanMonths,
    today: date,
    decided: SettingVersions | None = None,
    closed: Container[date] | None = None,
) -> date | None:
    """The month whose values are asked for: the last one that has ended, or when that is closed,
    or the portal came into use later, the one that runs. None when the plan has no such month.
    `decided`: the settings of the plan, `closed`: all closed months, to spare a query each.
    """
    collected = months.collected(today)
    asked = (decided or versions_now()).in_month(collected).asks_for(collected)
    is_closed = ReportingMonth.objects.closed if closed is None else closed.__contains__
    if asked and not is_closed(collected):
        return collected

    following = add_months(collected, 1)
    return following if following <= min(months.last, today) else None


@dataclass(frozen=True)
class Countdown:
    """How long until the deadline: `days` calendar days, `working_days` days the office is open.

    `hour`: the hour of that day in words; `asked`: is the month asked for at all?
    """

    due_on: date
    days: int
    working_days: int
    hour: str
    asked: bool = True

    @property
    def when(self) -> str:
        """「提出期限 11月10日（火）17時15分」."""
        return f"提出期限 {date_with_weekday(self.due_on)}{self.hour}"

    @property
    def left(self) -> str:
        """「開庁日であと2日」「今日まで」「3日超過」."""
        if self.days < 0:
            return f"{-self.days}日超過"
        if self.days == 0:
            return "今日まで"
        return f"開庁日であと{self.working_days}日"

    @property
    def sentence(self) -> str:
        """「提出期限 11月10日（火）17時15分・開庁日であと2日」; none is late before 利用開始月."""
        return f"{self.when}・{self.left}" if self.asked else NOT_ASKED


def countdown_to(due_on: date, today: date, deadline: Deadline) -> Countdown:
    """Days left from `today` until a day, at the hour of the deadline that holds."""
    left = due_on - today
    working = working_days_left(today, due_on)
    return Countdown(
        due_on,
        left.days,
        working,
        deadline.hour_words,
    )


@dataclass(frozen=True)
class Lock:
    """Why a cell cannot be changed and who can open it.

    `reason_needed`: may be changed, with a reason.
    """

    sentence: str
    word: str
    reason_needed: bool = False


@dataclass
class MonthState:
    """One month's locks. Build with `MonthState.load(month)`. `deadline`: as it holds in it;
    `exceptions`: all requests of the month, and those of others that wait; `corrections`:
    {indicator id: how often its value was changed since the month was closed last};
    `closed_months`: all there are.
    """

    month: date
    due_on: date
    deadline: Deadline
    locked: bool = False
    submissions: dict = field(default_factory=dict)
    reopened: dict = field(default_factory=dict)
    requests: dict = field(default_factory=dict)
    settled: ReportingMonth | None = None
    asked: bool = True
    exceptions: tuple[Reopening, ...] = ()
    corrections: Counter = field(default_factory=Counter)
    closed_months: frozenset[date] = frozenset()

    @classmethod
    def load(cls, month: date, found: Sequence[Any] = (), told: Plan | None = None) -> "MonthState":
        """`found`: what was read of the month (`kpi.reading.load`), which knows the settings;
        `told`: the plan, where it was asked for with what stands about the month (`told_of_month`).

        One query without `told`.
        """
        plan: Any = told or next(iter(_of_month(month)()), None)
        decided = found[0].decided if found else SettingVersions.read(plan and plan.decided)
        rules = decided.in_month(month)
        settled = settled_of(month, plan) if plan else None
        locked = settled is not None and settled.locked_at is not None
        exceptions = asked_told(plan) if plan else []
        open_here = _open(month, exceptions) if locked else []
        return cls(
            month=month,
            locked=locked,
            due_on=(settled and settled.due_on) or default_due_on(month, rules.deadline),
            deadline=rules.deadline,
            submissions={row.department_id: row for row in handed_in_told(month, plan)}
            if plan
            else {},
            reopened={
                row.indicator_id: row for row in open_here if row.state == ReopeningState.ALLOWED
            },
            requests={
                row.indicator_id: row for row in open_here if row.state == ReopeningState.REQUESTED
            },
            settled=settled,
            asked=rules.asks_for(month),
            exceptions=tuple(exceptions),
            corrections=corrected_told(plan) if plan else Counter(),
            closed_months=closed_told(plan) if plan else frozenset(),
        )

    @classmethod
    def open_among(
        cls, months: list[date], rows: Iterable[ReportingMonth], decided: SettingVersions
    ) -> list["MonthState"]:
        """The states of those of `months` that are not closed, in their order. `rows`: what is
        settled about them; `decided`: the settings of the plan.

        One query.
        """
        settled = {row.month: row for row in rows}
        left = [month for month in months if month not in settled or not settled[month].locked_at]
        submissions: dict[date, dict] = defaultdict(dict)
        for row in _of_months(tuple(left))():
            submissions[row.month][row.department_id] = row
        states = []
        for month in left:
            own, deadline = settled.get(month), decided.in_month(month).deadline
            states.append(
                cls(
                    month=month,
                    due_on=(own and own.due_on) or default_due_on(month, deadline),
                    deadline=deadline,
                    submissions=submissions[month],
                    settled=own,
                    asked=decided.in_month(month).asks_for(month),
                )
            )
        return states

    @cached_property
    def returns(self) -> tuple[ReturnReason, ...]:
        """The reasons of the newest return of every department that is 差戻し."""
        rows = self.submissions.values()
        back = [row for row in rows if row.state == SubmissionState.RETURNED]
        return tuple(reason for row in back for reason in reasons_of(row))

    def state_of(self, department_id) -> str:
        """The submission state of a department's month; no row = 未提出."""
        row = self.submissions.get(department_id)
        return row.state if row else SubmissionState.NOT_SUBMITTED

    def lock_on(
        self, *, indicator_id, department_id, secretariat: bool, now: datetime
    ) -> Lock | None:
        """What stands against changing this cell, or None.

        Closed months yield only to an allowed reopening.
        """
        if self.locked:
            if self.open_until(indicator_id, now):
                return None
            if indicator_id in self.requests:
                return Lock(
                    "月次締め済みです。例外を申請中です。事務局が許可すると入力できます。",
                    "締め済み・申請中",
                )
            return Lock(
                "月次締め済みです。訂正するには、課長が「例外の申請」をし、事務局が許可します。",
                "締め済み",
            )
        if self.state_of(department_id) in FROZEN:
            if secretariat:
                return Lock(
                    "提出済みです。事務局が直すときは理由を入力してください。",
                    "提出済み",
                    reason_needed=True,
                )
            return Lock(
                "提出済みです。直すには、課長が取り下げるか、事務局が差し戻します。", "提出済み"
            )
        return None

    def open_until(self, indicator_id, now: datetime):
        """Until when an allowed reopening lets this cell of the closed month be corrected, or
        None.

        A permission from before the last closing has ended with it. That is told by the revision:
        an act may have waited while the month was closed again, and a clock may be set back.
        """
        allowed = self.reopened.get(indicator_id)
        if allowed is None or self.settled is None:
            return None
        if allowed.decided_revision < self.settled.locked_revision:
            return None
        return allowed.expires_at if now < allowed.expires_at else None

    def countdown(self, today: date) -> Countdown:
        """Days left until the deadline, as of `today`."""
        return replace(
            countdown_to(
                self.due_on,
                today,
                self.deadline,
            ),
            asked=self.asked,
        )


@lru_cache(maxsize=64)
def _of_month(month: date) -> Compiled[Plan]:
    """The question for what stands about a month, put together once for it."""
    return Compiled(Plan.objects.annotate(decided=stored_versions(), **told_of_month(month))[:1])


@lru_cache(maxsize=64)
def _of_months(months: tuple[date, ...]) -> Compiled[Submission]:
    """The question for what is handed in, put together once for these months."""
    return Compiled(Submission.objects.filter(month__in=months).with_returned())


def _open(month: date, requests: Iterable[Reopening]) -> list[Reopening]:
    """Those of the month that wait for an answer or were allowed, the newest answer last."""
    states = (ReopeningState.REQUESTED, ReopeningState.ALLOWED)
    rows = [row for row in requests if row.month == month and row.state in states]
    return sorted(rows, key=lambda row: (row.decided_revision, row.pk))


@dataclass(frozen=True)
class ChangedCell:
    """A cell that stands otherwise than it did: what the history kept of it before and after."""

    before: dict
    after: dict


def changed_cells(month: date, revision: int) -> dict[int, ChangedCell]:
    """{indicator id: its change} of the cells of a month that stand otherwise than they did at a
    data revision. One query.
    """
    later = HistoryEntry.objects.of_month("kpi.value", month).filter(revision__gt=revision)
    before: dict[int, dict] = {}
    after: dict[int, dict] = {}
    for entry in later.order_by("revision"):
        before.setdefault(entry.subject_id, entry.before)
        after[entry.subject_id] = entry.after
    return {
        indicator: ChangedCell(facts, after[indicator])
        for indicator, facts in before.items()
        if facts != after[indicator]
    }


def closed_sentence(month: date) -> str:
    """What stands against a version that would hold in a closed month."""
    return (
        f"{month_name(month)}分まで締めています。"
        f"{month_name(add_months(month, 1))}以降の月から適用してください。"
    )
