"""Behind the town's proxy: https, the client's address, health; first by hand, then with nginx."""

import csv
import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.pages import page_text
from tests.portal import PRODUCTION, ROOT, Portal, command, free_port, token
from tests.proxy_client import HOST, FarBrowser, multipart
from tests.test_permissions import RULES, address

SAMPLE = ROOT / "docs" / "deploy" / "nginx.conf.sample"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
OPENSSL = shutil.which("openssl")
MB = 1024 * 1024
by_hand = pytest.mark.pure


def through(portal, client="10.1.0.5", scheme="https", **options):
    """A browser whose requests a proxy on this machine hands on."""
    headers = {"X-Forwarded-For": client, "X-Forwarded-Proto": scheme}
    return FarBrowser(portal.port, scheme=scheme, headers=headers, **options)


def accounts(data):
    """{user name: password} of the sample."""
    with (data / "sample-accounts.csv").open(encoding="utf-8-sig") as file:
        return {row["username"]: row["password"] for row in csv.DictReader(file)}


@pytest.fixture
def start(tmp_path, prepared):
    """`start(…)` → a portal in production with sample people, or with nobody."""
    portals = []

    def begin(*, sample=True, **given):
        prepared(tmp_path, sample=sample)
        portal = Portal(tmp_path, **{**PRODUCTION, **given})
        portals.append(portal)
        portal.wait()
        return portal

    yield begin
    for portal in portals:
        if portal.process.poll() is None:
            portal.stop()


@pytest.fixture(scope="module")
def standing(tmp_path_factory, prepared):
    """`standing(…)` → (portal, folder): one for each set-up, with sample people, for tests that
    leave it as it is.
    """
    known = {}

    def begun(**given):
        kind = tuple(sorted(given.items()))
        if kind not in known:
            folder = prepared(tmp_path_factory.mktemp("standing"), sample=True)
            known[kind] = Portal(folder, **{**PRODUCTION, **given}), folder
            known[kind][0].wait()
        return known[kind]

    yield begun
    for portal, _ in known.values():
        portal.stop()


@by_hand
def test_every_address_answers_over_tls_and_none_sends_to_itself(standing):
    browser = through(standing()[0])
    known = dict.fromkeys(
        (
            *(
                "user",
                "membership",
                "department",
                "milestone",
                "reopening",
                "step",
                "cycle",
                "decision",
            ),
        ),
        1,
    ) | dict.fromkeys(("meeting", "agenda", "item", "point", "baseline", "measure"), 1)
    known |= dict.fromkeys(
        ("post", "holding", "project", "team", "member", "sitting", "token", "form"), 1
    )
    for name in sorted(RULES):
        path = address(name, known)
        status, headers, _ = browser.ask(path)
        assert status < 500, path
        assert status != 301, path
        assert "://" not in headers.get("Location", ""), path


@by_hand
def test_pages_are_not_stored_and_hsts_is_said(standing):
    portal, folder = standing()
    browser = through(portal)
    status, headers, page = browser.ask("/accounts/login/")
    assert status == 200
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "no-store" in headers["Cache-Control"]
    static = re.search(r'"(/static/theme[^"]+)"', page)[1]
    assert "immutable" in browser.ask(static)[1]["Cache-Control"]
    assert browser.sign_in("jimukyoku", accounts(folder)["jimukyoku"]) == 302
    for path in ("/", "/kpis/", "/dashboard/", "/history/", "/nothing/", "/admin/"):
        said = browser.ask(path)[1]["Cache-Control"].split(", ")
        assert {"private", "no-store"} <= set(said), path


SET_UPS = {  # {settings} → the scheme that the proxy says, the browser's, does a sign-in work?
    "tls": ({}, "https", "https", True),
    "plain inside": ({"OSAKI_DX_HTTPS": "0"}, "http", "http", True),
    "tls that only the proxy knows": ({"OSAKI_DX_HTTPS": "0"}, "http", "https", True),
    "tls that both know": ({"OSAKI_DX_HTTPS": "0"}, "https", "https", True),
    "another port": (
        {"OSAKI_DX_HTTPS": "0", "OSAKI_DX_TRUSTED_ORIGINS": f"https://{HOST}:8443"},
        "http",
        "https",
        True,
    ),
}


