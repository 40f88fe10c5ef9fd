"""督促: one digest per person before and after the due day (docs/rules.md §5).

Stops when the month is handed in. A morning on which nothing ran, or a mail that did not go, is
made up for on the mornings after. How they go is in `post.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, has_permission, is_secretariat
from foundation.japanese.calendar import add_months, wareki_month
from headquarters.desk.models import Reminder
from headquarters.reviews.choices import CycleState, ReviewState
from headquarters.reviews.models import Review, ReviewCycle
from kpi import reading
from kpi.months import Countdown, MonthState, countdown_to
from kpi.submissions import standings
from measures.naming import current_names, heard
from measures.querysets import UNDECIDED
from measures.setting import versions_now

CATCH_UP = 7  # days for which a reminder is made up for, unless the next one is due before
OPEN = ("not_submitted", "returned")
WHOLE = {  # what is left where no value is missing: of a month that was sent back, and of another
    True: "差戻しに、値を直すか返答を書いて答え、提出してください",
    False: "入力はそろっています。課長の提出だけが残っています",
}


@dataclass(frozen=True)
class Digest:
    """What one person is told: `what` names the matter, `lines` say what is open.

    `days`: of which reminder, counted from the due day; `late`: is that day past?
    """

    user: User
    what: str
    month: date
    days: int
    late: bool
    title: str
    countdown: Countdown
    lines: tuple[str, ...]
    place: str

    @property
    def key(self) -> tuple[str, int, date, int]:
        """Once for each of these."""
        return self.what, self.user.pk, self.month, self.days

    @property
    def subject(self) -> str:
        """The line above the text."""
        when = "提出期限を過ぎています" if self.late else "提出期限が近づいています"
        return f"【{heard().title}】{self.title}：{when}"

    @property
    def text(self) -> str:
        """The whole digest as plain text."""
        return "\n".join(
            [
                f"{self.user.display_name} 様",
                "",
                f"{self.title}で、提出が済んでいないものがあります。",
                self.countdown.sentence,
                "",
                *self.lines,
                "",
                f"ポータルの「{self.place}」を開いて入力・提出してください。",
                heard().asked,
                "",
            ]
        )


def digests(on: date) -> list[Digest]:
    """Everybody's digests that are due that day and have not gone yet.

    Nobody who has nothing open gets one.
    """
    current_names()  # who writes, and of what
    users = list(User.objects.filter(is_active=True).order_by("username"))
    gone = set(Reminder.objects.gone().values_list("what", "user_id", "month", "days"))
    found = [
        *_of_month(users, on),
        *(
            digest
            for cycle in ReviewCycle.objects.filter(state=CycleState.OPEN)
            for digest in _of_cycle(users, cycle, on)
        ),
    ]
    return [digest for digest in found if digest.key not in gone]


def due(days: int, decided: Iterable[int]) -> int | None:
    """Which of the decided reminders is due so many days after the due day: the last that has come.

    Not one that is longer ago than is made up for.
    """
    come = max((day for day in decided if day <= days), default=None)
    return None if come is None or days - come > CATCH_UP else come


def _of_month(users, on):
    month = add_months(on.replace(day=1), -1)
    facts = reading.load(month, on=on)
    state = MonthState.load(month, facts)
    settings = facts[0].settings if facts else versions_now().in_month(month)
    days = (on - state.due_on).days
    reminder = due(days, settings.reminder_days)
    if reminder is None or state.locked or not settings.asks_for(month):
        return
    rows = [row for row in standings(facts, state, None, state.returns) if row.state in OPEN]
    for user in users:
        mine = [row for row in rows if _concerns(user, Permission.ENTER_VALUES, row.department, on)]
        if mine:
            lines = tuple(line for row in mine for line in _lines(row))
            yield Digest(
                user,
                "kpi",
                month,
                reminder,
                days > 0,
                f"{wareki_month(month)}分のKPI",
                state.countdown(on),
                lines,
                "KPI入力",
            )


def _lines(row):
    """What one department's month lacks."""
    return [
        f"■ {row.name}（{row.label}）",
        *(f"  ・{reason.reason}" for reason in row.reasons),
        *(f"  ・{text}" for text in row.lacks or [WHOLE[row.sent_back]]),
    ]


def _of_cycle(users, cycle, on):
    days = (on - cycle.due_on).days
    settings = versions_now().in_month(cycle.as_of)
    reminder = due(days, settings.reminder_days)
    if reminder is None:
        return
    rows = [row for row in Review.objects.full().of_cycle(cycle) if row.state == ReviewState.DRAFT]
    countdown = countdown_to(cycle.due_on, on, settings.deadline)
    for user in users:
        mine = tuple(
            f"  ・{row.called}（{row.lead_name or UNDECIDED}）{_told_return(row)}"
            for row in rows
            if _concerns(user, Permission.DRAFT_REVIEWS, row.lead_id, on)
        )
        if mine:
            yield Digest(
                user,
                cycle.code,
                cycle.as_of,
                reminder,
                days > 0,
                f"PDCAシート（{cycle}）",
                countdown,
                mine,
                "PDCAシート",
            )


def _told_return(row) -> str:
    """Why a sheet came back, behind its name."""
    return f"　差戻し：{row.returned_because}" if row.returned_because else ""


def _concerns(user, permission, department, on) -> bool:
    """The secretariat hears of all departments, others of their own."""
    return is_secretariat(user, on) or has_permission(
        user, permission, department=department, on=on
    )
