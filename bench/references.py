"""What the portal is measured against: views that do as little as such a view can.

The plain page has the very bytes of a page of ours and asks the very queries, without models: each
tag of it is one turn of a loop with a condition, two variables and a filter.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.db.models import F
from django.http import HttpResponse
from django.template import engines
from django.utils import timezone
from django.utils.safestring import mark_safe

from foundation.accounts.models import User
from foundation.records.models import DataRevision, HistoryEntry
from kpi.models import Indicator, KpiValue

PLAIN = (
    "{% for tag in tags %}{% if tag.text %}{{ tag.mark }}{{ tag.text|default:'' }}"
    "{% else %}{{ tag.mark }}{% endif %}{% endfor %}"
)
TAG = re.compile(r"(<[^>]*>)([^<]*)")
FRAME = 'SELECT "accounts_membership"'  # the session with its person
Given = TypeVar("Given")


@dataclass(frozen=True)
class Tag:
    """A tag as it is written, and the text after it."""

    mark: str
    text: str


@dataclass(frozen=True)
class PlainPage:
    """The tags of a page and the queries that it asked."""

    tags: tuple[Tag, ...]
    queries: tuple[tuple, ...]


shown: list[PlainPage] = []  # the page that /bench/page/ answers with


def plain_page(text: str, queries: list[tuple]) -> PlainPage:
    """The same page as a plain template has it."""
    found = TAG.findall(text)
    tags = tuple(Tag(mark_safe(mark), html.unescape(said)) for mark, said in found)  # noqa: S308
    return PlainPage(tags, tuple(queries))


def table_page(size: int, queries: int) -> PlainPage:
    """A table of about `size` bytes, with so many small queries: what a list page costs anybody."""
    row = '<tr><td class="dx-num">1-1</td><td class="dx-num">118.5</td><td>総務課</td></tr>'
    text = row * (size // len(row.encode()))
    asked = ("SELECT id, name FROM accounts_department ORDER BY id LIMIT 20", ())
    return plain_page(text, [asked] * queries)


def queries_of(call: Callable[[], Given]) -> tuple[Given, list[tuple]]:
    """(what a call gives, [(sql, parameters)] that it asked beside session and person)."""
    asked: list[tuple] = []

    def noted(execute, sql, params, many, context):
        if sql.startswith("SELECT") and not sql.startswith(FRAME):
            asked.append((sql, params))
        return execute(
            sql,
            params,
            many,
            context,
        )

    with connection.execute_wrapper(noted):
        given = call()
    return given, asked


@login_not_required
def bare(request):
    """A view that does nothing."""
    return HttpResponse("ok")


def signed_in(request):
    """The same for somebody signed in."""
    return HttpResponse(str(request.user.pk))


def page(request):
    """The plain page that was put into `shown`."""
    (one,) = shown
    with connection.cursor() as cursor:
        for sql, params in one.queries:
            cursor.execute(
                sql,
                params,
            )
            cursor.fetchall()
    return HttpResponse(_template().render({"tags": one.tags}))


@cache
def _template():
    return engines["django"].from_string(PLAIN)


def save(request):
    """One value saved, as one would write it by hand: the row, the history, the revision."""
    write(
        request.user,
        int(request.GET["indicator"]),
        request.GET["month"],
        request.GET["value"],
    )
    return HttpResponse(status=204)


def write(by: User, indicator: int, month: str, value: str) -> None:
    """The transaction itself."""
    now = timezone.now()
    with transaction.atomic():
        DataRevision.objects.filter(id=1).update(number=F("number") + 1, changed_at=now)
        revision = DataRevision.objects.get(id=1).number
        subject = Indicator.objects.select_related("measure").get(pk=indicator)
        stored = KpiValue.objects.filter(indicator=subject, month=month).first()
        before = {"値": str(stored.value)} if stored else {}
        typed = {"value": value, "numerator": None, "denominator": None, "missing_reason": ""}
        written = {
            "version": revision,
            "updated_by": by,
            "updated_at": now,
        }
        KpiValue.objects.update_or_create(indicator=subject, month=month, defaults=typed | written)
        HistoryEntry.objects.create(
            at=now,
            revision=revision,
            actor=by,
            actor_name=by.display_name,
            action="kpi.value",
            subject=subject,
            subject_label=str(subject),
            before=before,
            after={"値": value},
        )
