"""One table of statuses: pages, fragments, htmx and scripts agree on it."""

import json
import re
from pathlib import Path

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.urls import reverse
from django.utils.module_loading import import_string

from foundation.records.conflict import Conflict
from foundation.records.statuses import SHOWN, Status
from kpi.models import KpiValue, ReportingMonth
from measures.models import BasicPolicy, Measure
from osaki_dx.errors import server_error
from osaki_dx.middleware import TextsIn
from osaki_dx.postgresql.line import Cut, Silent
from osaki_dx.settings import MIDDLEWARE
from tests.browsing import forms_in
from tests.conftest import MONTH

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
TYPED = {"1-2-answer": "final", "1-2-seen_version": 0}


def handling(status):
    """What htmx does with an answer of this status, by the first rule that fits."""
    text = (TEMPLATES / "base.html").read_text(encoding="utf-8")
    config = json.loads(re.search(r"content='(\{.*?\})'", text, re.S)[1])
    rules = config["responseHandling"]
    return next(rule for rule in rules if re.search(rule["code"], str(status)))


@pytest.mark.pure
@pytest.mark.parametrize("status", Status)
def test_htmx_shows_the_fragments_of_the_table_and_no_other(status):
    rule = handling(status.value)
    assert rule["swap"] == (status in (Status.SAVED, *SHOWN))
    assert rule.get("error", False) == (not rule["swap"])


@pytest.mark.pure
def test_scripts_have_a_sentence_for_what_carries_no_fragment():
    script = (TEMPLATES.parent / "static" / "app.js").read_text(encoding="utf-8")
    for status in (Status.FORBIDDEN, Status.BUSY, Status.UNWRITABLE):
        assert f"    {status.value}: " in script


@pytest.fixture
def row(secretariat, sign_in):
    """`row(value, htmx)` → the status of saving 1-2 in October."""
    client = sign_in(secretariat)

    def save(value, htmx, **typed):
        headers = {"HX-Request": "true"} if htmx else {}
        url = reverse("kpi:value_edit", args=[MONTH, "1-2"])
        data = {**TYPED, "1-2-value": value, **typed}
        return client.post(url, data, headers=headers).status_code

    return save


@pytest.mark.django_db
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
def test_page_and_fragment_answer_alike(row, htmx):
    assert row("abc", htmx) == Status.REFUSED
    assert row("118", htmx) == (Status.SAVED if htmx else 302)
    assert row("119", htmx) == Status.CONFLICT
    ReportingMonth.objects.create(month=MONTH, locked_at="2026-11-12T00:00:00Z")
    seen = KpiValue.objects.get().version
    assert row("120", htmx, **{"1-2-seen_version": seen}) == Status.LOCKED


@pytest.mark.django_db
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
def test_another_departments_row_is_forbidden(other_head, sign_in, htmx):
    headers = {"HX-Request": "true"} if htmx else {}
    url = reverse("kpi:value_edit", args=[MONTH, "1-2"])
    answer = sign_in(other_head).post(url, {**TYPED, "1-2-value": "5"}, headers=headers)
    assert answer.status_code == Status.FORBIDDEN


@pytest.mark.django_db
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
def test_a_database_that_does_not_answer_is_told_in_words(
    secretariat, sign_in, monkeypatch, caplog, htmx
):
    def locked(**typed):
        raise OperationalError("database is locked")

    monkeypatch.setattr("kpi.actions.record_value", locked)
    headers = {"HX-Request": "true"} if htmx else {}
    url = reverse("kpi:value_edit", args=[MONTH, "1-2"])
    answer = sign_in(secretariat).post(url, {**TYPED, "1-2-value": "5"}, headers=headers)
    assert answer.status_code == Status.BUSY
    assert "混み合っています" in answer.content.decode()
    assert "database is locked" in caplog.text


class Lost(Exception):
    """What psycopg raises below Django's error."""

    def __init__(self, sqlstate):
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def caused(sqlstate):
    error = OperationalError("at once")
    error.__cause__ = Lost(sqlstate)
    return error


NEW = {
    "number": 11,
    "name": "新しい施策",
    "summary": "長い概要の文",
    "effective_on": "R8.4.1",
    "reason": "理由",
    "decision": "第1回会議",
}
MET = {
    "a second row of one key": (IntegrityError("UNIQUE constraint failed"), Status.CONFLICT),
    "deadlock": (caused("40P01"), Status.CONFLICT),
    "not serialisable": (caused("40001"), Status.CONFLICT),
    "a conflict that no form shows": (Conflict(None, "山田さんが消しました。"), Status.CONFLICT),
    "a row that is gone": (Measure.DoesNotExist(), Status.CONFLICT),
    "lock time-out": (caused("55P03"), Status.BUSY),
    "sqlite locked": (OperationalError("database is locked"), Status.BUSY),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MET)
