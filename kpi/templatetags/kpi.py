"""Where a page leads from what is missing to where it is set; the answers of a row of the grid."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from foundation.accounts.permissions import Permission, has_permission
from kpi.addresses import baseline_place
from kpi.entry.forms import ANSWER_CHOICES

register = template.Library()


@register.simple_tag
def answers(chosen: Any) -> SafeString:
    """The options of 区分・値なしの理由, with what is chosen or was sent."""
    return _answers(str(chosen or ""))


@lru_cache(maxsize=64)
def _answers(chosen: str) -> SafeString:
    """The same for every row in which this is chosen."""
    values = {"choices": ANSWER_CHOICES, "chosen": chosen}
    return mark_safe(get_template("kpi/_answers.html").render(values))  # noqa: S308


@register.simple_tag(takes_context=True)
def baseline_door(context, code: str, reason: str) -> str:
    """Where a missing baseline is set, for whoever may set it.

    `{% baseline_door code reason as door %}` before `components/grade.html`, which makes a link.
    """
    place = baseline_place(code, reason)
    may = bool(place) and has_permission(context["request"].user, Permission.DEFINE)
    return place if may else ""
