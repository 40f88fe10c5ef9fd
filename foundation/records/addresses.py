"""Addresses worked out once: an address depends on nothing but its name, its arguments and the
table of addresses. A list asks for the same ones with every look at it.
"""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, reverse


def address_of(name: str, *args: Any, **kwargs: Any) -> str:
    """Django's `reverse`, the arguments as they come."""
    return _known(settings.ROOT_URLCONF, get_script_prefix(), name, *args, **kwargs)


@lru_cache(maxsize=8192, typed=True)
def _known(table: str, prefix: str, name: str, /, *args: Any, **kwargs: Any) -> str:
    """`table` and `prefix`: on them an address depends, too."""
    return reverse(name, args=args, kwargs=kwargs)
