"""What the cells of an indicator say: its own rows, with the numerators of another indicator
filled in where its definition reads them there (docs/rules.md §2). No queries.
"""

from datetime import date

from kpi.models import Definition, KpiValue
from kpi.models.readings import reading_of, rule_of
from kpi.rules.counting import Reading, is_due
from kpi.rules.linked import with_numerator

Rows = dict[date, KpiValue]


def version_in(definitions: tuple[Definition, ...], month: date) -> Definition:
    """The version that holds in a month (the first one for months before it)."""
    begun = (row for row in reversed(definitions) if row.from_month <= month)
    return next(begun, definitions[0])


def numerators_of(definitions: tuple[Definition, ...], stored: dict[int, Rows]) -> Rows:
    """{month: row of the other indicator} in the months whose numerator is its value."""
    sources = {row.numerator_source_id for row in definitions if row.numerator_source_id}
    return {
        month: row
        for source in sources
        for month, row in stored.get(source, {}).items()
        if version_in(definitions, month).numerator_source_id == source
    }


def readings_of(
    definitions: tuple[Definition, ...],
    stored: Rows,
    numerators: Rows,
) -> dict[date, Reading]:
    """{month: what is to be counted}, with the numerators of the other indicator filled in.

    A reason that the other one alone gives answers only what is due.
    """
    own = {month: reading_of(row) for month, row in stored.items()}
    if not any(row.numerator_source_id for row in definitions):
        return own
    found = {}
    for month in sorted({*stored, *numerators}):
        answer, definition = own.get(month), version_in(definitions, month)
        asked = answer is not None or is_due(rule_of(definition), month)
        if definition.numerator_source_id and asked:
            other = numerators.get(month)
            answer = with_numerator(
                answer,
                reading_of(other) if other else None,
            )
        if answer is not None:
            found[month] = answer
    return found


def sources_of(versions: list[tuple[Definition, ...]]) -> set[int]:
    """Ids of the indicators whose values are numerators of these."""
    ids = {row.numerator_source_id for rows in versions for row in rows}
    return {pk for pk in ids if pk is not None}
