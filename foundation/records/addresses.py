"""Addresses worked out once: an address depends on nothing but its name, its arguments and the
table of addresses. A list asks for the same ones with every look at it.
"""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse


def file_address(path: str) -> str:
    """Django's `static`: where a file of ours is, under the name that changes with its content."""
    backend = settings.STORAGES["staticfiles"]["BACKEND"]
    return _file(settings.STATIC_URL, str(settings.STATIC_ROOT), backend, path)


@lru_cache(maxsize=256)
def _file(url: str, root: str, backend: str, path: str, /) -> str:
    """`url`, `root` and `backend`: on them it depends, too."""
    return static(path)


def address_of(name: str, *args: Any, **kwargs: Any) -> str:
    """Django's `reverse`, the arguments as they come."""
    return _known(settings.ROOT_URLCONF, get_script_prefix(), name, *args, **kwargs)


@lru_cache(maxsize=8192, typed=True)
def _known(table: str, prefix: str, name: str, /, *args: Any, **kwargs: Any) -> str:
    """`table` and `prefix`: on them an address depends, too."""
    return reverse(name, args=args, kwargs=kwargs)