@pytest.mark.parametrize("script", [False, True], ids=["page", "script"])
def test_who_meets_another_writer_is_told_and_keeps_what_was_typed(
    secretariat, sign_in, monkeypatch, kind, script
):
    error, status = MET[kind]

    def met(**_):
        raise error

    url = reverse("upkeep:plan_changes") + "?kind=add-measure"
    client, typed = sign_in(secretariat), {**NEW, "policy": BasicPolicy.objects.first().pk}
    with monkeypatch.context() as patched:
        patched.setattr("measures.actions.add_measure", met)
        headers = {"X-Part": "note"} if script else {}
        answer = client.post(url, typed, headers=headers)
    assert answer.status_code == (Status.BUSY if script else status)
    if script:
        return
    page = answer.content.decode()
    assert NEW["summary"] in page
    assert "もう一度保存する" in page
    (form,) = forms_in(answer, "/elsewhere/", url)
    assert client.post(url, form.sent, bare=True).status_code == 302
    assert Measure.objects.get(number=11).summary == NEW["summary"]


@pytest.mark.django_db
def test_a_database_that_is_gone_leaves_a_page_that_keeps_what_was_typed(
    secretariat, sign_in, monkeypatch
):
    """Nothing on that page asks the database."""

    def gone(**_):
        raise OperationalError("connection refused")

    def nothing(*_, **__):
        raise AssertionError("the page asks the database")

    monkeypatch.setattr("measures.actions.write_handover_note", gone)
    monkeypatch.setattr("osaki_dx.errors.send_again", nothing)
    url = reverse("measures:handover", args=[1])
    answer = sign_in(secretariat).post(url, {"text": "長い引継ぎの文"})
    assert answer.status_code == Status.BUSY
    assert "長い引継ぎの文" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("cause", [Silent, Cut])
@pytest.mark.parametrize("script", [False, True], ids=["page", "script"])
def test_who_may_have_saved_all_the_same_is_told_so(
    secretariat, sign_in, monkeypatch, cause, script
):
    def unanswered(**_):
        raise OperationalError("no answer") from cause("no answer")

    monkeypatch.setattr("measures.actions.write_handover_note", unanswered)
    headers = {"X-Part": "note"} if script else {}
    url = reverse("measures:handover", args=[1])
    answer = sign_in(secretariat).post(url, {"text": "長い引継ぎの文"}, headers=headers)
    assert answer.status_code == Status.BUSY
    assert answer["X-Unsure"] == "1"
    page = answer.content.decode()
    assert "まだ保存していません" not in page
    assert script or "保存できたかどうか分かりません" in page


FROM_MIDDLEWARE = {
    "deadlock": (caused("40P01"), True),
    "a line that is closed": (InterfaceError("connection already closed"), False),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FROM_MIDDLEWARE)
@pytest.mark.parametrize("before", [True, False], ids=["on the way in", "on the way out"])
@pytest.mark.parametrize("middleware", MIDDLEWARE)
def test_what_the_database_refuses_in_a_middleware_is_told_too(
    secretariat, sign_in, monkeypatch, settings, middleware, before, kind
):
    """Never 500. On the way out nobody knows whether the view has saved, so the page claims
    neither; on the way in it was not even called.
    """
    error, met = FROM_MIDDLEWARE[kind]
    layer = import_string(middleware)
    called = layer.__call__

    def refused(self, request):
        if not before:
            called(self, request)
        raise error

    monkeypatch.setattr(layer, "__call__", refused)
    settings.REMOTE_USER = True  # or its middleware stands aside
    client = sign_in(secretariat)
    client.raise_request_exception = False
    url = reverse("measures:handover", args=[1])
    answer = client.post(url, {"text": "長い引継ぎの文"})
    assert answer.status_code == (Status.CONFLICT if met else Status.BUSY)
    page = answer.content.decode()
    assert "長い引継ぎの文" in page
    assert "もう一度保存する" in page
    assert ("保存できたかどうか分かりません" in page) is not before
    assert ("まだ保存していません" in page) is before


@pytest.mark.django_db
def test_what_was_saved_before_a_middleware_failed_is_not_saved_twice(
    secretariat, sign_in, monkeypatch
):
    """The button of that page is pressed, as it says."""
    called, url = TextsIn.__call__, reverse("upkeep:plan_changes") + "?kind=add-measure"

    def failing(self, request):
        answer = called(self, request)
        if request.method == "POST":
            raise OperationalError("database is locked")
        return answer

    client = sign_in(secretariat)
    client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(TextsIn, "__call__", failing)
        answer = client.post(url, {**NEW, "policy": BasicPolicy.objects.first().pk})
    assert answer.status_code == Status.BUSY
    assert Measure.objects.filter(name=NEW["name"]).count() == 1
    (form,) = forms_in(answer, "/elsewhere/", url)
    assert client.post(url, form.sent, bare=True).status_code < 500
    assert Measure.objects.filter(name=NEW["name"]).count() == 1


@pytest.mark.django_db
def test_a_mistake_of_ours_in_a_middleware_is_still_one(secretariat, sign_in, monkeypatch):
    def wrong(*_):
        raise IntegrityError("NOT NULL constraint failed")

    monkeypatch.setattr("foundation.accounts.middleware.FirstPassword.__call__", wrong)
    client = sign_in(secretariat)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "ポータルでエラーが起きました" in answer.content.decode()


@pytest.mark.pure
def test_the_page_of_our_own_mistakes_stands_without_a_database(rf):
    """Not marked for the database: a query would fail here. It has our look all the same."""
    page = server_error(rf.get("/kpis/")).content.decode()
    assert '<link rel="stylesheet" href="/static/theme.css">' in page
    assert "ポータルの側の不具合" in page
    assert "もう一度開く" in page
    assert "もう一度開く" not in server_error(rf.post("/kpis/")).content.decode()
