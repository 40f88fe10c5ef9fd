"""The files of the portal as syntax trees, each parsed once in a process."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    """The tree of a file, to be looked at only."""
    return ast.parse(path.read_text(encoding="utf-8"))
