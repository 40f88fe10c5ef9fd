"""Whoever looks first and confirms then gets what was shown, or is told that it has moved.

Every address that shows what would come of a press is in the table, with the test that moves
something in between. An address is found by what its view or its page says, so a new one cannot be
forgotten.
"""

import ast
import inspect
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import get_resolver

pytestmark = pytest.mark.pure
TESTS = Path(__file__).parent

AGAIN = "test_what_moved_since_the_preview_is_shown_again"
STOPS = "test_what_moves_after_the_preview_stops_the_confirmation"
MOVED = {  # address: the test that moves something between what was shown and its confirmation
    "accounts:department_import": f"accounts/test_department_list.py::{AGAIN}",
    "accounts:user_import": f"accounts/test_importing.py::{AGAIN}",
    "desk:transfers": f"desk/test_transfers.py::{AGAIN}",
    "intake:returned": "kpi/test_intake_pages.py::"
    "test_what_has_moved_since_the_preview_stops_the_confirmation",
    "kpi:definition_table": "kpi/test_definition_table.py::"
    "test_what_somebody_else_saved_is_not_overwritten",
    "kpi:paste": "kpi/test_paste.py::test_a_change_after_the_preview_is_a_conflict_that_is_shown",
    "kpi:target_paste": "kpi/test_target_paste.py::"
    "test_a_target_of_somebody_else_is_not_passed_unseen",
    "kpi:target_returned": f"kpi/test_target_sheets.py::{STOPS}",
    "meetings:decide": "meetings/test_deciding.py::"
    "test_two_people_confirm_and_the_second_is_shown_what_moved",
    "meetings:decision_withdraw": "meetings/test_deciding.py::"
    "test_what_moved_since_the_withdrawal_was_opened_is_shown_again",
    "reports:town_form_preview": "reports/test_town_form.py::test_two_who_decide_at_once_are_told",
    "roadmap:baseline_create": "meetings/test_deciding.py::"
    "test_a_confirmation_without_its_preview_moves_nothing",
    "roadmap:baseline_withdraw": "meetings/test_deciding.py::"
    "test_what_the_withdrawal_of_a_baseline_said_is_what_is_taken_back",
    "roadmap:knock_on": "roadmap/test_planning.py::"
    "test_proposals_that_moved_since_they_were_shown_are_not_made",
    "roadmap:milestone_returned": f"roadmap/test_milestone_sheets.py::{STOPS}",
}
NO_PREVIEW = {  # said in its view, and nothing is confirmed there
    "intake:marked_file": "only hands a file out",
    "kpi:missing": "is the list of who has not handed in",
    "kpi:month": "draws the form of kpi:submissions_confirm",
    "kpi:submissions_confirm": "the act itself; carries how each department was seen",
    "reports:town_form": "leads to reports:town_form_preview",
    "roadmap:milestone_edit": "leads to roadmap:knock_on",
}
SIGNS = re.compile(
    r"rehearsed|preview|confirm|apply|keep=|would_|undone|proposals|check_shown|pages\.returned\("
)
DOCSTRING = re.compile(r'"""[\s\S]*?"""')


def views(resolver=None, room=""):
    """(address, view) of every address of ours."""
    for each in (resolver or get_resolver()).url_patterns:
        if hasattr(each, "url_patterns"):
            inner = f"{room}{each.namespace}:" if each.namespace else room
            yield from views(each, inner)
        elif each.name and room and not room.startswith("admin"):
            yield room + each.name, inspect.unwrap(each.callback)


@cache
def parts_of(module):
    """{name: node} of the functions and classes of a module."""
    tree = ast.parse(inspect.getsource(import_module(module)))
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name: node for node in tree.body if isinstance(node, kinds)}


def source_of(view):
    """What a view says, with what of its own module it calls; without words about it."""
    known, left, taken = parts_of(view.__module__), [view.__name__], {}
    while left:
        name = left.pop()
        if name in known and name not in taken:
            taken[name] = DOCSTRING.sub("", ast.unparse(known[name]))
            left += [node.id for node in ast.walk(known[name]) if isinstance(node, ast.Name)]
    return "\n".join(taken.values()).replace("form.apply(", "")


def test_every_preview_is_in_the_table():
    found = {name for name, view in views() if SIGNS.search(source_of(view))}
    assert found == set(MOVED) | set(NO_PREVIEW)


@pytest.mark.parametrize("address", MOVED)
def test_somebody_moves_what_was_shown_before_it_is_confirmed(address):
    path, name = MOVED[address].split("::")
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
