"""Rows that come within another row's query: those of a related table as one JSON column.

Whoever reads the row anyway needs no query more. Both databases give the same; only a moment is
written in another way, which `moment_of` reads.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import Aggregate, JSONField, Model, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from foundation.records.built import maker

Told = TypeVar("Told", bound=Model)


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


def rows_within(rows: QuerySet, *, by: str | None, **columns: Any) -> Subquery:
    """Annotation: these rows as a JSON array of objects (None: there is none), in no order.

    `by`: the field by which they belong to the outer row (None: to none; they only come along);
    `columns`: name → field or expression.
    """
    whole = JSONObject(**columns)
    if by is None:
        grouped = rows.order_by().annotate(all=Value(1)).values("all")
    else:
        grouped = rows.order_by().values(by)
    within = grouped.annotate(within=_Rows(whole)).values("within")
    return Subquery(within, output_field=JSONField())


def row_within(rows: QuerySet, **columns: Any) -> Subquery:
    """Annotation: the first of these rows as a JSON object (None: there is none)."""
    return Subquery(
        rows.annotate(within=JSONObject(**columns)).values("within")[:1],
        output_field=JSONField(),
    )


def told_of(model: type[Told], using: str | None = None, **values: Any) -> Told:
    """A row of a model of which only these columns are known; the others are asked for when wanted.

    In whatever order they are named (`records.built.maker`).
    """
    made: Told = maker(model, [*values])(using, [*values.values()])
    return made


def by_age(stored: Iterable[dict] | None) -> list[dict]:
    """The rows in the order in which they were made; they must have been asked for their `id`."""
    return sorted(stored or (), key=lambda values: values["id"])


def moment_of(stored: str) -> datetime:
    """A moment out of JSON."""
    at = datetime.fromisoformat(stored)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
