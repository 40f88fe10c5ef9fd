"""督促: one digest per person before and after the due day (design/rules.md §5). Stops when the month is handed in."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, has_permission, is_secretariat
from desk.models import Reminder
from japanese.calendar import add_months, month_name, wareki_month
from kpi import reading
from kpi.months import Countdown, MonthState
from kpi.submissions import Standing, standings

DAYS = (-7, -1, 1, 7)
OPEN = ("not_submitted", "returned")


@dataclass(frozen=True)
class Digest:
    """What one person is told about one month."""

    user: User
    month: date
    days: int
    countdown: Countdown
    rows: tuple[Standing, ...]

    @property
    def subject(self) -> str:
        """The line above the text."""
        when = "期限を過ぎています" if self.days > 0 else "期限が近づいています"
        return f"【DX推進計画】{month_name(self.month)}分のKPI：{when}"

    @property
    def text(self) -> str:
        """The whole digest as plain text."""
        lines = [f"{self.user.display_name} 様", "", f"{wareki_month(self.month)}分のKPIで、提出が済んでいないものがあります。",
                 self.countdown.sentence, ""]
        for row in self.rows:
            lines += [f"■ {row.name}（{row.label}）", *(f"  ・{reason.reason}" for reason in row.reasons),
                      *(f"  ・{text}" for text in row.lacks or ["入力はそろっています。課長の提出だけが残っています"])]
        return "\n".join([*lines, "", "ポータルの「KPI入力」を開いて入力・提出してください。", "総務課デジタル推進係", ""])


def digests(on: date) -> list[Digest]:
    """Everybody's digest of that day; empty on days without reminders. Nobody who has nothing open gets one."""
    month = add_months(on.replace(day=1), -1)
    state = MonthState.load(month)
    days = (on - state.due_on).days
    if days not in DAYS or state.locked:
        return []
    rows = [row for row in standings(reading.load(month), state, None, state.returns) if row.state in OPEN]
    found = []
    for user in User.objects.filter(is_active=True).order_by("username"):
        mine = tuple(row for row in rows if _concerns(user, row, on))
        if mine:
            found.append(Digest(user, month, days, state.countdown(on), mine))
    return found


def _concerns(user, row, on) -> bool:
    """The secretariat hears of all departments, others of their own."""
    return is_secretariat(user, on) or has_permission(user, Permission.ENTER_VALUES, department=row.department, on=on)


def mail_is_set_up() -> bool:
    """Has the town configured a mail server?"""
    return bool(settings.EMAIL_HOST)


def send(digest: Digest) -> bool:
    """Note the digest, and mail it where that is set up and an address is known. False: it had gone already.

    The note comes first, inside the transaction of the mail: a failing mail server leaves no note, so the next run
    tries again; a second run at the same time meets the constraint.
    """
    mail = mail_is_set_up() and bool(digest.user.email)
    try:
        with transaction.atomic():
            Reminder.objects.create(user=digest.user, month=digest.month, days=digest.days, sent_at=timezone.now(), mailed=mail)
            if mail:
                send_mail(digest.subject, digest.text, settings.DEFAULT_FROM_EMAIL, [digest.user.email])
    except IntegrityError:
        return False
    return True
