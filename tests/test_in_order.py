"""The order in which the workers take the tests."""

import re
from collections import OrderedDict
from types import SimpleNamespace

import pytest

from tests.in_order import LONG, FileByFile
from tests.test_architecture import ROOT

pytestmark = pytest.mark.pure
COMMITS = re.compile(
    r"transaction=True|def \w+\([^)]*\b(committed|emptied|transactional_db)\b", re.ASCII
)


@pytest.mark.parametrize("file", LONG)
def test_what_goes_first_is_there_and_leaves_the_plan_where_it_is(file):
    assert not COMMITS.search((ROOT / file).read_text(encoding="utf-8"))


class Worker:
    """Keeps the places of the tests that it is sent."""

    shutting_down = False

    def __init__(self):
        self.sent = []

    def send_runtest_some(self, places):
        self.sent.append(places)

    def shutdown(self):
        self.shutting_down = True


def test_files_stay_whole_and_long_ones_go_first():
    long = LONG[3]
    tests = ["a.py::one", "b.py::one", f"{long}::one", "a.py::two", "a.py::three", f"{long}::two"]
    options = SimpleNamespace(option=SimpleNamespace(loadscopereorder=True, numprocesses=1, tx=[]))
    options.getvalue = lambda name: ["popen"]
    dealer, worker = FileByFile(options), Worker()
    dealer.registered_collections[worker] = tests
    for test in tests:
        dealer.workqueue.setdefault(dealer._split_scope(test), {})[test] = False
    assert isinstance(dealer.workqueue, OrderedDict)
    while dealer.workqueue:
        dealer._assign_work_unit(worker)
    assert worker.sent == [[2], [0], [1], [3, 4], [5]]
