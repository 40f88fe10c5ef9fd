"""The numbers of a meeting: of one that is held those it looked at, for ever; what moved since is
told apart (docs/rules.md §8, docs/adr/0025).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import wareki_date
from foundation.records.actions import local_day
from headquarters.meetings.models import HeldNumbers, Meeting
from headquarters.reports.changes import compare
from headquarters.reports.editions import (
    changes_after,
    report_for,
    report_of,
    whole_report,
    with_reached,
)
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.rows import Change
from headquarters.reports.stored import parse
from roadmap.reading import AsOf, load


@dataclass(frozen=True)
class MovedNumbers:
    """What is different between two reports, each with its day in words."""

    before: str
    after: str
    changes: list[Change]


def held_numbers(meeting: Meeting) -> HeldNumbers | None:
    """What was kept when the meeting was held; None of one that is prepared."""
    return getattr(meeting, "held_numbers", None)


def kept_report(numbers: HeldNumbers) -> MonthlyReport:
    """The report that was kept, from its edition or as it was stored."""
    return report_of(numbers.edition) if numbers.edition else parse(numbers.report)


def report_of_meeting(meeting: Meeting, *, on: date, roadmap: AsOf = load) -> MonthlyReport | None:
    """What a meeting looks at on the day `on`: once held what was kept, else its month's newest
    edition or the month as it stands now. None while no plan is loaded. `roadmap`: how it is read.
    """
    numbers = held_numbers(meeting)
    return kept_report(numbers) if numbers else report_for(meeting.month, on=on, roadmap=roadmap)


def words_of(numbers: HeldNumbers) -> str:
    """「令和8年10月 第1版の数字」「開催時（11月20日）の数字・速報」."""
    if numbers.edition:
        return f"{numbers.edition}の数字"
    day = local_day(numbers.kept_at)
    return f"開催時（{day.month}月{day.day}日）の数字・速報"


def moved_since(numbers: HeldNumbers, *, on: date) -> list[MovedNumbers]:
    """What has moved since the meeting: to its month's newest edition, from there to today."""
    return [row for row in _moved(numbers, on) if row.changes]


def _moved(numbers: HeldNumbers, on: date) -> Iterator[MovedNumbers]:
    kept, month = kept_report(numbers), numbers.meeting.month
    newest = with_reached(Edition.objects.all()).newest(month)
    today = f"現在（{wareki_date(on)}）"
    name = _name(str(numbers.edition) if numbers.edition else "開催時", kept)
    if newest is None:
        now = whole_report(month, on=on)
        yield MovedNumbers(name, today, compare(kept, now) if now else [])
        return
    if newest.pk != numbers.edition_id:
        report = report_of(newest)
        yield MovedNumbers(name, _name(str(newest), report), compare(kept, report))
        name = _name(str(newest), report)
    yield MovedNumbers(name, today, changes_after(newest, on=on))


def _name(words: str, report: MonthlyReport) -> str:
    return f"{words}（{report.as_of_words}）"
