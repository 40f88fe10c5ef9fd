"""時点: which report a page is drawn from (docs/rules.md §5).

Without a word the newest edition of the last closed month, or, while nothing is closed, the month
being collected as it stands now (速報). `?at=2026-10.2` asks for an edition, `?at=2026-10` for a
month as it stands now; `?month=2026-10` leads to the viewpoint of that month.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from foundation.records.compiled import Compiled
from headquarters.reports.key import ReportKey
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.monthly import plan_now
from headquarters.reports.pages.as_it_stands import month_as_it_stands
from headquarters.reports.rows import MeasureRow
from headquarters.reports.stored import parse
from kpi.reading import IndicatorMonth
from measures.models import Measure

DETAILS_SINCE = 5
OUTLOOK_SINCE = 6
NO_PLAN = "計画が読み込まれていません。"
NO_EDITION = "その版はありません。月次報告の画面で、版を選び直してください。"
NO_INDICATOR = "この月には、指標がありません。"


@dataclass(frozen=True)
class ClosedMonth:
    """A closed month in the picker: its editions, newest first."""

    newest: Any
    earlier: list[Any]
    is_default: bool

    @property
    def key(self) -> ReportKey | None:
        """What its link carries: nothing for the default."""
        return None if self.is_default else self.newest.key


@dataclass(frozen=True)
class Viewpoint:
    """The report of a page, how addresses name it, and what else could be asked for.

    `edition`: None for a month as it stands now. `editions`: all, newest first, as
    `EditionQuerySet.shown` annotates them. `begun`: the plan's months that have begun, newest
    first. `rows`: what a month as it stands now was judged from, where it was judged for this page.
    """

    report: MonthlyReport
    key: ReportKey
    default: ReportKey
    edition: Any
    editions: list[Any]
    begun: list[date]
    rows: Sequence[IndicatorMonth] = ()

    @property
    def month(self) -> date:
        """The month it shows."""
        return self.report.month

    @property
    def version(self) -> str:
        """「第2版」, 「速報」, or 「現在」 of the live figures of a closed month."""
        return "現在" if self.is_now else self.key.version

    @property
    def look(self) -> str:
        """How the badge looks: ed, now or live."""
        if self.edition is not None:
            return "ed"
        return "now" if self.is_now else "live"

    @property
    def is_now(self) -> bool:
        """Are these the live figures of a closed month?"""
        closed = any(row.month == self.month for row in self.editions)
        return closed and self.edition is None

    @property
    def lacks_details(self) -> bool:
        """Was it stored before reports held expectations, formula and labels (format 5)?"""
        return self.report.made_as < DETAILS_SINCE

    @property
    def lacks_outlook(self) -> bool:
        """Was it stored before reports held 年度末見込 and 前年同月 (format 6)?"""
        return self.report.made_as < OUTLOOK_SINCE

    @property
    def is_default(self) -> bool:
        """Is it what a page shows without being asked?"""
        return self.key == self.default

    @property
    def query(self) -> str:
        """What a link carries: 「?at=2026-10.1」, nothing for the default."""
        return "" if self.is_default else f"?at={self.key}"

    @property
    def more(self) -> str:
        """The same behind another parameter."""
        return "" if self.is_default else f"&at={self.key}"

    @property
    def base(self) -> Any:
        """The newest edition of an earlier month, with which the report is compared."""
        earlier = (row for row in self.editions if row.month < self.month and row.text)
        return next(earlier, None)

    def row_of(self, measure: Measure) -> MeasureRow | None:
        """The measure in the report."""
        return self.report.row_of(measure.pk, measure.number)

    @property
    def closed(self) -> list[ClosedMonth]:
        """The closed months for the picker, newest first."""
        by_month: dict[date, list[Any]] = {}
        for row in self.editions:
            by_month.setdefault(row.month, []).append(row)
        return [
            ClosedMonth(
                rows[0],
                rows[1:],
                rows[0].key == self.default,
            )
            for rows in by_month.values()
        ]

    @property
    def live(self) -> list[ReportKey]:
        """The months that are not closed, as they stand now."""
        closed = {row.month for row in self.editions}
        return [ReportKey(month) for month in self.begun if month not in closed]


def _read(text: str) -> ReportKey:
    """The key in an address. Http404 in words."""
    try:
        return ReportKey.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from None


def check_begun(plan: Any, key: ReportKey, today: date) -> None:
    """Http404 in words for a month outside of the plan, or not begun."""
    problem = plan.months.problem_with(key.month, today)
    if problem:
        raise Http404(problem)


def begun_months(plan: Any, today: date) -> list[date]:
    """The plan's months that have begun, newest first; before it begins, its first."""
    return plan.months.begun(today)[::-1] or [plan.months.first]


