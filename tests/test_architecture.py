"""House rules as tests.

Imports look down only, no hidden imports, thin views, small files, no outside addresses.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.trees import tree_of

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (  # lowest first; those of one line do not see each other
    ("foundation.japanese", "foundation.sheets"),
    ("foundation.charts",),
    ("foundation.records",),
    ("foundation.accounts",),
    ("foundation.round_trip",),
    ("measures",),
    ("kpi.choices",),
    ("kpi.rules",),
    ("kpi.querysets",),
    ("kpi.models",),
    ("kpi", "roadmap"),
    ("kpi.entry", "kpi.month", "kpi.setup", "kpi.pages", "kpi.intake"),
    ("kpi.urls",),
    ("headquarters.organisation",),
    ("headquarters.reviews",),
    ("headquarters.reports",),
    ("headquarters.feeds",),
    ("headquarters.meetings",),
    ("headquarters.upkeep",),
    ("headquarters.desk",),
    ("headquarters.sample",),
    ("osaki_dx",),
)
LEVELS = {room: level for level, row in enumerate(ROOMS) for room in row}
TOPS = ("foundation", "measures", "kpi", "roadmap", "headquarters", "osaki_dx")
LIMIT = 350
FILES = [
    path
    for top in TOPS
    for path in sorted((ROOT / top).rglob("*.py"))
    if "migrations" not in path.parts and path.read_text(encoding="utf-8").count("\n") > 1
]
pytestmark = pytest.mark.pure


def module_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module):
    """The room a module belongs to: the longest name of the list that it begins with, or None."""
    parts = module.split(".")
    names = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((name for name in names if name in LEVELS), None)


def imported(tree):
    """Modules, and for `from a import b` also a.b, which may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_look_down_only(path):
    here = room_of(module_of(path))
    for module in imported(tree_of(path)):
        other = room_of(module)
        if other and here and other != here:
            assert LEVELS[other] < LEVELS[here], f"{here} must not look up or across to {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file(path):
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(tree_of(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno < 60, f"{path}: {node.name} is too long"
            hidden = [
                inner for inner in ast.walk(node) if isinstance(inner, (ast.Import, ast.ImportFrom))
            ]
            assert not hidden, f"{path}: import inside {node.name}"
    assert text.count("\n") <= LIMIT, f"{path}: split by noun"
    assert "date.today()" not in text
    if path.name.endswith("views.py"):
        assert ".filter(" not in text, f"{path}: querysets belong to the models"
    if path.parent.name == "rules" or path.name in ("schedule.py", "verdict.py"):
        assert "timezone" not in text
        assert not re.search(r"\.objects\b", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_door_writes_all_or_nothing(path):
    """Who takes a revision writes in one transaction; helpers stand in that of their door."""
    helpers = {"record_change"}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef) and node.name not in helpers and node.name[0] != "_":
            calls = {
                call.func.id
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            }
            rules = [ast.unparse(rule) for rule in node.decorator_list]
            assert "next_revision" not in calls or "transaction.atomic" in rules, (
                f"{path}: {node.name} needs @transaction.atomic"
            )


def test_settings_of_the_plan_are_written_through_one_door():
    """What a version holds and how it is checked is one file's affair."""
    writing = {
        str(path.relative_to(ROOT).as_posix())
        for path in FILES
        if re.search(
            r"(?<!class )\bPlanSetting(\(|\.objects\.(bulk_)?create\()",
            path.read_text(encoding="utf-8"),
        )
    }
    assert writing == {"measures/deciding.py"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_dates_are_written_alike_on_every_system(path):
    """`%-d` and its kind are of glibc alone; the portal runs on Windows too."""
    assert not re.search(r"%[-_^#][a-zA-Z]", path.read_text(encoding="utf-8"))


def test_pages_load_nothing_from_elsewhere_and_hold_no_inline_code():
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.*")]:
        text = path.read_text(encoding="utf-8")
        outside = [url for url in re.findall(r"https?://[\w./-]+", text) if "www.w3.org" not in url]
        assert not outside, f"{path}: {outside}"
        if path.suffix == ".html":
            assert not re.search(r"<script(?![^>]*\bsrc=)", text), f"{path}: inline script"
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), (
                f"{path}: inline style or handler"
            )


SHOWN_BELOW = {  # what a page of a lower room shows of a higher one: by these two tags alone
    "measure_strip": "headquarters/reports/templatetags/reports.py",
    "measure_carriers": "headquarters/organisation/templatetags/organisation.py",
}


def test_lower_rooms_show_higher_ones_by_the_named_tags_alone():
    found = {}
    for path in FILES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                rules = [ast.unparse(rule) for rule in node.decorator_list]
                if any("inclusion_tag" in rule for rule in rules):
                    found[node.name] = path.relative_to(ROOT).as_posix()
    assert found == SHOWN_BELOW


def test_no_registry_is_named():
    for path in [ROOT / "pyproject.toml", *(ROOT / "requirements").iterdir()]:
        assert "http" not in path.read_text(encoding="utf-8"), path
