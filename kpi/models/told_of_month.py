"""What stands about a month, within a question that is asked of the plan, and out of its row: what
is settled, handed in and asked for, and what was corrected since the closing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, F, JSONField, Q, Subquery, When

from foundation.records.models import HistoryEntry
from foundation.records.people import person_told, who
from foundation.records.within import moment_of, rows_within, told_of
from kpi.models.indicator import Indicator
from kpi.models.month import Reopening, ReportingMonth, ReturnReason, ReturnReply, Submission
from kpi.models.month_querysets import REASON, REPLY, WAITING
from kpi.querysets import closed_in, settled_in

PLAIN = ("id", "department_id", "state", "round", "returned_revision")  # of a submission


def _named(field: str) -> dict[str, str]:
    """Columns `who`, where more than one person is named."""
    return {f"{field}_{name}": column for name, column in who(field).items()}


def _person(field: str, told: dict[str, Any]) -> Any:
    return person_told({name: told[f"{field}_{name}"] for name in who(field)})


ASKED = {  # of a request
    **{name: name for name in ("id", "month", "state", "reason", "answer", "asked_revision")},
    **{name: name for name in ("requested_at", "decided_at", "expires_at", "decided_revision")},
    "indicator": "indicator_id",
    "code": "indicator__code",
    "name": "indicator__name",
    "order": "indicator__order",
    **_named("requested_by"),
    **_named("decided_by"),
}
HANDED_IN = {
    **{name: name for name in (*PLAIN, "submitted_at", "on_behalf", "returned_at")},
    **_named("submitted_by"),
    **_named("returned_by"),
}


def told_of_month(month: date) -> dict[str, Any]:
    """Annotations of the plan: what stands about a month, for the functions below and
    `kpi.models.settled`.
    """
    newest_round = {"submission__month": month, "round": F("submission__round")}
    closing = ReportingMonth.objects.filter(month=month).values("locked_revision")
    changes = HistoryEntry.objects.of_month("kpi.value", month).filter(
        revision__gt=Subquery(closing)
    )
    return {
        "settled": settled_in(month),
        "handed_in": rows_within(Submission.objects.filter(month=month), by=None, **HANDED_IN),
        "returned": rows_within(
            ReturnReason.objects.filter(**newest_round),
            by=None,
            submission="submission_id",
            **REASON,
        ),
        "replied": rows_within(
            ReturnReply.objects.filter(**newest_round),
            by=None,
            submission="submission_id",
            **REPLY,
        ),
        "closed": rows_within(ReportingMonth.objects.all_closed(), by=None, month="month"),
        "asked": rows_within(Reopening.objects.filter(Q(month=month) | WAITING), by=None, **ASKED),
        "corrected": Case(
            When(closed_in(month), then=rows_within(changes, by=None, indicator="subject_id")),
            default=None,
            output_field=JSONField(),
        ),
    }


def handed_in_told(month: date, plan: Any) -> list[Submission]:
    """Its submissions with their people, as `SubmissionQuerySet.with_returned` has them."""
    reasons, replies = _by_submission(plan.returned), _by_submission(plan.replied)
    found = []
    for told in plan.handed_in or ():
        row = told_of(Submission, month=month, **{name: told[name] for name in PLAIN})
        row.on_behalf = bool(told["on_behalf"])
        row.submitted_at, row.returned_at = _at(told["submitted_at"]), _at(told["returned_at"])
        row.submitted_by = _person("submitted_by", told)
        row.returned_by = _person("returned_by", told)
        row.told_of_return = reasons[row.pk]  # type: ignore[attr-defined]
        row.replied_to_return = replies[row.pk]  # type: ignore[attr-defined]
        found.append(row)
    return found


def asked_told(plan: Any) -> list[Reopening]:
    """The requests for exceptions of the month, and those of others that wait, oldest first."""
    rows = map(request_told, plan.asked or ())
    return sorted(rows, key=lambda row: (row.requested_at, row.indicator.order))


def request_told(told: dict[str, Any]) -> Reopening:
    """A request with its indicator, who made and who answered it, out of the columns `ASKED`."""
    return Reopening(
        pk=told["id"],
        indicator=told_of(
            Indicator,
            id=told["indicator"],
            code=told["code"],
            name=told["name"],
            order=told["order"],
        ),
        month=date.fromisoformat(told["month"]),
        state=told["state"],
        reason=told["reason"],
        answer=told["answer"],
        requested_by=_person("requested_by", told),
        requested_at=moment_of(told["requested_at"]),
        asked_revision=told["asked_revision"],
        decided_by=_person("decided_by", told),
        decided_at=_at(told["decided_at"]),
        decided_revision=told["decided_revision"],
        expires_at=_at(told["expires_at"]),
    )


def corrected_told(plan: Any) -> Counter[int]:
    """{indicator id: how often its value was changed since the month was closed last}."""
    return Counter(told["indicator"] for told in plan.corrected or ())


def closed_told(plan: Any) -> frozenset[date]:
    """Every month that is closed."""
    return frozenset(date.fromisoformat(told["month"]) for told in plan.closed or ())


def _by_submission(stored: Iterable[dict] | None) -> dict[int, list[dict]]:
    found: dict[int, list[dict]] = defaultdict(list)
    for told in stored or ():
        found[told["submission"]].append(told)
    return found


def _at(stored: str | None) -> Any:
    return stored and moment_of(stored)
