"""Template filters of the plan."""

from urllib.parse import urlencode

from django import template

from measures.querysets import UNDECIDED

register = template.Library()


@register.filter
def or_undecided(department):
    """A department or its name; 「所管課未定」 where there is none."""
    return department or UNDECIDED


@register.simple_tag(takes_context=True)
def asked_at(context) -> str:
    """「?at=2026-10.1」 when the address of this page carries it: what a link to a sister page
    carries on.
    """
    text = context["request"].GET.get("at", "")
    return f"?{urlencode({'at': text})}" if text else ""
