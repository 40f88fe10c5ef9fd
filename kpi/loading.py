"""Load the 23 indicators, and their first definitions from `fixtures/`."""

from decimal import Decimal

from kpi.models import Definition, Indicator
from kpi.rules.codes import plain_code
from measures.loading import add_missing, fixture
from measures.models import Measure, Plan


def load_indicators(plan: Plan) -> int:
    """Indicators with one definition each from the plan's first month.

    Returns the number of rows made.
    """
    measures = Measure.objects.by_first_number()
    first = plan.months.first
    count = 0
    for order, row in enumerate(fixture("50_indicators.json"), 1):
        head = {
            "measure": measures[row.pop("measure")],
            "order": order,
            "name": row.pop("name"),
            "source_text": row.pop("source_text"),
        }
        code = plain_code(row.pop("code"))
        known = Indicator.objects.called(code, first).first()
        indicator, made = (
            (known, False)
            if known
            else add_missing(
                Indicator,
                {"code": code},
                head,
            )
        )
        count += made
        if not indicator.definitions.exists():
            row["baseline_value"] = (
                Decimal(row["baseline_value"]) if "baseline_value" in row else None
            )
            source = row.pop("numerator_source", None)
            row["numerator_source"] = source and Indicator.objects.called(source, first).get()
            Definition.objects.create(indicator=indicator, from_month=first, **row)
            count += 1
    return count