def default_key(plan: Any, today: date, newest: Any) -> ReportKey:
    """What is shown unasked: the newest edition of all, or, without one, the month being
    collected.
    """
    return newest.key if newest else ReportKey(plan.months.collected(today))


def viewpoint_of(
    asked: str,
    *,
    plan: Any,
    today: date,
    told: Any = None,
    revision: int | None = None,
    code: str | None = None,
) -> Viewpoint:
    """The viewpoint that an address asks for (empty: the default). Http404 in words.

    One query for an edition; a month as it stands now is gathered, at a `revision` of the data
    once. `told`: the plan as `plan_now` has it, where it is known; no edition needs it. `code`: of
    the one indicator that the page is about; the report of a month as it stands may hold no other.
    """
    key = _read(asked) if asked else None
    if key is not None:
        check_begun(plan, key, today)
    number = key.edition or 0 if key else 0
    editions: list[Any] = _shown(key and key.month, number)()
    default = default_key(
        plan,
        today,
        editions[0] if editions else None,
    )
    key = key or default
    edition = next((row for row in editions if row.key == key), None)
    rows: Sequence[IndicatorMonth] = ()
    if edition is not None:
        report = parse(edition.text)
    else:
        report, rows = _as_it_stands(key, told, today, revision, code)
    return Viewpoint(
        report=report,
        rows=rows,
        key=key,
        default=default,
        edition=edition,
        editions=editions,
        begun=begun_months(plan, today),
    )


@lru_cache(maxsize=64)
def _shown(month: date | None, number: int) -> Compiled[Edition]:
    """The question for the editions, put together once for these arguments."""
    return Compiled(Edition.objects.shown(month, number))


def _as_it_stands(
    key: ReportKey, told: Any, today: date, revision: int | None, code: str | None
) -> tuple[MonthlyReport, Sequence[IndicatorMonth]]:
    """A month as it stands now, and what it was judged from where it was gathered for this page."""
    if key.edition is not None:
        raise Http404(NO_EDITION)
    plan = told or plan_now()
    report, rows = month_as_it_stands(
        key.month, plan=plan, today=today, revision=revision, code=code
    )
    if report is None:
        raise Http404(NO_INDICATOR)
    return report, rows


def _lead_on(request: HttpRequest, plan: Any, today: date) -> HttpResponse | None:
    """Where ?month= leads: to the newest edition of the month, else to it as it stands now."""
    if "month" not in request.GET:
        return None
    query = request.GET.copy()
    months, numbers = query.pop("month"), query.pop("edition", [])
    text = f"{months[-1]}.{numbers[-1]}" if numbers else months[-1]
    if text:
        key = _read(text)
        check_begun(plan, key, today)
        newest = None if key.edition else Edition.objects.newest(key.month)
        query["at"] = str(newest.key if newest else key)
    return redirect(f"{request.path}?{query.urlencode()}" if query else request.path)


def at_viewpoint(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of a page that judges; it is given the `viewpoint` of its address, or None while no
    plan is loaded. Where the address has a `code`, the page is about that indicator alone.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **others: Any) -> HttpResponse:
        plan, today = plan_now(), timezone.localdate()
        if plan is None:
            return view(request, *args, viewpoint=None, **others)
        elsewhere = _lead_on(
            request,
            plan,
            today,
        )
        if elsewhere is not None:
            return elsewhere
        asked = viewpoint_of(
            request.GET.get("at", ""),
            plan=plan,
            today=today,
            told=plan,
            revision=getattr(request.user, "data_revision", None),
            code=others.get("code"),
        )
        return view(request, *args, viewpoint=asked, **others)

    return shown
