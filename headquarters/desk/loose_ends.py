"""What was begun and is left lying: files that were read and never confirmed, meetings that were
not recorded or whose minutes are not settled, cycles whose day has come. One query for all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Value, When
from django.urls import reverse

from foundation.accounts.permissions import Permission, has_permission
from foundation.japanese.calendar import date_with_weekday, month_name
from foundation.records.compiled import Compiled
from headquarters.desk.search.rows import Row, joined, rows_in, rows_of
from headquarters.desk.tasks import Task
from headquarters.meetings.choices import OPEN, MeetingState
from headquarters.meetings.models import Meeting
from headquarters.reports.models import TownForm, TownFormUse
from headquarters.reviews.choices import CycleState, ReviewState
from headquarters.reviews.models import Review, ReviewCycle
from kpi.intake.models import ReturnedFile
from kpi.month.open_months import OpenMonth
from kpi.months import FROZEN

MEETING, FILE, CYCLE, FORM = "meeting", "file", "cycle", "form"
READ, TAKEN = "read", "taken"
MINUTES_WITHIN = timedelta(days=14)  # our own guess: after that they count as late


@dataclass(frozen=True)
class LooseEnds:
    """The rows by kind, as of a day."""

    rows: tuple[Row, ...]
    on: date

    @property
    def has_files(self) -> bool:
        """Was any file read?"""
        return bool(self._of(FILE))

    @property
    def next_meeting(self) -> Row | None:
        """The next one that is prepared."""
        rows = [row for row in self._of(MEETING) if row.state == MeetingState.PREPARING]
        coming = [row for row in rows if row.day and row.day >= self.on]
        return min(coming, key=lambda row: (row.day, row.key), default=None)

    def tasks(self, user: Any, months: Iterable[OpenMonth]) -> Iterator[Task]:
        """The lines of the work list. `months`: that are open, of this person."""
        yield from self._file_tasks(list(months))
        if has_permission(user, Permission.MANAGE_MEETINGS):
            yield from self._meeting_tasks()
        if has_permission(user, Permission.DEFINE):
            yield from self._cycle_tasks()
        if has_permission(user, Permission.CLOSE_MONTH):
            yield from self._form_tasks()

    def _of(self, kind: str) -> list[Row]:
        return [row for row in self.rows if row.kind == kind]

    def _file_tasks(self, months: list[OpenMonth]) -> Iterator[Task]:
        """The newest file of a month and department, until that is handed in."""
        newest = {(row.day, row.text): row for row in sorted(self._of(FILE), key=_key)}
        by_month = {month.month: month for month in months}
        for (day, department), row in newest.items():
            month = by_month.get(day) if day else None
            if month is None or row.state == TAKEN or _is_handed_in(month, department):
                continue
            due_on = month.state.due_on
            name = f"{month_name(month.month)}分の入力様式（{department}）"
            words = f"「{row.title}」を読み取りましたが、値はまだ変わっていません"
            url = reverse("intake:returned", args=[row.key])
            yield Task(due_on, "取込", name, words, url, self.on > due_on)

    def _meeting_tasks(self) -> Iterator[Task]:
        for row in self._of(MEETING):
            if row.day is None or row.day >= self.on:
                continue
            url = reverse("meetings:meeting", args=[row.key])
            held = row.state == MeetingState.HELD
            due_on = row.day + MINUTES_WITHIN if held else row.day
            kind = "会議録" if held else "会議"
            words = MINUTES_OPEN if held else NOT_RECORDED
            detail = words.format(date_with_weekday(row.day))
            yield Task(due_on, kind, row.title, detail, url, not held or self.on > due_on)

    def _cycle_tasks(self) -> Iterator[Task]:
        for row in self._of(CYCLE):
            if row.day:
                url = reverse("reviews:cycle", args=[row.text])
                words = "照会日が来ました。日付を確かめて照会してください"
                yield Task(row.day, "照会", row.title, words, url, self.on > row.day)

    def _form_tasks(self) -> Iterator[Task]:
        for row in self._of(FORM):
            url = reverse("reports:town_form_preview", args=[row.key])
            words = "登録しただけで、まだ使っていません。見本を確かめて、使うか決めてください"
            yield Task(
                self.on,
                "町の様式",
                row.title,
                words,
                url,
                False,
            )


NOT_RECORDED = "{}の会議です。開催を記録するか、取りやめにしてください"
MINUTES_OPEN = "{}に開きました。会議録を書いて確定してください"


def loose_ends(user: Any, on: date, first: date) -> LooseEnds:
    """As of `on`; files of months from `first` on."""
    return LooseEnds(tuple(rows_in(_question(user.pk, on, first)())), on)


@lru_cache(maxsize=64)
def _question(user: int, on: date, first: date) -> Compiled:
    """The question for them, put together once for a person and these days."""
    meetings = rows_of(
        Meeting.objects.filter(state__in=OPEN),
        MEETING,
        title="title",
        place="place",
        state="state",
        day="held_on",
    )
    return Compiled(joined(meetings, _files(user, first), _cycles(on), _forms()))


def _files(user: int, first: date):
    taken = When(batch__isnull=False, then=Value(TAKEN))
    state = Case(taken, default=Value(READ), output_field=CharField())
    rows = ReturnedFile.objects.filter(uploaded_by=user, month__gte=first)
    return rows_of(rows, FILE, title="name", text="department", state=state, day="month")


def _cycles(on: date):
    rows = ReviewCycle.objects.filter(state=CycleState.PLANNED, asked_on__lte=on)
    return rows_of(rows, CYCLE, title="name", text="code", day="asked_on")


def _forms():
    decided = TownFormUse.objects.filter(decided_at__gte=OuterRef("uploaded_at"))
    newer = TownForm.objects.filter(pk__gt=OuterRef("pk"))
    return rows_of(TownForm.objects.filter(~Exists(decided), ~Exists(newer)), FORM, title="name")


def _key(row: Row) -> int:
    return row.key


def _is_handed_in(month: OpenMonth, department: str) -> bool:
    return any(row.name == department and row.state in FROZEN for row in month.standings)


def finished_cycles(user: Any, reviews: Iterable[Review], on: date) -> Iterator[Task]:
    """Cycles all of whose sheets the headquarters has graded, to be closed by who defines them."""
    if not has_permission(user, Permission.DEFINE):
        return
    by_cycle: dict[ReviewCycle, list[Review]] = {}
    for review in reviews:
        by_cycle.setdefault(review.cycle, []).append(review)
    for cycle, sheets in by_cycle.items():
        if all(sheet.state == ReviewState.GRADED for sheet in sheets):
            url = reverse("reviews:cycle", args=[cycle.code])
            words = "すべてのシートが本部評価済です。終了できます"
            yield Task(cycle.fixed_on, "終了", str(cycle), words, url, on > cycle.fixed_on)
