"""総括: the dashboard and the evidence of its figures, drawn from one report, live or frozen."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render

from foundation.accounts.permissions import Permission, requires
from foundation.accounts.remembered import remembered
from foundation.sheets.lists import asked_kind, list_file
from headquarters.reports.changes import moves
from headquarters.reports.editions import grades_in
from headquarters.reports.model import MonthlyReport
from headquarters.reports.pages import charts
from headquarters.reports.pages.list_files import milestone_file, submission_file
from headquarters.reports.pages.lists import IndicatorFilters, ListRow, list_rows
from headquarters.reports.pages.matrix import HANDED_IN, headline, matrix
from headquarters.reports.pages.sentence import in_one_sentence
from headquarters.reports.pages.viewpoint import NO_PLAN, at_viewpoint
from headquarters.reports.rows import MilestoneRow, StepRow
from headquarters.reports.workbook.summary import NOTE, summary_of

ON_THE_PAGE = 60  # points of the head of the page and of the lines around 総括表, on paper
read = requires(Permission.READ)


@dataclass(frozen=True)
class Ahead:
    """What is expected at the year's end: of how many indicators, and those that fall short.

    `whole`: at a year's end instead how far the whole plan is, where that can be said.
    """

    known: int
    short: list[ListRow]
    whole: list[ListRow]


def ahead_of(report: MonthlyReport) -> Ahead:
    """The section 「年度末の見込」 of the dashboard."""
    rows = list_rows(report, {})
    known = [row for row in rows if IndicatorFilters(ahead="known").wants(row)]
    short = [row for row in known if IndicatorFilters(ahead="short").wants(row)]
    return Ahead(len(known), short, [row for row in rows if _has_plan_progress(row)])


def _has_plan_progress(listed: ListRow) -> bool:
    found = listed.row.plan_progress
    return found is not None and found.rate is not None


@read
@remembered
@at_viewpoint
def dashboard(request, viewpoint):
    """The month in thirty seconds."""
    if viewpoint is None:
        return render(request, "reports/dashboard.html", {"report": None})
    report, base = viewpoint.report, viewpoint.base
    return render(
        request,
        "reports/dashboard.html",
        {
            "viewpoint": viewpoint,
            "report": report,
            "month": report.month,
            "matrix": matrix(report),
            "summary": summary_of(report, beside=ON_THE_PAGE),
            "sentence": in_one_sentence(report),
            "cut_note": NOTE,
            "headline": headline(report),
            "since": base,
            "moves": moves(grades_in(base.text), report) if base else None,
            "grades": charts.grades_chart(report),
            "by_month": charts.grades_by_month(report),
            "rates": charts.rates_chart(report),
            "ahead": ahead_of(report),
            "sample_loaded": report.sample,
        },
    )


@dataclass(frozen=True)
class MilestoneLine:
    """A milestone of the report, with its step."""

    step: StepRow
    item: MilestoneRow


MILESTONES = {
    "": ("すべて", lambda item: True),
    "due": ("期日の来たもの", lambda item: item.is_due),
    "done": (
        "期日の来たもののうち完了",
        lambda item: item.is_due and item.completed_on is not None,
    ),
    "late": ("遅延", lambda item: item.late),
    "slipping": ("期日のずれ", lambda item: item.slipping),
    "stale": ("更新待ち", lambda item: item.stale),
}


@dataclass(frozen=True)
class Shown:
    """One of the choices above an evidence list: its key in the address, name and count."""

    key: str
    name: str
    count: int


def _milestone_lines(report: MonthlyReport, measure: str) -> list[MilestoneLine]:
    """The report's milestones, or those of one measure (its number as text)."""
    return [
        MilestoneLine(step, item)
        for step in report.steps
        if not measure or str(step.measure) == measure
        for item in step.milestones
    ]


@read
@remembered
@at_viewpoint
def milestones(request, viewpoint):
    """The milestones behind the dashboard's figures, as the report has them."""
    if viewpoint is None:
        raise Http404(NO_PLAN)
    show, measure = request.GET.get("show", ""), request.GET.get("measure", "")
    show = show if show in MILESTONES else ""
    lines = _milestone_lines(viewpoint.report, measure)
    choices = [
        Shown(key, name, sum(wanted(line.item) for line in lines))
        for key, (name, wanted) in MILESTONES.items()
    ]
    wanted = MILESTONES[show][1]
    shown = [line for line in lines if wanted(line.item)]
    if asked_kind(request):
        return list_file(request, milestone_file(viewpoint, shown))
    return render(
        request,
        "reports/milestones.html",
        {
            "viewpoint": viewpoint,
            "report": viewpoint.report,
            "show": show,
            "measure": next(
                (row for row in viewpoint.report.measures if str(row.number) == measure), None
            ),
            "choices": choices,
            "lines": shown,
            "sample_loaded": viewpoint.report.sample,
        },
    )


@read
@remembered
@at_viewpoint
def submissions(request, viewpoint):
    """The submissions of the departments, as the report has them."""
    if viewpoint is None:
        raise Http404(NO_PLAN)
    report, show = viewpoint.report, request.GET.get("show", "")
    rows = report.departments
    handed_in = [row for row in rows if row.state in HANDED_IN]
    waiting = [row for row in rows if row.state not in HANDED_IN]
    lists = {
        "": list(rows),
        "handed_in": handed_in,
        "waiting": waiting,
    }
    names = {"": "すべて", "handed_in": "提出済み", "waiting": "これから"}
    if asked_kind(request):
        return list_file(request, submission_file(viewpoint, lists.get(show, lists[""])))
    return render(
        request,
        "reports/submissions.html",
        {
            "viewpoint": viewpoint,
            "report": report,
            "month": report.month,
            "show": show if show in lists else "",
            "choices": [Shown(key, names[key], len(found)) for key, found in lists.items()],
            "lines": lists.get(show, lists[""]),
            "sample_loaded": report.sample,
        },
    )
