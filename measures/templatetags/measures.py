"""Template filters of the plan."""

from django import template

from measures.querysets import UNDECIDED

register = template.Library()


@register.filter
def or_undecided(department):
    """A department or its name; 「所管課未定」 where there is none."""
    return department or UNDECIDED
