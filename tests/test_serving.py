"""What the server does beside answering."""

import gc
from types import SimpleNamespace

import pytest

from osaki_dx import serving

pytestmark = pytest.mark.pure


def test_the_program_is_set_apart_when_it_serves_and_once_more_when_it_is_warm(monkeypatch):
    now, moments = [0.0], []
    server = object.__new__(serving.Server)
    server.stopping = False

    def turn(_seconds):
        now[0] += serving.WARM / 4
        server.stopping = now[0] > 4 * serving.WARM

    server.waitress = SimpleNamespace(turn=turn)
    monkeypatch.setattr(serving.Server, "_finish", lambda self: None)
    monkeypatch.setattr(serving, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(serving.signal, "signal", lambda *_: None)
    monkeypatch.setattr(serving, "spare_program", lambda: moments.append(now[0]))
    server.run()
    first, second = moments
    assert first == 0
    assert serving.WARM < second <= 2 * serving.WARM


def test_what_is_set_apart_is_not_gone_through_again():
    try:
        serving.spare_program()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
