"""One table of statuses: pages, fragments, htmx and scripts agree on it."""

import json
import re
from pathlib import Path

import pytest
from django.db import OperationalError
from django.urls import reverse

from foundation.records.statuses import SHOWN, Status
from kpi.models import KpiValue, ReportingMonth
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
    for status in (Status.FORBIDDEN, Status.BUSY):
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
