"""The real portal, a token from its page, and curl: as a program outside fetches a feed."""

import csv
import io
import json
import re
import shutil
import subprocess
from email.message import Message

import pytest

from tests.portal import PRODUCTION, Portal
from tests.proxy_client import HOST, FarBrowser
from tests.test_proxy import accounts

CURL = shutil.which("curl")
WHOLE = re.compile("osaki_[0-9a-f]{8}_[0-9a-f]{64}")
pytestmark = [
    pytest.mark.pure,  # a process of its own with its own database
    pytest.mark.skipif(CURL is None, reason="curl is not installed"),
]


@pytest.fixture
def portal(tmp_path, prepared):
    prepared(tmp_path, sample=True)
    portal = Portal(tmp_path, **{**PRODUCTION, "OSAKI_DX_LOG_LEVEL": "INFO"})
    portal.wait()
    yield portal
    if portal.process.poll() is None:
        portal.stop()


def curl(portal, folder, path, *headers):
    """(status, headers, body) of one fetch behind the town's proxy."""
    head, body = folder / "head.txt", folder / "body.bin"
    sent = ("X-Forwarded-For: 10.1.0.5", "X-Forwarded-Proto: https", f"Host: {HOST}", *headers)
    words = [part for header in sent for part in ("-H", header)]
    address = f"http://127.0.0.1:{portal.port}{path}"
    body.unlink(missing_ok=True)
    given = ["-sS", "--noproxy", "*", "--max-time", "60", "-D", head, "-o", body]
    subprocess.run([CURL, *given, *words, address], check=True, timeout=120)
    first, *lines = head.read_text(encoding="ascii").splitlines()
    told = Message()
    for line in lines:
        if line:
            told.add_header(*line.split(": ", 1))
    return int(first.split()[1]), told, body.read_bytes() if body.exists() else b""


def test_curl_is_refused_let_in_and_told_that_nothing_is_new(portal, tmp_path):
    headers = {"X-Forwarded-For": "10.1.0.9", "X-Forwarded-Proto": "https"}
    clerk = FarBrowser(portal.port, headers=headers)
    assert clerk.sign_in("jimukyoku", accounts(tmp_path)["jimukyoku"]) == 302
    whole = issued(clerk)
    bearer = f"Authorization: Bearer {whole}"

    status, told, _ = curl(portal, tmp_path, "/feeds/kpi.csv")
    assert (status, told["WWW-Authenticate"].split()[0]) == (401, "Bearer")
    assert curl(portal, tmp_path, f"/feeds/kpi.csv?token={whole}")[0] == 401
    assert curl(portal, tmp_path, "/feeds/kpi.csv", f"{bearer[:-1]}x")[0] == 403

    status, told, body = curl(portal, tmp_path, "/feeds/kpi.csv", bearer)
    assert status == 200
    assert "Set-Cookie" not in told
    assert told["Vary"] == "Authorization"
    table = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    _, _, data = curl(portal, tmp_path, "/feeds/kpi.json", bearer)
    assert len(json.loads(data)["rows"]) == len(table) > 20
    assert table[0]["指標番号"] == "KPI1-1"

    match = f"If-None-Match: {told['ETag']}"
    status, again, body = curl(portal, tmp_path, "/feeds/kpi.csv", bearer, match)
    assert (status, body, again["ETag"]) == (304, b"", told["ETag"])

    revoke = re.search(r'href="(/settings/feeds/\d+/revoke/)"', clerk.ask("/settings/feeds/")[2])[1]
    assert clerk.post(revoke, reason="試験のため")[0] == 302
    assert curl(portal, tmp_path, "/feeds/kpi.csv", bearer, match)[0] == 403
    log_tells_each(portal.stop(), whole)


def issued(clerk):
    """A token, from the page on which it is shown."""
    page = clerk.ask("/settings/feeds/new/")[2]
    place = re.search(r'<option value="(\d+)"', page)[1]
    status, headers, page = clerk.post(
        "/settings/feeds/new/", department=place, purpose="進捗管理表", expires_on=""
    )
    assert status == 200
    assert "no-store" in headers["Cache-Control"]
    return WHOLE.search(page)[0]


def log_tells_each(told, whole):
    """Every use with the client's address and the number of the token, none with the token."""
    number = whole.split("_")[1]
    lines = [line for line in told.splitlines() if "headquarters.feeds" in line]
    said = [line.rpartition("headquarters.feeds.access: ")[2] for line in lines]
    assert said == [
        "feed kpi.csv: 401, token -",
        "feed kpi.csv: 401, token -",
        "feed kpi.csv: 403, token -",
        f"feed kpi.csv: 200, token {number}",
        f"feed kpi.json: 200, token {number}",
        f"feed kpi.csv: 304, token {number}",
        f"feed kpi.csv: 403, token {number}",
    ]
    assert all(" 10.1.0.5 " in line for line in lines)
    assert whole not in told
