"""Ways between a list and what is listed: the list stays as it was narrowed down."""

from django import template
from django.template import Context
from django.urls import reverse

from foundation.accounts import navigation

register = template.Library()


@register.simple_tag(takes_context=True)
def onward(context: Context, address: str) -> str:
    """`{% url … as to %}{% onward to %}`: the address with the way back to this list in it."""
    return navigation.onward(context["request"], address)


@register.simple_tag(takes_context=True)
def came_from(context: Context, name: str) -> str:
    """`{% came_from 'app:list' as list %}`: that list as one left it; nothing where one did not
    come from it.
    """
    return navigation.way_back(context["request"], reverse(name), else_to="")


@register.simple_tag(takes_context=True)
def way_back(context: Context, name: str, *args: object, query: str = "") -> str:
    """`{% way_back 'app:list' %}`: the list as one left it, else (with that query) at first."""
    return navigation.way_back(context["request"], reverse(name, args=args) + query)
