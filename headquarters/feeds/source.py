"""What a feed is drawn from, known before anything is gathered (docs/rules.md §5).

`?at=` takes what the portal's pages take: 「2026-10.2」 an edition, 「2026-10」 a month; nothing is
the newest edition of all, while nothing is closed the month being collected. A feed gives what was
settled: of a closed month always an edition, the newest one where none is named.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404

from headquarters.reports.key import ReportKey
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather, plan_now
from headquarters.reports.pages.viewpoint import (
    NO_EDITION,
    NO_INDICATOR,
    NO_PLAN,
    check_begun,
    default_key,
)
from headquarters.reports.stored import parse

HOUSE = Path(__file__).resolve().parent.parent.parent
DRAWN_BY = ("foundation", "headquarters", "kpi", "measures", "roadmap")


class Unreadable(ValueError):
    """`?at=` says nothing that can be read; the sentence says what is wrong."""


@dataclass(frozen=True)
class Source:
    """A report that was asked for. `edition`: without its report, None for a month not closed."""

    key: ReportKey
    edition: Any
    plan: Any
    today: date

    def report(self) -> MonthlyReport:
        """The report. Http404 in words."""
        if self.edition is not None:
            return parse(self.edition.report)
        found = gather(
            self.key.month,
            on=self.today,
            whole_plan=True,
            plan=self.plan,
        )
        if found is None:
            raise Http404(NO_INDICATOR)
        return found

    def tag(self, feed: str) -> str:
        """The ETag of a feed of it: weak, because it names what is said and not the bytes.

        An edition stays what it is. A month that is not closed changes with every change of what
        reports show, and with the day.
        """
        says: list[object] = [
            feed,
            str(self.key),
            code_stamp(),
        ]
        if self.edition is not None:
            says.append(self.edition.report_sha256)
        else:
            plan = self.plan
            says += [plan.revision, plan.changed_at, plan.sample, self.today]
        return f'W/"{hashlib.sha256(repr(says).encode()).hexdigest()[:40]}"'


@cache
def code_stamp() -> str:
    """A fingerprint of the code by which feeds are drawn: other code may say something else."""
    digest = hashlib.sha256()
    for room in DRAWN_BY:
        for file in sorted((HOUSE / room).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def source_of(asked: str, *, today: date) -> Source:
    """The source that an address asks for (empty: the default). Unreadable, Http404 in words.

    Two queries, and none of them reads a report.
    """
    plan = plan_now()
    if plan is None:
        raise Http404(NO_PLAN)
    if not asked:
        newest = Edition.objects.listed().first()
        return Source(default_key(plan, today, newest), newest, plan, today)
    key = _read(asked)
    check_begun(plan, key, today)
    edition = _edition(key)
    return Source(edition.key if edition else key, edition, plan, today)


def _read(text: str) -> ReportKey:
    try:
        return ReportKey.parse(text)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _edition(key: ReportKey) -> Any:
    """The edition that was named, the newest of a month, or None while it is not closed."""
    if key.edition is None:
        return Edition.objects.of_month(key.month).first()
    found = Edition.objects.of(key.month, key.edition).defer("report", "workbook").first()
    if found is None:
        raise Http404(NO_EDITION)
    return found
