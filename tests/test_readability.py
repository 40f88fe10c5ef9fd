"""Limits that cannot be met by width: lines, tags on a line, thoughts on a line, thin views.

The house rules of imports, length and hidden code stand in `test_architecture`; those of style
sheets and scripts in `test_static`.
"""

import ast
import re
import subprocess
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("foundation", "measures", "kpi", "roadmap", "headquarters", "osaki_dx", "tests")
PYTHON = [
    *sorted(ROOT.glob("*.py")),
    *(path for top in OURS for path in sorted((ROOT / top).rglob("*.py"))),
]
WRITTEN = [path for path in PYTHON if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TAG = re.compile(r"<[A-Za-z]|\{%")  # HTML opening tags and tags of the template language
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
WIDTH, TEMPLATE_WIDTH, TAGS = 100, 120, 4
MEDIAN, P99 = 45, 120
NODES_A_LINE = 8
TOP_LEVEL, KPI_DOOR = 22, 12
pytestmark = pytest.mark.pure


def named(path):
    return path.relative_to(ROOT).as_posix()


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def functions_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_a_python_line_fits(path):
    wide = [number for number, line in enumerate(lines_of(path), 1) if len(line) > WIDTH]
    assert not wide, f"more than {WIDTH} characters in lines {wide}"


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_line_holds_little(path):
    for number, line in enumerate(lines_of(path), 1):
        assert len(line) <= TEMPLATE_WIDTH, f"line {number} has {len(line)} characters"
        tags = len(TAG.findall(line))
        assert tags <= TAGS, f"line {number} has {tags} tags"


def test_template_lines_are_short_as_a_rule():
    lengths = [len(line) for path in TEMPLATES for line in lines_of(path) if line.strip()]
    assert median(lengths) <= MEDIAN
    assert quantiles(lengths, n=100)[98] <= P99


def nodes_a_line(function):
    """How much happens on a line of a function: its syntax nodes, divided by its lines."""
    return sum(1 for _ in ast.walk(function)) / (function.end_lineno - function.lineno + 1)


def test_a_line_holds_one_thought():
    measured = sorted(
        (nodes_a_line(function), f"{named(path)}:{function.lineno} {function.name}")
        for path in WRITTEN
        if "tests" not in path.parts
        for function in functions_of(path)
    )
    typical = median(ratio for ratio, _ in measured)
    worst = "\n".join(f"{ratio:5.1f} {where}" for ratio, where in reversed(measured[-10:]))
    assert typical <= NODES_A_LINE, f"median {typical:.1f} nodes a line; the worst:\n{worst}"


def takes_a_request(function):
    """A view is what takes a request, wherever it stands."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    return bool(arguments) and arguments[0].arg == "request"


def filters(function):
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "filter"
        for node in ast.walk(function)
    )


@pytest.mark.parametrize("path", [path for path in WRITTEN if "tests" not in path.parts], ids=named)
def test_a_view_asks_a_queryset_by_name(path):
    thick = [
        function.name
        for function in functions_of(path)
        if takes_a_request(function) and filters(function)
    ]
    assert not thick, f"{thick}: querysets belong to the models"


def test_the_top_level_is_seen_in_one_look():
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    )
    names = {name.split("/")[0] for name in tracked.stdout.split("\0") if name}
    shown = sorted(name for name in names if not name.startswith("."))
    assert len(shown) <= TOP_LEVEL, shown


def test_the_door_of_kpi_is_small():
    door = sorted(path.name for path in (ROOT / "kpi").glob("*.py"))
    assert len(door) <= KPI_DOOR, door
