"""Who carries a measure, for its page: one of the two places where a lower room shows a higher one
(the other is the strip of reports; `tests/test_architecture.py` names them).
"""

from django import template
from django.utils import timezone

from foundation.accounts.permissions import Permission, may_somewhere
from foundation.japanese.calendar import fiscal_year
from headquarters.organisation.projects.reading import lines_of_measure
from headquarters.organisation.teams.reading import teams_of

register = template.Library()


@register.inclusion_tag("organisation/_carriers.html", takes_context=True)
def measure_carriers(context, measure) -> dict:
    """The project teams of a measure, and its DX関連事業 of this fiscal year."""
    today = timezone.localdate()
    year = fiscal_year(today)
    return {
        "measure": measure,
        "year": year,
        "teams": teams_of(measure, today),
        "lines": lines_of_measure(measure, year),
        "may_carry": may_somewhere(context["request"].user, Permission.CARRY_PROJECTS),
    }
