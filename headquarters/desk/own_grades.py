"""How the measures of one's departments are judged: by the newest edition, by themselves, by the
headquarters.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Subquery, TextField, Value

from foundation.accounts.permissions import Permission, own_departments
from foundation.japanese.calendar import parse_month
from headquarters.reports.models import Edition
from headquarters.reviews.models import Review

NO_REPORT = Value("", TextField())  # in its place, for who sees no grades there


@dataclass(frozen=True)
class OwnGrade:
    """A measure: 自動判定 of the newest edition, and its sheet of the cycle that is asked for."""

    number: int
    name: str
    verdict: str | None
    sheet: Review | None


@dataclass(frozen=True)
class OwnGrades:
    """Those of a person; `month`: of the edition."""

    month: date
    rows: list[OwnGrade]


def newest_report() -> Subquery:
    """Annotation with the newest edition's report, for who reads the plan anyway."""
    newest = Edition.objects.monthly().order_by(
        "-month",
        "-number",
    )
    return Subquery(newest.values("report")[:1])


def own_grades(user: Any, report: str | None, reviews: Iterable[Review]) -> OwnGrades | None:
    """From the edition's report (None: there is none yet) and the sheets of open cycles."""
    if not report:
        return None
    month, judged = _measures_in(report)
    own = {row.pk for row in own_departments(user, Permission.ENTER_VALUES)}
    sheets = {review.measure_id: review for review in reviews}
    rows = [
        OwnGrade(row["number"], row["name"], row["verdict"], sheets.get(row["id"]))
        for row in judged
        if row.get("department_id") in own
    ]
    return OwnGrades(month, rows) if rows else None


@lru_cache(maxsize=8)
def _measures_in(text: str) -> tuple[date, list[dict[str, Any]]]:
    """The month of a stored report and its measures: a text is read once, what is in it stands."""
    stored = json.loads(text)
    return parse_month(stored["month"][:7]), stored["measures"]
