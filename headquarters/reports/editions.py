"""Reading editions.

The report of a month as frozen or live, and which editions later corrections have overtaken.
"""

import json
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from foundation.japanese.calendar import fiscal_year, wareki_month
from foundation.records.compiled import Compiled
from foundation.records.models import HistoryEntry
from headquarters.reports.changes import causes, compare
from headquarters.reports.choices import EditionKind
from headquarters.reports.key import AnnualKey, ReportKey, march_of
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition, TownFormUse
from headquarters.reports.monthly import gather, plan_now, reviews_of, shown_changes
from headquarters.reports.reaching import reaching
from headquarters.reports.rows import Change, Since
from headquarters.reports.stored import parse
from kpi.models import Indicator
from measures.models import Plan
from roadmap.reading import AsOf, load

NO_MARCH = "年次報告は、その年度の3月分を締めると取り出せます。"

REMEMBERED = 200
_compared: dict[tuple, tuple[Change, ...]] = {}


def report_of(edition: Edition) -> MonthlyReport:
    """The frozen report of an edition.

    ValueError when its format is one this code does not know.
    """
    return parse(edition.report)


def plan_of_the_list() -> Any:
    """The plan (or None) with what the list of reports says beside the editions: `form_name` of the
    town's form in use (None: none is), `marked` indicators for the public (one query).
    """
    marked = Indicator.objects.published().order_by().values("published")
    return Plan.objects.annotate(
        form_name=Subquery(TownFormUse.objects.order_by("-id").values("form__name")[:1]),
        marked=Coalesce(Subquery(marked.annotate(n=Count("pk")).values("n")[:1]), 0),
    ).first()


def reports_until(edition: Edition) -> list[MonthlyReport]:
    """The frozen reports of all months' editions that were made up to this one, itself the last."""
    return [report_of(row) for row in Edition.objects.made_until(edition)]


def report_for(month: date, *, on: date, roadmap: AsOf = load) -> MonthlyReport | None:
    """What a meeting looks at on a day; `roadmap`: how it is read.

    The newest edition of a closed month, else the month as it stands now (速報).
    """
    edition = Edition.objects.newest(month)
    return report_of(edition) if edition else gather(month, on=on, roadmap=roadmap)


def whole_report(month: date, *, on: date, plan: Any = None) -> MonthlyReport | None:
    """The month as it stands on the day `on`, all of it (workbook, edition), with what changed
    since its newest edition, else since that of the month closed before.
    """
    report = gather(month, on=on, whole_plan=True, plan=plan)
    base = Edition.objects.base_of(month)
    own = base if base is not None and base.month == month else None
    if report is None or base is None:
        return report
    return replace(
        report,
        since=_since(base, report),
        closed_as=own.number if own else None,
    )


def _since(base: Edition, report: MonthlyReport) -> Since:
    return Since(str(base), tuple(compare(report_of(base), report)), reason="")


def annual_report(year: int) -> MonthlyReport | None:
    """年次報告 of a fiscal year as it stands now: its newest March edition and the PDCA sheets of
    that year, with what changed since its own newest edition; None before March is closed.
    """
    march = Edition.objects.newest(march_of(year))
    if march is None:
        return None
    own = Edition.objects.annual(year).first()
    report = replace(
        report_of(march),
        reviews=reviews_of(year, march.month),
        made_at=plan_now().changed_at or march.closed_at,
        edition=None,
        closed_by="",
        based_on=str(march),
        since=None,
    )
    if own is None:
        return report
    return replace(report, since=_since(own, report), closed_as=own.number)


def changes_since_closing(month: date, *, on: date) -> list[Change]:
    """「締めた後に変わったもの」 of a month, empty while it is not closed."""
    return changes_after(next(iter(editions_of(month)), None), on=on)


def changes_after(edition: Edition | None, *, on: date) -> list[Change]:
    """What the edition would say otherwise if it were made on the day `on`: empty when nobody has
    changed anything that it shows. Told by the revision, whatever the clocks said.

    A comparison costs ten queries and is remembered in this process: its key names the edition and
    the newest change that can have reached it, so that it holds until there is another one.
    """
    reached = _reached_by(edition) if edition is not None else None
    if edition is None or reached is None:
        return []
    key = (edition.pk, edition.closed_at, reached)
    if key not in _compared:
        if len(_compared) >= REMEMBERED:
            forget()
        _compared[key] = tuple(_compare(edition, on))
    return list(_compared[key])


