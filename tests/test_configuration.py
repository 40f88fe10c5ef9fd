"""One configuration for every command: where it is found, what is refused, and in which words."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import get_commands

import run
from osaki_dx import configuration
from osaki_dx.configuration import load, take_option
from osaki_dx.variables import VARIABLES
from osaki_dx.wrong import Wrong
from tests import suite
from tests.portal import ours_alone

ROOT = Path(__file__).resolve().parent.parent
SECRET = "x7" * 30 + "Qz!"
PRODUCTION = {
    "OSAKI_DX_PRODUCTION": "1",
    "OSAKI_DX_SECRET_KEY": SECRET,
    "OSAKI_DX_ALLOWED_HOSTS": "dx.town.example",
}
pytestmark = pytest.mark.pure


def manage(*command, **given):
    """`manage.py` in a process of its own, with these variables of ours and no others."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=ours_alone(given),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def refused(told):
    """The one sentence with which a command ended."""
    assert told.returncode == 1, told
    assert told.stdout == ""
    (sentence,) = told.stderr.strip().splitlines()
    return sentence


UNKNOWN = (
    ("OSAKI_DX_PRODUCTOIN", "OSAKI_DX_PRODUCTION"),
    ("OSAKI_DX_SECRETKEY", "OSAKI_DX_SECRET_KEY"),
    ("osaki_dx_production", "OSAKI_DX_PRODUCTION"),
    ("OSAKI_PRODUCTION", "OSAKI_DX_PRODUCTION"),
    ("OSKAI_DX_PRODUCTION", "OSAKI_DX_PRODUCTION"),
    ("OSAKI_DX_ALLOWED_HOST", "OSAKI_DX_ALLOWED_HOSTS"),
    ("OSAKI_DX_TRUSTED_PROXIES", "OSAKI_DX_TRUSTED_PROXY"),
    ("DATABASE_URI", "DATABASE_URL"),
    ("DATABSE_URL", "DATABASE_URL"),
    ("OSAKI_X", ""),
)


@pytest.mark.parametrize(("name", "meant"), UNKNOWN)
def test_a_misspelt_name_is_refused_and_the_right_one_told(name, meant, tmp_path):
    with pytest.raises(Wrong) as told:
        load({name: "1"}, tmp_path)
    assert name in str(told.value)
    assert meant in str(told.value)
    file = tmp_path / "osaki.env"
    file.write_text(f"# 設定\n{name}=1\n", encoding="utf-8")
    with pytest.raises(Wrong, match="2行目"):
        load({}, tmp_path)


def test_variables_of_other_programs_are_left_alone(tmp_path):
    assert load({"PATH": "/bin", "DATABASE": "x", "PGHOST": "db", "HOME": "/"}, tmp_path)


VALUES = (
    *[
        ("OSAKI_DX_PRODUCTION", text)
        for text in ("true", "yes", "on", "１", "2", "本番", "1 # 本番")
    ],
    *[("OSAKI_DX_HTTPS", text) for text in ("false", "off", "01")],
    *[("OSAKI_DX_HSTS", text) for text in ("no", "31536000")],
    *[("OSAKI_DX_SECRET_KEY", text) for text in ("x", "abcde", "x" * 60, "ab" * 40, SECRET[:49])],
    ("OSAKI_DX_SECRET_KEY", f"{SECRET} # ひみつ"),
    *[
        ("OSAKI_DX_ALLOWED_HOSTS", text)
        for text in ("*", "https://dx.example", "dx.example:8000", "dx.example/", "a b", ",", "-a")
    ],
    *[
        ("DATABASE_URL", text)
        for text in (
            "sqlite:///x.sqlite3",
            "mysql://a:b@c/d",
            "localhost",
            "postgres://a:b@c",
            "postgres://a:b@c/",
            "postgres://a:b@c:port/d",
            "postgres://a:b@c:99999/d",
            "postgres://a:p@ss@c/d",
            "postgres://a:p#ss@c/d",
            "postgres://a:p/ss@c/d",
            "postgres://a:p?ss@c/d",
            "postgres://a:b@c/d?sslmod=require",
            "postgres://a:b@c/d?sslmode=yes",
            "postgres://a:b@c/d?sslmode",
            "postgres://a:b@c/d?sslmode=require&sslmode=disable",
            "postgres://a:b@c/d?connect_timeout=soon",
            "postgres://a:b@c/d # db",
        )
    ],
    *[
        ("OSAKI_DX_TRUSTED_PROXY", text)
        for text in ("*", "nginx", "10.0.0.0/8", "1.2.3.4, 5.6.7.8")
    ],
    *[
        ("OSAKI_DX_TRUSTED_ORIGINS", text)
        for text in ("dx.example", "https://", "https://dx.example/", "ftp://dx.example", "*")
    ],
    *[("OSAKI_DX_LISTEN", text) for text in ("*", "localhost", "127.0.0.1:8000")],
    *[("OSAKI_DX_PATH", text) for text in ("/dx/", "dx", "/dx")],
    *[("OSAKI_DX_MAIL_HOST", text) for text in ("smtp://mail", "mail:25", "a b")],
    *[("OSAKI_DX_MAIL_PORT", text) for text in ("0", "65536", "smtp", "-1", "２５")],
    *[("OSAKI_DX_MAIL_TLS", text) for text in ("1", "TLS", "on")],
    *[("OSAKI_DX_MAIL_FROM", text) for text in ("町", "a@b, c@d")],
    *[("OSAKI_DX_LOG_LEVEL", text) for text in ("debug", "VERBOSE", "10")],
)


