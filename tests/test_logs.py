"""The log: one line each, in the town's time, with who and from where (docs/operations.md §5)."""

import logging
import logging.config
import os
import sys
import time

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.log import log_response

from osaki_dx import logs
from osaki_dx.variables import Wrong, read_log_file

pytestmark = pytest.mark.pure
NEW_YEAR = 1798729200  # 2027-01-01 00:00:00 in Japan, the last day of 2026 in London


def record(**given):
    """A record as Django makes one for a request."""
    made = logging.LogRecord("django.request", logging.WARNING, "f", 1, "Not Found: /x/", (), None)
    made.created = NEW_YEAR
    made.__dict__.update(given)
    return made


def a_fault():
    try:
        raise PermissionDenied("no")
    except PermissionDenied:
        return sys.exc_info()


class Person:
    def get_username(self):
        return "yamada"


def asked(person=None):
    request = RequestFactory(REMOTE_ADDR="10.1.2.3").get("/x/")
    if person:
        request._cached_user = person
    return request


LINES = {
    "of no request": ({}, "- - "),
    "nobody is signed in": ({"request": asked()}, "10.1.2.3 - "),
    "somebody is": ({"request": asked(Person())}, "10.1.2.3 yamada "),
}


@pytest.mark.parametrize("kind", LINES)
def test_a_line_says_when_in_japan_from_where_and_who(kind):
    given, who = LINES[kind]
    said = logs.Line().format(record(**given))
    assert said == f"2027-01-01 00:00:00 WARNING {who}django.request: Not Found: /x/"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of the machine cannot be set")
def test_whatever_the_zone_of_the_machine_is(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert logs.Line().format(record()).startswith("2027-01-01 00:00:00")
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("status", "lines"), [(400, 1), (403, 1), (404, 1), (405, 1), (500, 4), (503, 4), (None, 4)]
)
def test_only_a_fault_of_the_portal_has_a_traceback(status, lines):
    given = {"exc_info": a_fault()} | ({"status_code": status} if status else {})
    made = record(**given)
    said = logs.Line().format(made)
    assert ("Traceback" in said) == (lines > 1)
    assert (len(said.splitlines()) > 1) == (lines > 1)
    assert made.exc_info  # other handlers see the whole record


def test_what_a_person_may_not_is_one_line(caplog):
    """As Django logs it, with the reason as an exception."""
    caplog.handler.setFormatter(logs.Line())
    reason = PermissionDenied("その課の人だけ")
    answer = HttpResponse(status=403)
    log_response("Forbidden: /x/", response=answer, request=asked(), exception=reason)
    assert len(caplog.text.splitlines()) == 1
    assert caplog.records[0].exc_info


def test_a_file_is_renewed_when_it_is_full_and_ten_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "SIZE", 200)
    file = tmp_path / "portal.log"
    lines = logs.Lines(str(file))
    lines.setFormatter(logs.Line())
    assert not file.exists()
    for _ in range(60):
        lines.emit(record())
    lines.close()
    assert len(list(tmp_path.iterdir())) == 1 + logs.OLDER
    assert file.read_text(encoding="utf-8").startswith("2027-01-01 00:00:00 WARNING")
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_the_settings_choose_file_or_standard_error(tmp_path):
    assert logs.handler("")["class"] == "logging.StreamHandler"
    named = logs.handler(str(tmp_path / "a.log"))
    assert (named["class"], named["filename"]) == ("osaki_dx.logs.Lines", str(tmp_path / "a.log"))


@pytest.mark.parametrize("place", [".", "missing/portal.log"])
def test_a_file_that_cannot_be_is_told_at_the_start(place, tmp_path):
    with pytest.raises(Wrong, match="フォルダーの中のファイル名"):
        read_log_file("OSAKI_DX_LOG_FILE", str(tmp_path / place))
    assert read_log_file("OSAKI_DX_LOG_FILE", str(tmp_path / "p.log")) == str(tmp_path / "p.log")
