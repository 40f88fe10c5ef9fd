"""House rules as tests.

Imports look down only, no hidden imports, thin views, small files, no outside addresses.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEVELS = {
    "japanese": 0,
    "sheets": 0,
    "records": 1,
    "accounts": 2,
    "measures": 3,
    "kpi": 4,
    "roadmap": 4,
    "reviews": 5,
    "reports": 6,
    "meetings": 7,
    "desk": 8,
    "osaki_dx": 9,
}
LIMIT = 350
FILES = [
    path
    for room in LEVELS
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]
pytestmark = pytest.mark.pure


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file(path):
    room, text = path.relative_to(ROOT).parts[0], path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    for other in imported(tree):
        if other in LEVELS and other != room:
            assert LEVELS[other] < LEVELS[room], (
                f"{path}: {room} must not look up or across to {other}"
            )
    for node in ast.walk(tree):
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
    if path.name in ("progress.py", "counting.py", "schedule.py", "verdict.py"):
        assert "timezone" not in text
        assert not re.search(r"\.objects\b", text)


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


def test_no_registry_is_named():
    for path in [ROOT / "pyproject.toml", *(ROOT / "requirements").iterdir()]:
        assert "http" not in path.read_text(encoding="utf-8"), path
