"""Templates of `components/` that show nothing but what they are given (ADR 59)."""

from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe


class Alike:
    """Marks frozen dataclasses of texts, numbers and others of this kind: equal ones look alike."""


PLAIN = (str, int, type(None), Alike)  # what looks the same where it is the same


def drawn(component: str, /, **values: Any) -> SafeString:
    """The component of that name with these values alone; once in a process for the same ones."""
    if all(map(_is_plain, values.values())):
        return _known(component, tuple(values), *values.values())
    return _drawn(component, values)


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(each, Alike) for each in value)
    return isinstance(value, PLAIN)


@lru_cache(maxsize=2048, typed=True)
def _known(component: str, names: tuple[str, ...], *values: Any) -> SafeString:
    """Of another type they may look different: text that is marked safe, 1 and True."""
    return _drawn(component, dict(zip(names, values, strict=True)))


def _drawn(component: str, values: dict[str, Any]) -> SafeString:
    return mark_safe(get_template(f"components/{component}.html").render(values))  # noqa: S308
