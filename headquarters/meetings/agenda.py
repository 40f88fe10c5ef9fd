"""What a meeting should look at.

Exceptions first. Over the month's report, the last meeting and the open items.
"""

from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import month_name, wareki_short
from headquarters.meetings.choices import OVER
from headquarters.meetings.models import Meeting
from headquarters.meetings.numbers import report_of_meeting
from headquarters.organisation.models import ActionItem
from headquarters.reports.changes import compare as compare_reports
from headquarters.reports.editions import report_for
from headquarters.reports.model import MonthlyReport
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.models import Review
from kpi.models import Reopening
from kpi.rules.grades import needs_attention, severity
from measures.labels import call_then
from measures.models import Measure
from roadmap.comparison import compare, picture_on
from roadmap.reading import AsOf, load


@dataclass(frozen=True)
class AgendaProposal:
    """A proposed agenda item."""

    title: str
    note: str = ""
    measure: Measure | None = None


def proposals(meeting: Meeting, *, on: date) -> list[AgendaProposal]:
    """Open items of last time, measures with C, D or late milestones, what was returned or
    corrected after closing.
    """
    found = []
    carried = ActionItem.objects.carried().given_before(meeting).count()
    if carried:
        found.append(AgendaProposal("前回までの指示事項の確認", f"未完結 {carried}件"))
    report = report_for(meeting.month, on=on)
    if report is None:
        return found
    found.append(
        AgendaProposal(
            f"{day_of(report)}の進捗の総括",
            f"{len(report.indicators)}指標中 {report.judged} 評価済み",
        )
    )
    measures = {call_then(row, row).number: row for row in Measure.objects.on(report.as_of)}
    for row in sorted(report.measures, key=lambda row: (severity(row.verdict), row.number)):
        if needs_attention(row.verdict):
            found.append(
                AgendaProposal(
                    f"施策{row.number} {row.name}",
                    row.why,
                    measures.get(row.number),
                )
            )
    if meeting.cycle:
        drafts = Review.objects.full().filter(cycle=meeting.cycle, state=ReviewState.DRAFT)
        returned = drafts.filter(returned_because__isnull=False).count()
        found.append(
            AgendaProposal(
                f"PDCAシートの本部評価（{meeting.cycle}）",
                f"差戻し中 {returned}件" if returned else "",
            )
        )
    reopened = Reopening.objects.months()
    if reopened:
        found.append(
            AgendaProposal(
                "締めた後の訂正の報告", "、".join(f"{month_name(row)}分" for row in reopened)
            )
        )
    found.append(AgendaProposal("その他"))
    return found


@dataclass(frozen=True)
class GradeChange:
    """An indicator whose grade is another than at the last meeting."""

    code: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class MilestoneChange:
    """A milestone or step that moved. `days`: later is positive."""

    kind: str
    name: str
    before: str
    after: str
    days: int | None = None

    @classmethod
    def of(cls, row) -> "MilestoneChange":
        """Out of a comparison of two pictures of the roadmap."""
        return cls(row.kind, row.item.name, row.before, row.after, row.days)


OF_THE_ROADMAP = ("マイルストーン", "工程")


def changes_since(
    meeting: Meeting,
    before: Meeting | None,
    report,
    *,
    on: date,
    earlier: MonthlyReport | None = None,
    roadmap: AsOf = load,
) -> tuple[list[GradeChange], list[MilestoneChange]]:
    """(grades that changed between the two months, milestones that moved between the two days).

    `on`: today; of a meeting that is still to come what has happened so far is shown. Of one that
    is held the two reports are laid side by side. `earlier`: the report of the meeting `before`,
    where it is known; `roadmap`: how it is read.
    """
    if before is not None and earlier is None:
        earlier = report_of_meeting(before, on=on)
    if before is None or earlier is None:
        return [], []
    old = {row.code: row.grade or "－" for row in earlier.indicators}
    grades = [
        GradeChange(row.code, row.name, old.get(row.code, "－"), row.grade or "－")
        for row in report.indicators
        if old.get(row.code, "－") != (row.grade or "－")
    ]
    if meeting.state in OVER:
        return grades, _moved_between(earlier, report)
    days = before.held_on, min(meeting.held_on, on)
    moved = compare(*(picture_on(day, roadmap=roadmap) for day in days))
    return grades, [MilestoneChange.of(row) for row in moved]


def _moved_between(earlier, report) -> list[MilestoneChange]:
    """What the two reports say otherwise of milestones and steps."""
    return [
        MilestoneChange(row.kind, row.subject, row.before, row.after)
        for row in compare_reports(earlier, report)
        if row.kind in OF_THE_ROADMAP
    ]


def day_of(report) -> str:
    """「10月末」, of a month that runs 「11月27日現在」."""
    if report.runs:
        return f"{report.as_of.month}月{report.as_of.day}日現在"
    return f"{month_name(report.month)}末"


def as_of_words(meeting: Meeting, report, *, on: date) -> tuple[str, str]:
    """(「10月末時点・第1版」, 「R8.11.20現在」): which day each block of the screen shows.

    `on`: today; the roadmap of a meeting that is still to come is that of today, of one that is
    held it stands in the report that was kept.
    """
    day = day_of(report) if report.runs else f"{day_of(report)}時点"
    numbers = f"{day}・{report.version}"
    if meeting.state in OVER:
        return numbers, numbers

    return numbers, f"{wareki_short(min(meeting.held_on, on))}現在"