@by_hand
@pytest.mark.parametrize("name", SET_UPS)
def test_a_sign_in_works_in_every_set_up(name, standing):
    given, said, used, _ = SET_UPS[name]
    portal, folder = standing(**given)
    host = f"{HOST}:8443" if name == "another port" else HOST
    headers = {"X-Forwarded-For": "10.1.0.5", "X-Forwarded-Proto": said}
    browser = FarBrowser(portal.port, host=host, scheme="http", headers=headers)
    data = browser.form(
        "/accounts/login/", username="jimukyoku", password=accounts(folder)["jimukyoku"]
    )
    sent = {"Origin": "https://evil.example"}
    assert browser.ask("/accounts/login/", data, **sent)[0] == 403
    sent = {"Origin": f"{used}://{host}"}
    status, headers, _ = browser.ask("/accounts/login/", data, **sent)
    assert (status, headers["Location"]) == (302, "/")
    assert browser.ask("/")[0] == 200
    assert ("Strict-Transport-Security" in browser.ask("/")[1]) is (name == "tls")


@by_hand
def test_hsts_is_switchable(start):
    portal = start(sample=False, OSAKI_DX_HSTS="0")
    status, headers, _ = through(portal).ask("/accounts/login/")
    assert status == 200
    assert "Strict-Transport-Security" not in headers


@by_hand
@pytest.mark.parametrize("name", ["nginx.conf.sample", "web.config.sample"])
def test_the_samples_overwrite_a_name_that_came_with_the_request(name):
    text = SAMPLE.with_name(name).read_text(encoding="utf-8")
    emptied = ('X-Remote-User "";', 'name="HTTP_X_REMOTE_USER" value=""')
    assert any(words in text for words in emptied)


@by_hand
def test_a_proved_name_is_believed_from_the_proxy_alone(start):
    """Whoever reaches the portal past the proxy is nobody, whatever name is sent."""
    portal = start(OSAKI_DX_REMOTE_USER="1")
    name = {"X-Remote-User": r"OSAKI\jimukyoku"}
    status, _, page = through(portal).ask("/kpis/", **name)
    assert (status, "ログアウト" in page) == (200, True)
    for sent in (name, {"X_Remote_User": "jimukyoku"}, {"Remote-User": "jimukyoku"}):
        other = FarBrowser(portal.port, headers={"X-Forwarded-Proto": "https"}, source="127.0.0.2")
        assert other.ask("/kpis/", **sent)[0] in (301, 302), sent
    twice = {"X-Remote-User": "jimukyoku, jimukyoku"}
    assert through(portal).ask("/kpis/", **twice)[0] == 403


@by_hand
def test_health_is_told_to_this_machine_under_any_name_and_without_tls(standing):
    portal, _ = standing()
    for host in ("127.0.0.1", "localhost:8000", "anything.example", HOST):
        status, headers, text = FarBrowser(portal.port, host=host).ask("/healthz")
        assert (status, text) == (200, '{"status": "ok"}'), host
    status, *_ = FarBrowser(portal.port, host="anything.example").ask("/accounts/login/")
    assert status == 400
    assert through(portal, host="anything.example").ask("/healthz")[0] == 400
    assert through(portal).ask("/healthz")[0] == 200
    assert through(portal, scheme="http").ask("/healthz")[0] == 301


@by_hand
def test_headers_of_anybody_but_the_proxy_are_dropped(start, tmp_path):
    """The portal trusts 127.0.0.2 only; what comes from 127.0.0.1 says nothing about itself."""
    portal = start(OSAKI_DX_TRUSTED_PROXY="127.0.0.2")
    stranger, proxy = through(portal), through(portal, source="127.0.0.2")
    assert stranger.ask("/accounts/login/")[0] == 301
    assert proxy.ask("/accounts/login/")[0] == 200
    for header in ("X-Forwarded-Host", "Forwarded", "X-Forwarded-Port"):
        text = {"Forwarded": "for=10.9.9.9;host=evil.example;proto=http"}.get(
            header, "evil.example"
        )
        assert proxy.ask("/accounts/login/", **{header: text})[0] == 200, header
    assert proxy.sign_in("jimukyoku", accounts(tmp_path)["jimukyoku"]) == 302


@by_hand
def test_the_clients_address_reaches_lock_out_log_and_records(start, tmp_path):
    portal = start()
    password = accounts(tmp_path)["jimukyoku"]
    here, there = through(portal, "10.1.0.5"), through(portal, "2001:db8::7")
    assert [here.sign_in("jimukyoku", "falsch") for _ in range(5)] == [200] * 4 + [429]
    assert here.sign_in("jimukyoku", password) == 429
    forged = through(portal, "10.1.0.9, 10.1.0.5")  # the last one is the proxy's own word
    assert forged.sign_in("jimukyoku", password) == 429
    assert here.sign_in("etsuran", accounts(tmp_path)["etsuran"]) == 302
    assert there.sign_in("jimukyoku", password) == 302
    records = there.ask("/accounts/sign-ins/")[2]
    assert "2001:db8::7" in records
    there.ask("/nothing-here/")
    told = portal.stop()
    line = next(line for line in told.splitlines() if "/nothing-here/" in line)
    assert "2001:db8::7" in line


