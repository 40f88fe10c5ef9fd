"""Every door that writes begins in one way: wait in line, read again, save only what changed.

Whoever decides by what was read before the line decides by what another writer is changing.
"""

import ast
import re

import pytest

from tests.test_architecture import FILES, ROOT
from tests.trees import tree_of

pytestmark = pytest.mark.pure
LINE = {"wait_in_line", "next_revision", "take", "record_once"}  # what a door may begin with
# what it may ask before: nothing that is stored
BEFORE = {"moment", "checked", "local_day", "one_time_password"}
COMMANDS = ("commands", "sample")  # alone with the database


def doors(path):
    """The functions of a file that are one transaction."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef):
            rules = [ast.unparse(rule) for rule in node.decorator_list]
            if "transaction.atomic" in rules:
                yield node


ROOMS = [path for path in FILES if not set(COMMANDS) & set(path.parts)]
DOORS = [(path, node) for path in ROOMS for node in doors(path)]
SAVING = [path for path in ROOMS if ".save(" in path.read_text(encoding="utf-8")]
CASES = pytest.mark.parametrize(
    ("path", "door"),
    DOORS,
    ids=[f"{path.relative_to(ROOT)}:{door.name}" for path, door in DOORS],
)


def called(node):
    """Names of the functions that are called in a statement (methods by their last name)."""
    return {
        call.func.id if isinstance(call.func, ast.Name) else call.func.attr
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, (ast.Name, ast.Attribute))
    }


def is_right_alone(text):
    """`require(by, Permission.X)`, also `if by is not None:` before it; no row is looked at."""
    plain = re.sub(r"\s+", " ", text).removeprefix("if by is not None: ")
    return bool(re.fullmatch(r"require\(by, Permission\.\w+\)", plain))


def is_before(statement):
    text = ast.unparse(statement)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True  # the docstring
    return is_right_alone(text) or bool(called(statement)) and called(statement) <= BEFORE


@CASES
def test_a_door_begins_with_waiting_in_line(path, door):
    first = next(node for node in door.body if not is_before(node))
    assert called(first) & LINE, (
        f"{path}:{first.lineno}: {door.name} looks at something before it waits in line"
    )


@CASES
def test_a_door_saves_the_row_that_it_has_read_itself(path, door):
    """What was handed in may be old: it is never saved, nor deleted."""
    args = {arg.arg for arg in (*door.args.args, *door.args.kwonlyargs)}
    again = {
        target.id
        for node in ast.walk(door)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(door):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr in ("save", "delete") and isinstance(call.func.value, ast.Name):
            name = call.func.value.id
            assert name not in args - again, f"{path}:{call.lineno}: read {name} again"


def made_here(function, name):
    """Is the variable only ever given a new row in this function?"""
    values = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == name
    ]
    return bool(values) and all(
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id[0].isupper()
        for value in values
    )


@pytest.mark.parametrize("path", SAVING, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_what_changed_is_saved(path):
    """A stored row is saved by its changed fields (`update_fields`, `save_only`)."""
    for function in ast.walk(tree_of(path)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func).endswith(".save")):
                continue
            whole = not call.args and not call.keywords
            name = ast.unparse(call.func).removesuffix(".save")
            if name == "request.session":
                continue  # no record of the town
            assert not whole or made_here(function, name), f"{path}:{call.lineno}: {name}.save()"