@pytest.mark.parametrize(("name", "text"), VALUES)
def test_a_value_that_cannot_be_meant_is_refused(name, text, tmp_path):
    with pytest.raises(Wrong) as told:
        load({name: text}, tmp_path)
    assert name in str(told.value)
    assert str(told.value).endswith("。")
    assert "\n" not in str(told.value)


def test_no_sentence_holds_a_secret(tmp_path):
    for name, text in (("OSAKI_DX_SECRET_KEY", "hush"), ("DATABASE_URL", "postgres://a:hush@b")):
        with pytest.raises(Wrong) as told:
            load({name: text}, tmp_path)
        assert "hush" not in str(told.value)


def test_good_values_are_read(tmp_path):
    given = load(
        {
            **PRODUCTION,
            "OSAKI_DX_ALLOWED_HOSTS": "DX.town.example, .lg.example,[::1],10.1.2.3,",
            "OSAKI_DX_TRUSTED_ORIGINS": "https://dx.town.example:8443,https://*.lg.example",
            "OSAKI_DX_HTTPS": " 0 ",
            "OSAKI_DX_HSTS": "",
            "OSAKI_DX_TRUSTED_PROXY": "0:0:0:0:0:0:0:1",
            "OSAKI_DX_PATH": "/",
        },
        tmp_path,
    )
    assert given["OSAKI_DX_ALLOWED_HOSTS"] == [
        "dx.town.example",
        ".lg.example",
        "[::1]",
        "10.1.2.3",
    ]
    assert given["OSAKI_DX_HTTPS"] is False
    assert given.given("OSAKI_DX_HSTS", "as https") == "as https"
    assert given["OSAKI_DX_TRUSTED_PROXY"] == "::1"


def test_the_database_url_keeps_its_options(tmp_path):
    text = (
        "postgres://dx%40town:p%2Fss@db:5433/osaki"
        "?sslmode=verify-full&sslrootcert=/etc/ca%20town.pem&connect_timeout=3"
    )
    url = load({"DATABASE_URL": text}, tmp_path)["DATABASE_URL"]
    assert (url.user, url.password, url.host, url.port) == ("dx@town", "p/ss", "db", "5433")
    assert url.name == "osaki"
    assert url.options == {
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca town.pem",
        "connect_timeout": "3",
    }
    socket = load({"DATABASE_URL": "postgresql://u:@/d?host=/tmp/pg"}, tmp_path)["DATABASE_URL"]
    assert (socket.host, socket.options) == ("/tmp/pg", {})


