"""A first start with 計画の様式: `run.py --plan FILE` hands it on, `serve` loads it, once."""

import pytest
from django.utils import timezone

import run
from headquarters.upkeep.plan_form.drawing import plan_workbook
from tests.portal import Portal, command
from tests.upkeep.invented import MEASURE_NAMES, TITLE, invented

pytestmark = pytest.mark.pure  # starts its own process with its own SQLite database


@pytest.fixture
def form(tmp_path):
    file = tmp_path / "next.xlsx"
    file.write_bytes(plan_workbook(invented(), name=TITLE, at=timezone.now()))
    return file


def test_an_empty_place_starts_with_the_plan_of_a_form_and_goes_on_with_it(tmp_path, form):
    data = tmp_path / "data"
    portal = Portal(data, "--plan", str(form))
    try:
        portal.wait()
        page = portal.get("/accounts/login/")
    finally:
        told = portal.stop()
    assert all(name in page for name in MEASURE_NAMES)
    assert "大崎" not in page
    assert "見本データ" not in page + told
    again = Portal(data, "--plan", str(form))
    try:
        again.wait()
    finally:
        told = again.stop()
    assert f"計画「{TITLE}」で起動します" in told
    assert "create_secretariat" in told
    out = command(data, "plan_form", str(tmp_path / "out.xlsx"))
    assert (out.returncode, TITLE in out.stdout) == (0, True), out.stderr


def test_a_form_with_faults_stops_the_start_and_the_next_one_may_bring_a_better(tmp_path, form):
    data, rows = tmp_path / "data", invented()
    rows["施策"][0]["policy"] = 9
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(plan_workbook(rows, name=TITLE, at=timezone.now()))
    words = ("serve", "--port", "0", "--static-stamp", "x", "--plan")
    told = command(data, *words, str(bad))
    assert told.returncode == 1
    assert "施策!B5：基本方針の番号「9」は、「基本方針」のシートにありません" in told.stderr
    assert "Traceback" not in told.stderr
    loaded = command(data, "load_plan", str(form))
    assert loaded.returncode == 0, loaded.stderr


def test_run_py_hands_the_form_on_with_its_whole_path(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(run, "prepare", lambda extra: None)
    monkeypatch.setattr(run, "hand_over", lambda words, env: given.append(words) or 0)
    monkeypatch.setattr(run, "check_port", lambda port: None)
    monkeypatch.chdir(tmp_path)
    assert run.serve(["--plan", "next.xlsx"]) == 0
    assert given[0][-2:] == ["--plan", str(tmp_path / "next.xlsx")]
    assert run.serve([]) == 0
    assert "--plan" not in given[1]
