"""Load the 29 steps of the plan's 工程表 from `fixtures/`; unknown spans stay empty."""

from datetime import date

from measures.loading import add_missing, fixture
from measures.models import Measure
from roadmap.models import Step


def load_steps() -> int:
    """Steps by (measure, order); returns the number of rows made."""
    measures = Measure.objects.by_first_number()
    count = 0
    for row in fixture("60_steps.json"):
        row.pop("span_provenance")
        years = row.pop("years")
        row["first_month"] = (
            date(
                years[0],
                4,
                1,
            )
            if years
            else None
        )
        row["last_month"] = date(years[1] + 1, 3, 1) if years else None
        key = {"measure": measures[row.pop("measure")], "order": row.pop("order")}
        count += add_missing(Step, key, row)[1]
    return count
