"""Template filters of the plan."""

from urllib.parse import urlencode

from django import template
from django.utils import timezone

from measures.querysets import UNDECIDED
from measures.standing import measures_on

register = template.Library()


@register.filter
def or_undecided(department):
    """A department or its name; 「所管課未定」 where there is none."""
    return department or UNDECIDED


@register.simple_tag
def plan_outline() -> list:
    """The measures of today with their policies, in the order of the plan. One query."""
    return measures_on(timezone.localdate())


@register.simple_tag(takes_context=True)
def asked_at(context) -> str:
    """「?at=2026-10.1」 when the address of this page carries it: what a link to a sister page
    carries on.
    """
    text = context["request"].GET.get("at", "")
    return f"?{urlencode({'at': text})}" if text else ""
