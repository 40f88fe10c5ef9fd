"""What stands beside a sheet of an indicator: plain rows out of `IndicatorMonth`s."""

from dataclasses import dataclass
from decimal import Decimal

from kpi import words
from kpi.choices import NotJudged
from kpi.rules.progress import show


@dataclass(frozen=True)
class ListRow:
    """One indicator as judged in its month, as plain values for table and download.

    `rate`: percent or None; `target`, `actual`: in words, with unit.
    """

    order: int
    code: str
    name: str
    measure: str
    measure_number: int
    department: str
    department_id: int | None
    target: str
    actual: str
    rate: Decimal | None
    grade: str | None
    grade_name: str
    not_judged: str
    state: str
    state_code: str
    sentence: str


def list_row(facts) -> ListRow:
    """The row of one `IndicatorMonth`."""
    judged, definition = facts.progress_at(facts.month), facts.definition
    state = facts.judged_state_in(facts.month)
    names = {band.letter: band.name for band in facts.bands}

    return ListRow(
        order=facts.indicator.order,
        code=facts.indicator.code,
        name=facts.indicator.name,
        measure=str(facts.indicator.measure),
        measure_number=facts.indicator.measure.number,
        department=definition.responsible_name,
        department_id=definition.responsible_id,
        target=show(judged.target, facts.rule),
        actual=words.actual(judged, definition),
        rate=judged.rate,
        grade=judged.grade,
        grade_name=names.get(judged.grade, ""),
        not_judged=NotJudged(judged.not_judged).label if judged.not_judged else "",
        state=state.label,
        state_code=state.value,
        sentence=judged.sentence,
    )