REFUSALS = (
    ({"OSAKI_DX_TRUSTED_PROXY": ""}, "OSAKI_DX_TRUSTED_PROXY"),
    (
        {"OSAKI_DX_TRUSTED_PROXY": "", "OSAKI_DX_HTTPS": "0", "OSAKI_DX_REMOTE_USER": "1"},
        "OSAKI_DX_REMOTE_USER",
    ),
    ({"OSAKI_DX_TRUSTED_PROXY": "10.1.0.1"}, "OSAKI_DX_LISTEN"),
    ({"OSAKI_DX_LISTEN": "192.0.2.1"}, "OSAKI_DX_LISTEN"),
    ({"OSAKI_DX_PATH": "/dx/"}, "下位パス"),
)


@by_hand
@pytest.mark.parametrize(("given", "words"), REFUSALS)
def test_a_set_up_in_which_nobody_would_see_a_page_is_refused(given, words, tmp_path):
    told = command(tmp_path, "serve", "--port", "0", **{**PRODUCTION, **given})
    assert told.returncode == 1
    assert words in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1


class Nginx:
    """Debian's nginx with the sample file of the documents, in one process of its own."""

    def __init__(self, folder, ports):
        self.folder, self.tls, self.plain = folder, free_port(), free_port()
        folder.mkdir()
        self._certify()
        (folder / "nginx.conf").write_text(self._whole(ports), encoding="utf-8")
        self.process = subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def _certify(self):
        subprocess.run(
            [
                *(OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
                *("-subj", f"/CN={HOST}", "-keyout", "key.pem", "-out", "cert.pem"),
            ],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )

    def _whole(self, ports):
        """The sample with the ports, the certificate and the portals of this test."""
        changes = {
            "/etc/ssl/certs/dx.example.lg.jp.pem": f"{self.folder}/cert.pem",
            "/etc/ssl/private/dx.example.lg.jp.key": f"{self.folder}/key.pem",
            "dx.example.lg.jp": HOST,
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.tls} ssl;",
            "server 127.0.0.1:8000;": "".join(f"server 127.0.0.1:{port};" for port in ports),
        }
        text = SAMPLE.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in kinds)
        return (
            f"daemon off; master_process off; pid {self.folder}/pid;\n"
            f"error_log {self.folder}/error.log; events {{}}\n"
            f"http {{ access_log off;\n{folders}{text}}}\n"
        )

    def _wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.process.poll() is None, self.process.stdout.read()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("nginx does not listen")

    def browser(self, source):
        """A browser at one of this machine's addresses."""
        host = f"{HOST}:{self.tls}"
        return FarBrowser(self.tls, host=host, source=source, tls=True)

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=20)


def settings_file(data, url):
    """`osaki.env` in the data folder, as an administrator writes it."""
    lines = [f"{name}={text}" for name, text in PRODUCTION.items()]
    data.mkdir()
    (data / "osaki.env").write_text("\n".join([*lines, f"DATABASE_URL={url}"]), encoding="utf-8")


@pytest.fixture
def town(tmp_path, database_url):
    """nginx before two portals on one database, with sample people: (nginx, portals, folder)."""
    if not NGINX or not OPENSSL:
        pytest.skip("nginx がないので、プロキシの試験を飛ばします（apt-get install nginx-light）")
    data = tmp_path / "data"
    settings_file(data, database_url)
    portals = [Portal(data), Portal(data)]
    nginx = None
    try:
        for portal in portals:
            portal.wait()
        assert command(data, "load_sample", "--until", "2026-05").returncode == 0
        nginx = Nginx(tmp_path / "nginx", [portal.port for portal in portals])
        yield nginx, portals, data
    finally:
        if nginx:
            nginx.stop()
        told = [portal.stop() for portal in portals]
        assert [portal.process.returncode for portal in portals] == [0, 0], told