def _compare(edition: Edition, on: date) -> list[Change]:
    report = (
        annual_report(fiscal_year(edition.month))
        if edition.kind == EditionKind.ANNUAL
        else gather(
            edition.month,
            on=on,
            whole_plan=True,
        )
    )
    found = compare(report_of(edition), report) if report else []
    return found if causes(found) else []


def with_reached(editions: Any) -> Any:
    """Editions of months with `reached`: the revision of the newest change after it was made that
    its report can show, or None. No query more.
    """
    made = HistoryEntry.objects.of_kind(Edition).filter(subject_id=OuterRef(OuterRef("pk")))
    since = Subquery(made.order_by("-id").values("revision")[:1])
    later = reaching(OuterRef("month"), since=since)
    return editions.annotate(reached=Subquery(later.values("revision")[:1]))


def editions_of(month: date) -> list[Any]:
    """The editions of a month without their contents, newest first, `with_reached`. One query."""
    return _of_month(month, ContentType.objects.get_for_model(Edition).pk)()


@lru_cache(maxsize=64)
def _of_month(month: date, kind: int) -> Compiled[Edition]:
    """The question for them, put together once for a month; `kind`: number of the content type by
    which the history knows editions.
    """
    return Compiled(with_reached(Edition.objects.of_month(month)))


def _reached_by(edition: Edition) -> int | None:
    """The same of an edition as it comes, of either kind."""
    newest: int | None
    if hasattr(edition, "reached"):
        newest = edition.reached
        return newest
    made = Subquery(HistoryEntry.objects.about(edition).values("revision")[:1])
    if edition.kind == EditionKind.ANNUAL:
        later = shown_changes().filter(revision__gt=made).order_by("-revision")
    else:
        later = reaching(edition.month, since=made)
    newest = later.values_list("revision", flat=True).first()
    return newest


def forget() -> None:
    """Forget what was compared: for tests, whose databases begin again with the same numbers."""
    _compared.clear()


def grades_in(text: str) -> dict:
    """{indicator code: letter or None} of a stored report, without reading the rest.

    Every format has them.
    """
    return dict(_grades_in(text))


@lru_cache(maxsize=8)
def _grades_in(text: str) -> tuple[tuple[str, str | None], ...]:
    """A text is read once: what is in it stands."""
    return tuple((row["code"], row["grade"]) for row in json.loads(text)["indicators"])


def corrected_before(editions) -> set:
    """Ids of newest editions whose year has an earlier month that was closed again afterwards
    (「前月の訂正あり」).
    """
    newest: dict[date, Edition] = {}
    for row in editions:
        if row.month not in newest or row.number > newest[row.month].number:
            newest[row.month] = row
    return {
        row.pk
        for row in newest.values()
        if any(
            other.month < row.month
            and fiscal_year(other.month) == fiscal_year(row.month)
            and other.number > 1
            and other.pk > row.pk  # made later, whatever the clock said
            for other in newest.values()
        )
    }


def side(text: str, *, on: date) -> tuple[str, MonthlyReport] | None:
    """(name, report) of one side of a comparison, or None when there is no such report.

    A month without an edition's number is shown as it stands on the day `on`.
    """
    annual = _annual_side(text)
    if annual:
        return annual
    try:
        key = ReportKey.parse(text)
    except ValueError:
        return None
    if key.edition is None:
        report = whole_report(key.month, on=on) if key.month <= on else None
        return (f"{wareki_month(key.month)} {report.version_words}", report) if report else None
    edition = Edition.objects.of(
        key.month,
        key.edition,
    ).first()
    return (str(edition), report_of(edition)) if edition else None


def _annual_side(text: str) -> tuple[str, MonthlyReport] | None:
    """The same of an edition of an annual report, 「2026.1」."""
    try:
        key = AnnualKey.parse(text)
    except ValueError:
        return None
    edition = Edition.objects.annual(key.year).filter(number=key.edition).first()
    return (str(edition), report_of(edition)) if edition else None
