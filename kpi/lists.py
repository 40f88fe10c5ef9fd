"""What the list of indicators shows: plain rows out of `IndicatorMonth`s, and the filters in the address."""

from dataclasses import dataclass

from japanese.numbers import format_number
from kpi.choices import NotJudged
from kpi.progress import show


def list_row(facts) -> dict:
    """One indicator as judged in its month, as plain values for table and download."""
    judged, definition = facts.progress_at(facts.month), facts.definition
    names = {band.letter: band.name for band in facts.bands}
    actual = judged.actual
    return {
        "order": facts.indicator.order, "code": facts.indicator.code, "name": facts.indicator.name,
        "measure": str(facts.indicator.measure), "measure_number": facts.indicator.measure.number,
        "department": definition.responsible_name, "department_id": definition.responsible_id,
        "target": show(judged.target, facts.rule),
        "actual": "－" if actual is None else f"{format_number(actual, definition.decimals)}{definition.unit}",
        "rate": judged.rate, "grade": judged.grade, "grade_name": names.get(judged.grade, ""),
        "not_judged": NotJudged(judged.not_judged).label if judged.not_judged else "",
        "state": facts.state.label, "state_code": facts.state.value, "sentence": judged.sentence,
    }


@dataclass(frozen=True)
class Filters:
    """The filters of the list, kept in the address; empty ones do not restrict."""

    measure: str = ""
    department: str = ""
    grade: str = ""
    state: str = ""

    @classmethod
    def of(cls, query) -> "Filters":
        """From the query string."""
        return cls(*(query.get(name, "") for name in cls.__dataclass_fields__))

    def wants(self, row: dict) -> bool:
        """Does the row pass?"""
        grade = row["grade"] or "-"
        return all((
            not self.measure or str(row["measure_number"]) == self.measure,
            not self.department or str(row["department_id"]) == self.department,
            not self.grade or grade == self.grade,
            not self.state or row["state_code"] == self.state,
        ))