@pytest.mark.skipif(os.name == "nt", reason="one machine has one address there")
def test_nginx_before_two_portals(town, tmp_path):
    """Sign-in over TLS, lock-out by address, save, upload, close, export by the documented line."""
    nginx, portals, data = town
    passwords = accounts(data)
    plain = FarBrowser(nginx.plain, scheme="http").ask("/kpis/?q=1")
    assert plain[0] == 301
    assert plain[1]["Location"] == f"https://{HOST}/kpis/?q=1"

    guesser, person = nginx.browser("127.0.0.5"), nginx.browser("127.0.0.6")
    assert [guesser.sign_in("jimukyoku", "falsch") for _ in range(5)] == [200] * 4 + [429]
    assert guesser.sign_in("jimukyoku", passwords["jimukyoku"]) == 429
    forged = guesser.form("/accounts/login/", username="jimukyoku", password=passwords["jimukyoku"])
    lie = {"X_Forwarded_For": "127.0.0.6", "Forwarded": "for=127.0.0.6"}
    assert guesser.ask("/accounts/login/", forged, **lie)[0] == 429
    for portal in portals:  # whichever of them got the errors, each knows them all
        assert through(portal, "127.0.0.5").sign_in("jimukyoku", passwords["jimukyoku"]) == 429
        assert through(portal, "127.0.0.7").sign_in("jimukyoku", passwords["jimukyoku"]) == 302
    assert person.sign_in("jimukyoku", passwords["jimukyoku"]) == 302
    for path in ("/", "/dashboard/", "/kpis/", "/roadmap/", "/history/", "/accounts/users/"):
        assert [person.ask(path)[0] for _ in range(4)] == [200] * 4, path

    entry = "/kpis/entry/2026-10/"
    save(person, entry)
    upload(person, f"{entry}8-1/files/")

    status, _, page = person.post("/reports/2026-10/close/", reason="試験のため")
    assert status == 302, page
    for portal in portals:
        answers_closed(portal, entry, passwords["jimukyoku"])
    book = tmp_path / "monthly.xlsx"
    told = command(data, *documented_export("2026-10", book))
    assert told.returncode == 0, told.stderr
    assert book.read_bytes().startswith(b"PK")


def answers_closed(portal, entry, password):
    """This portal, asked past nginx, knows that the month is closed and takes no value for it."""
    browser = through(portal, "127.0.0.8")
    assert browser.sign_in("jimukyoku", password) == 302
    grid = browser.ask(entry)[2]
    typed = {"8-1-value": "4", "8-1-answer": "final", "8-1-seen_version": "0", "alone": "1"}
    answer = browser.ask(f"{entry}8-1/", {"csrfmiddlewaretoken": token(grid), **typed})
    assert answer[0] == 423, answer[2]


def documented_export(month, book):
    """The line of README.md for cron, for one month and one file."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    words = re.search(r"^cron .* manage\.py (export_month \S+ --out) \S+$", text, re.M)[1].split()
    return [words[0], month, *words[2:], str(book)]


def save(browser, entry):
    """A value is saved through one portal and read through each of them."""
    grid = browser.ask(entry)[2]
    version = re.search(r'name="8-1-seen_version"\s+value="(\d+)"', grid)[1]
    typed = {"8-1-value": "3", "8-1-answer": "final", "8-1-seen_version": version}
    saved = browser.ask(f"{entry}8-1/", {"csrfmiddlewaretoken": token(grid), **typed})
    assert saved[0] in (200, 302), saved[2]
    for _ in range(4):
        cell = page_text(browser.ask(entry)[2]).split('name="8-1-value"')[1]
        assert cell.split(">")[0].count('value="3"') == 1


def upload(browser, path):
    """A file of the portal's own limit goes through; what is far larger ends at nginx."""
    fields = {name: text[0] for name, text in browser.form("/kpis/8-1/", path).items() if text}
    kind, body = multipart(fields, "evidence.pdf", b"%PDF-" + b"x" * (10 * MB - 5))
    status, headers, text = browser.ask(path, body, content_type=kind)
    assert (status, headers["Location"]) == (302, "/kpis/8-1/"), text
    kind, body = multipart(fields, "large.pdf", b"%PDF-" + b"x" * (13 * MB))
    with suppress(OSError):  # it may close the line before everything is sent
        status, _, text = browser.ask(path, body, content_type=kind)
        assert (status, "添付ファイルは1件10MBまで" in text) == (413, True)


@by_hand
def test_the_iis_sample_says_that_nobody_has_tried_it():
    text = Path(SAMPLE.with_name("web.config.sample")).read_text(encoding="utf-8")
    assert "未検証" in text
    assert "**未検証**" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