def test_the_options_reach_django(tmp_path):
    program = "from django.conf import settings as s; print(s.DATABASES['default']['OPTIONS'])"
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={
            **{name: text for name, text in os.environ.items() if not name.startswith("OSAKI")},
            "OSAKI_DX_DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "osaki_dx.settings",
            "DATABASE_URL": "postgres://a:b@c/d?sslmode=verify-ca",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert "'sslmode': 'verify-ca'" in told.stdout


def test_the_file_is_the_named_one_else_of_the_data_folder_else_of_the_checkout(tmp_path):
    named, data = tmp_path / "named.env", tmp_path / "data"
    data.mkdir()
    given = load({}, tmp_path)
    assert (given.file, given.folder) == (None, tmp_path / "var")
    for file, level in (
        (tmp_path / "osaki.env", "INFO"),
        (data / "osaki.env", "ERROR"),
        (named, "DEBUG"),
    ):
        file.write_text(f"OSAKI_DX_LOG_LEVEL={level}\n", encoding="utf-8")
    environ = {"OSAKI_DX_DATA_DIR": str(data)}
    assert load({}, tmp_path)["OSAKI_DX_LOG_LEVEL"] == "INFO"
    assert load(environ, tmp_path)["OSAKI_DX_LOG_LEVEL"] == "ERROR"
    assert load(environ, tmp_path, look=False)["OSAKI_DX_LOG_LEVEL"] == "WARNING"
    environ["OSAKI_DX_CONFIG"] = str(named)
    assert load(environ, tmp_path)["OSAKI_DX_LOG_LEVEL"] == "DEBUG"
    environ["OSAKI_DX_LOG_LEVEL"] = "CRITICAL"
    assert load(environ, tmp_path)["OSAKI_DX_LOG_LEVEL"] == "CRITICAL"


def test_two_files_of_which_either_could_be_meant_are_refused(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "osaki.env").write_text("OSAKI_DX_DATA_DIR=data\n", encoding="utf-8")
    assert load({}, tmp_path).folder == tmp_path / "data"
    (tmp_path / "data" / "osaki.env").write_text("", encoding="utf-8")
    with pytest.raises(Wrong, match="2つあります"):
        load({}, tmp_path)
    assert load({"OSAKI_DX_CONFIG": str(tmp_path / "osaki.env")}, tmp_path)


def test_a_file_as_windows_and_people_write_it(tmp_path):
    (tmp_path / "osaki.env").write_bytes(
        '\ufeff# 説明\r\n\r\n OSAKI_DX_HTTPS = 1 \r\nOSAKI_DX_MAIL_HOST="mail.example"\r\n'
        f"OSAKI_DX_SECRET_KEY={SECRET}#x=y\r\nOSAKI_DX_DATA_DIR=data\r\n".encode()
    )
    given = load({}, tmp_path)
    assert given["OSAKI_DX_HTTPS"] is True
    assert given["OSAKI_DX_MAIL_HOST"] == "mail.example"
    assert given["OSAKI_DX_SECRET_KEY"] == f"{SECRET}#x=y"
    assert given.folder == tmp_path / "data"


FILES = (
    (b"OSAKI_DX_HTTPS\n", "1行目"),
    (b"export OSAKI_DX_HTTPS=1\n", "1行目"),
    (b"OSAKI_DX_HTTPS=1\nOSAKI_DX_HTTPS=0\n", "2回"),
    (b"OSAKI_DX_CONFIG=other.env\n", "OSAKI_DX_CONFIG"),
    ("# 設定\n".encode("cp932"), "UTF-8"),
    (b"OSAKI_DX_HTTPS: 1\n", "1行目"),
)


@pytest.mark.parametrize(("content", "words"), FILES)
def test_a_file_that_cannot_be_read_is_refused(content, words, tmp_path):
    (tmp_path / "osaki.env").write_bytes(content)
    with pytest.raises(Wrong, match=words):
        load({}, tmp_path)


def test_the_option_is_taken_wherever_it_stands(tmp_path):
    for line in (
        ["--config", "a.env", "x"],
        ["x", "--config", "a.env"],
        ["x", "--config=a.env"],
    ):
        environ = {}
        assert take_option(["manage.py", *line], environ) == ["manage.py", "x"]
        assert environ == {"OSAKI_DX_CONFIG": str(Path("a.env").resolve())}
    with pytest.raises(Wrong, match="設定ファイルの名前"):
        take_option(["manage.py", "x", "--config"], {})


COMMANDS = (
    ["check"],
    ["serve", "--port", "1"],
    ["export_month", "last", "--out", "x.xlsx"],
    ["create_secretariat", "hajime"],
    ["load_sample"],
    ["unload_sample"],
    ["remind"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_refuses_in_one_sentence(command, tmp_path):
    given = {"OSAKI_DX_DATA_DIR": str(tmp_path / "new")}
    assert "PRODUCTION は 1 か 0" in refused(manage(*command, OSAKI_DX_PRODUCTION="true", **given))
    file = tmp_path / "town.env"
    file.write_text("OSAKI_DX_PRODUCTOIN=1\n", encoding="utf-8")
    assert "town.env の1行目" in refused(manage(*command, f"--config={file}", **given))
    told = refused(manage(*command, "--config", str(tmp_path / "none.env"), **given))
    assert "がありません" in told
    assert not (tmp_path / "new").exists()


def test_run_py_refuses_in_one_sentence_before_anything_is_installed(tmp_path, monkeypatch, capsys):
    def installs(extra):
        raise AssertionError(extra)

    monkeypatch.setattr(run, "prepare", installs)
    monkeypatch.setattr(run, "check_port", lambda port: None)
    monkeypatch.setenv("OSAKI_DX_PRODUCTION", "true")
    assert run.main(["--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_suite_takes_none_of_the_towns_settings_over(tmp_path):
    own = {
        "PATH": "/bin",
        "OSAKI_DX_BROWSER": "/usr/bin/chromium",
        "DATABASE_URL": "postgres://x/y",
    }
    assert suite.without_settings({**own, **PRODUCTION, "OSAKI_DX_CONFIG": "town.env"}) == own
    file = suite.empty_settings(tmp_path)
    assert load({"OSAKI_DX_CONFIG": str(file)}, tmp_path).texts == {"OSAKI_DX_CONFIG": str(file)}


@pytest.mark.parametrize("command", COMMANDS[2:] + (["migrate"], ["shell", "-c", "1"]), ids=str)
def test_no_command_makes_a_database(command, tmp_path):
    given = {"OSAKI_DX_DATA_DIR": str(tmp_path / "leftover")}
    told = manage(*command, **given)
    if command[0] != "shell":
        assert "portal.sqlite3 がありません" in refused(told)
    (tmp_path / "leftover").mkdir()
    manage(*command, **given)
    assert [path.name for path in (tmp_path / "leftover").iterdir()] in ([], ["secret-key"])


def test_an_empty_database_is_told_as_one_that_was_never_prepared(tmp_path):
    (tmp_path / "portal.sqlite3").touch()
    told = refused(manage("export_month", "last", "--out", "x", OSAKI_DX_DATA_DIR=str(tmp_path)))
    assert "準備ができていません" in told


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "portal.sqlite3").write_bytes(b"no database" * 1000)
    told = refused(manage("remind", OSAKI_DX_DATA_DIR=str(tmp_path)))
    assert "読み書きできません" in told


def test_a_postgresql_that_is_down_is_told(tmp_path):
    """Both at once: each waits for its pool, ten seconds."""
    pytest.importorskip("psycopg")
    url = "postgres://a:hush@127.0.0.1:1/osaki?connect_timeout=2"

    def run(number, words):
        data = str(tmp_path / str(number))
        return manage(*words, OSAKI_DX_DATA_DIR=data, DATABASE_URL=url)

    commands = (["serve", "--port", "0"], ["remind"])
    with ThreadPoolExecutor() as pool:
        for answer in pool.map(run, (1, 2), commands):
            told = refused(answer)
            assert "PostgreSQL（127.0.0.1 の osaki）につながりません" in told
            assert "hush" not in told


def test_a_data_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").touch()
    for folder in ("/proc/osaki", tmp_path / "file" / "data", tmp_path / "file"):
        told = refused(manage("serve", "--port", "0", OSAKI_DX_DATA_DIR=str(folder)))
        assert "に書き込めません" in told


def test_the_documents_show_every_variable_that_the_code_reads():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", text, re.MULTILINE)
    shown = [row for row in rows if row[0].startswith(("OSAKI_DX", "DATABASE"))]
    assert shown == [(row.name, row.shown, row.meaning) for row in VARIABLES]


def test_no_other_file_reads_the_environment():
    own = {"configuration.py", "run.py", "manage.py", "wsgi.py", "commanding.py"}
    for top in ("foundation", "headquarters", "kpi", "measures", "osaki_dx", "roadmap"):
        for path in (ROOT / top).rglob("*.py"):
            if path.name not in own:
                assert not re.search(r"\b(environ|getenv)\b", path.read_text("utf-8")), path


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "run.py", "docs/operations.md"])
def test_names_in_texts_are_names_of_variables(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert set(re.findall(r"OSAKI_DX_[A-Z_]*[A-Z]", text)) <= set(configuration.KNOWN)


def test_the_sample_of_a_settings_file_is_one(tmp_path):
    sample = (ROOT / "docs" / "deploy" / "osaki.env.sample").read_text(encoding="utf-8")
    (tmp_path / "osaki.env").write_text(sample, encoding="utf-8")
    with pytest.raises(Wrong, match="OSAKI_DX_SECRET_KEY を設定してください"):
        load({}, tmp_path)
    assert load({"OSAKI_DX_SECRET_KEY": SECRET}, tmp_path)["OSAKI_DX_PRODUCTION"]


def test_commands_start_quickly():
    """The pages (and with them openpyxl) come with `serve` alone; the tests have checked them."""
    folders = (
        f"{name.replace('.', '/')}/management/commands" for name in set(get_commands().values())
    )
    files = [file for folder in folders for file in ROOT.glob(f"{folder}/[!_]*.py")]
    slow = {file.stem for file in files if "checks: list[str] = []" not in file.read_text("utf-8")}
    assert slow == {"serve", "changepassword", "migrate"}  # as Django's own, but for the first


def test_what_stands_behind_the_pages_knows_no_workbook(tmp_path):
    told = manage(
        *("shell", "-v", "0", "-c", "import sys; print({'openpyxl', 'plotly'} & {*sys.modules})"),
        OSAKI_DX_DATA_DIR=str(tmp_path),
    )
    assert told.stdout.strip() == "set()", told
