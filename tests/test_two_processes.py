"""Two processes on one PostgreSQL, as two portals behind one nginx: who comes second is told.

The same tables as for threads (`tests.test_at_once`); here nothing is shared but the database: no
lock of Python's, no cache, no connection.
"""

import multiprocessing
import os
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, connections

from tests.test_at_once import (  # noqa: F401  (a fixture)
    AT_ONCE,
    GONE,
    PRESSES,
    TOLD,
    User,
    all_orders_differ,
    browsers,
    clerk,
    entries,
    faults_of_pairs,
    pressed,
    sent,
    town,
)

DONE = 302
PATIENCE = 60  # seconds for what takes a moment; a busy machine may need them
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="os.fork は POSIX だけにあります"),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="2つのプロセスの試験は PostgreSQL で行います"
    ),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),  # fork beside threads
]


def deadlocks():
    """How often PostgreSQL has given one of two up in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


@pytest.fixture(autouse=True)
def no_deadlock(town):  # noqa: F811
    before = deadlocks()
    yield
    assert deadlocks() == before


def _run(start, call, line):
    """The life of a child: wait for the others, do the one thing, say what came of it."""
    try:
        start.wait(PATIENCE)
        line.send((True, call()))
    except Exception as error:
        line.send((False, repr(error)))
    finally:
        connections.close_all()


def apart(calls):
    """The results of calls that start in the same moment, each in a process of its own."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    start = context.Barrier(len(calls))
    pipes = [context.Pipe(duplex=False) for _ in calls]
    children = [
        context.Process(target=_run, args=(start, call, line), daemon=True)
        for call, (_, line) in zip(calls, pipes, strict=True)
    ]
    for child in children:
        child.start()
    told = [ear.recv() if ear.poll(PATIENCE) else (False, "no answer") for ear, _ in pipes]
    for child in children:
        child.join(PATIENCE)
    if not all(done for done, _ in told):
        raise DatabaseError(str([result for done, result in told if not done]))
    return [result for _, result in told]


def test_two_actions_on_one_object_take_nothing_back(town):  # noqa: F811
    assert faults_of_pairs(apart) == {}


def own_file(data):
    """The same data; a file is read once, so each press has its own."""
    return {key: _copy(value) if hasattr(value, "read") else value for key, value in data.items()}


def _copy(file):
    file.seek(0)
    return SimpleUploadedFile(file.name, file.read(), file.content_type)


def test_two_processes_that_are_pressed_alike_record_once(town):  # noqa: F811
    """One page, its button pressed at both portals in the same moment."""
    (browser,) = browsers([clerk()])
    faults = {}
    for name, press in PRESSES.items():
        press.ready()
        data = sent(browser, press)
        pages = [(other, own_file(data)) for other in browsers([clerk()] * 2)]
        if wrong := pressed(press, pages, apart):
            faults[name] = wrong
    assert faults == {}


SCENES = (  # presses on one object by two people in the same moment; one name: it goes before
    ("kpi:targets",),
    ("kpi:targets revised", "kpi:definition"),
    ("meetings:meeting item", "meetings:record"),
    ("meetings:record action", "meetings:meeting"),
    ("meetings:decide", "roadmap:baseline_create"),
    ("meetings:agenda_change", "meetings:meetings"),
    ("accounts:user_reset", "accounts:user_edit"),
    ("accounts:membership_create",),
    ("accounts:membership_edit", "desk:handover"),
    ("roadmap:milestone_create", "roadmap:baseline_create"),
    ("roadmap:step", "roadmap:step_move"),
    ("roadmap:milestone_edit", "roadmap:step_end"),
    ("reviews:file_add",),
    ("reviews:sheet", "reviews:sheet_transition"),
    ("kpi:reopening_request",),
    ("kpi:value_edit", "kpi:submission_edit"),
    ("kpi:month", "kpi:evidence_add"),
    ("kpi:entry", "reports:close"),
)


def played(names):
    """What is wrong with the outcome of the presses of one scene: two people, two processes."""
    people = browsers(User.objects.filter(username__startswith="jimukyoku").order_by("pk")[:2])
    presses = [PRESSES[name] for name in names]
    for press in presses:
        press.ready()
    pages = [
        (browser, press.url(), sent(browser, press))
        for browser, press in zip(people, presses, strict=False)
    ]
    before = entries()
    answers = apart(
        [lambda page=page: page[0].post(page[1], page[2], bare=True).status_code for page in pages]
    )
    return wrong_with(presses, answers, before, entries())


def wrong_with(presses, answers, before, after):
    """Who was told that it is done left the entries of it; the other was told in words."""
    wrong = [f"answered {status}" for status in answers if status not in TOLD]
    if DONE not in answers:
        wrong.append(f"nobody came through: {answers}")
    left = Counter()
    for press, status in zip(presses, answers, strict=True):
        left.update(press.leaves if status == DONE else {})
    for action in {action for press in presses for action in press.leaves}:
        made = after.get(action, 0) - before.get(action, 0)
        if made != left[action]:
            wrong.append(f"{made} entries of {action}, not {left[action]}: {answers}")
    return wrong


def test_two_people_at_one_object_are_done_or_told(town):  # noqa: F811
    faults = {}
    for names in SCENES:
        if wrong := played(names):
            faults[names] = wrong
        all_orders_differ()
    assert faults == {}
