"""Rows that come within another row's query: those of a related table as one JSON column.

Whoever reads the row anyway needs no query more. Both databases give the same; only a moment is
written in another way, which `moment_of` reads.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Aggregate, JSONField, QuerySet, Subquery
from django.db.models.functions import JSONObject


class _Rows(Aggregate):
    """Rows as one JSON array."""

    function = "JSONB_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler, connection, **extra):
        return self.as_sql(
            compiler,
            connection,
            function="JSON_GROUP_ARRAY",
            **extra,
        )


def rows_within(rows: QuerySet, *, by: str, **columns: Any) -> Subquery:
    """Annotation: these rows as a JSON array of objects (None: there is none), in no order.

    `by`: the field by which they belong to the outer row; `columns`: name → field or expression.
    """
    whole = JSONObject(**columns)
    grouped = rows.order_by().values(by).annotate(within=_Rows(whole)).values("within")
    return Subquery(grouped, output_field=JSONField())


def row_within(rows: QuerySet, **columns: Any) -> Subquery:
    """Annotation: the first of these rows as a JSON object (None: there is none)."""
    return Subquery(
        rows.annotate(within=JSONObject(**columns)).values("within")[:1],
        output_field=JSONField(),
    )


def by_age(stored: Iterable[dict] | None) -> list[dict]:
    """The rows in the order in which they were made; they must have been asked for their `id`."""
    return sorted(stored or (), key=lambda values: values["id"])


def moment_of(stored: str) -> datetime:
    """A moment out of JSON."""
    at = datetime.fromisoformat(stored)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
