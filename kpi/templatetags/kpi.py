"""Where a page leads from what is missing to where it is set."""

from django import template

from foundation.accounts.permissions import Permission, has_permission
from kpi.addresses import baseline_place

register = template.Library()


@register.simple_tag(takes_context=True)
def baseline_door(context, code: str, reason: str) -> str:
    """Where a missing baseline is set, for whoever may set it.

    `{% baseline_door code reason as door %}` before `components/grade.html`, which makes a link.
    """
    place = baseline_place(code, reason)
    may = bool(place) and has_permission(context["request"].user, Permission.DEFINE)
    return place if may else ""
