"""What is drawn once for equal values looks as it does drawn anew."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.template.loader import get_template
from django.urls.base import set_script_prefix
from django.utils.safestring import mark_safe

from foundation.accounts.models import Role
from foundation.records import components
from headquarters.desk.menu import MenuItem, _menu_of
from headquarters.sample.tour import Person

pytestmark = pytest.mark.pure
ITEMS = (
    MenuItem("<b>ホーム</b>", "/", current=True),
    MenuItem("月次", doors=(MenuItem("月次と提出", "/kpis/months/", "締め"),)),
)


def anew(component, **values):
    return get_template(f"components/{component}.html").render(values)


@pytest.mark.parametrize(
    ("component", "values"),
    [
        ("state", {"kind": "late", "label": "遅延 & <b>"}),
        ("state", {"kind": "late", "label": mark_safe("遅延 <b>")}),  # noqa: S308
        ("menu", {"entries": ITEMS}),
        ("menu", {"entries": ()}),
        ("menu", {"entries": ITEMS[:1]}),
        ("people", {"people": (Person("jimukyoku", "総務 <i>", "事務局", ""),)}),
    ],
)
def test_it_looks_as_when_it_is_drawn_anew(component, values):
    for _ in range(2):
        assert components.drawn(component, **values) == anew(component, **values)


def test_what_is_equal_is_drawn_once(monkeypatch):
    drawn = []
    monkeypatch.setattr(components, "_drawn", lambda name, values: drawn.append(name) or "x")
    components._known.cache_clear()
    again = MenuItem("月次", doors=(MenuItem("月次と提出", "/kpis/months/", "締め"),))
    for entries in (ITEMS, (ITEMS[0], again)):
        components.drawn("menu", entries=entries)
    assert drawn == ["menu"]
    components.drawn("menu", entries=(MenuItem("月次", doors=(MenuItem("月次と提出"),)),))
    assert drawn == ["menu"] * 2
    components._known.cache_clear()


@contextmanager
def under_prefix(prefix):
    set_script_prefix(prefix)
    yield
    set_script_prefix("/")


@dataclass
class Changing:
    label: str


@pytest.mark.parametrize("value", [Changing("a"), [ITEMS[0]], (ITEMS[0], Changing("a")), 1.5])
def test_what_may_look_different_is_drawn_each_time(monkeypatch, value):
    drawn = []
    monkeypatch.setattr(components, "_drawn", lambda name, values: drawn.append(name) or "x")
    for _ in range(2):
        components.drawn("menu", entries=value)
    assert drawn == ["menu"] * 2


def test_every_set_of_roles_has_its_own_menu():
    assert _menu_of(frozenset(), "desk:home", "/") == ()
    menus = {role: _menu_of(frozenset([role]), "desk:home", "/") for role in Role}
    assert len({*menus.values()}) == len(Role)
    both = _menu_of(frozenset([Role.VIEWER, Role.SECRETARIAT]), "desk:home", "/")
    assert {entry.label for entry in menus[Role.SECRETARIAT]} == {entry.label for entry in both}
    with under_prefix("/dx/"):
        under = _menu_of(frozenset([Role.VIEWER]), "desk:home", "/dx/")
    assert all(entry.url.startswith("/dx/") for entry in under if entry.url)
