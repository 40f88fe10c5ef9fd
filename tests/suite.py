"""The whole suite: what reads the code, then both databases, then the browser.

`python3 run.py test` calls `main` on a machine where nothing is installed yet: standard library
only.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from osaki_dx import configuration
from osaki_dx.installed import PYTHON, prepare
from osaki_dx.machine import ROOT, WINDOWS, Stop

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
PACKAGES = ("chromium", "fonts-morisawa-bizud-gothic", "fonts-noto-cjk")
DJADE = ("--target-version", "5.2")
DJHTML = ("--tabwidth", "2")
OFFICE = ("libreoffice-calc-nogui", "poppler-utils")
PROXY = ("nginx-light", "openssl")
QUIET = ("-W", "ignore::RuntimeWarning")  # there is no database to compare with
Result = TypeVar("Result")
WHOLE = "SQLite・PostgreSQL・ブラウザーのすべてで試験しました。"
DEEP, DEEP_CASES = "--deep", 10_000
DEEP_FILES = [
    f"tests/attacks/test_{name}.py"
    for name in ("every_door", "broken_files", "addresses", "presses")
]
OF_TESTS = ("OSAKI_DX_BROWSER",)  # the only variable of the portal that the suite takes over
HELP = """\
使い方: python3 run.py test [pytest の引数]

コードの検査、SQLite、PostgreSQL、ブラウザーの順に、すべてを試験します。部分ごとにかかった時間を示し、
一つでも合格しなければ 0 でない終了コードを返します。足りないもの（.venv、Chromium、LibreOffice、
nginx、PostgreSQL）は、入れられるところでは自分で入れます。

  python3 run.py test                        すべて
  python3 run.py test -x                     最初の不合格で、その部分を終える
  python3 run.py test -k "entry or pictures" 名前に含む試験だけ（どの部分にも1件は要る）
  python3 run.py test --deep                 変な入力と壊れたファイルだけを、全件
                                             （様式ごとに1万件、読取りごとに2千冊。数時間から数日）

環境変数
  TEST_DEEP          --deep の様式ごとの件数（なければ10000）
  OSAKI_DX_BROWSER   試験に使うブラウザー（なければ探す）
  DATABASE_URL       試験に使う PostgreSQL（なければ自分で起動する）

一部だけなら、用意のあとで: .venv/bin/python -m pytest tests/kpi"""


def apt_install(*packages) -> bool:
    """Install Debian packages when we may (root on Debian); True when it worked."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=env, check=False, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        ["apt-get", "install", "-y", "-qq", *packages],
        env=env,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    return done.returncode == 0


def browser() -> str:
    """The path of a Chromium, installed when missing and possible.

    Stop with a sentence otherwise.
    """
    given = os.environ.get("OSAKI_DX_BROWSER")
    places = [given] if given else [shutil.which(name) for name in BROWSERS]
    places += (
        glob.glob(r"C:\Program Files*\Microsoft\Edge\Application\msedge.exe") if WINDOWS else []
    )
    found = next((place for place in places if place), None)
    if not found:
        print("ブラウザーの試験のために Chromium を入れています…", flush=True)
        apt_install(*PACKAGES)
        found = shutil.which("chromium")
    if not found:
        raise Stop(
            "Chromium が見つかりません。入れてから"
            "（Debian なら apt-get install chromium）、もう一度実行してください。"
        )
    return found


def office() -> None:
    """LibreOffice opens the workbooks in the tests.

    Without it those tests say that they were skipped.
    """
    if not shutil.which("soffice") or not shutil.which("pdfinfo"):
        print("ブックの試験のために LibreOffice を入れています…", flush=True)
        apt_install(*OFFICE)


def proxy() -> None:
    """nginx stands in front of the portal in one test, which says when it was skipped."""
    places = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
    if shutil.which("nginx", path=places):
        return
    print("プロキシの試験のために nginx を入れています…", flush=True)
    apt_install(*PROXY)
    if not shutil.which("nginx", path=places):
        print(
            "nginx を入れられないので、プロキシの試験を飛ばします"
            "（Debian なら apt-get install nginx-light）。",
            flush=True,
        )


def run(title: str, command: list, env: dict) -> tuple[bool, int, int]:
    """Run one part, show its output as it comes; returns (ok, passed, failed)."""
    print(f"\n=== {title} ===", flush=True)
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    passed = failed = 0
    for line in process.stdout or ():
        print(line, end="", flush=True)
        passed = int(found[1]) if (found := re.search(r"(\d+) passed", line)) else passed
        failed = (
            sum(int(number) for number in re.findall(r"(\d+) (?:failed|error)", line)) or failed
        )
    ok = process.wait() == 0
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    print(f"かかった時間　{minutes}分{seconds:02}秒", flush=True)
    return ok, passed, failed


def run_abreast(commands: list, env: dict, beside: Callable[[], Result]) -> tuple[list, Result]:
    """Run short commands, as many at once as there are processors, and something else beside them.

    What each says is shown as a whole, in the order of the list; returns rows of the summary.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as hands:
        other = hands.submit(beside)
        answers = [hands.submit(silently, command, env) for _, command in commands]
        rows = []
        for (title, _), answer in zip(commands, answers, strict=True):
            ok, said = answer.result()
            print(f"\n=== {title} ===\n{said}", end="", flush=True)
            rows.append((title, ok, 0, 0))
        return rows, other.result()


def silently(command: list, env: dict) -> tuple[bool, str]:
    """Run one command; returns (ok, what it said)."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    return done.returncode == 0, done.stdout


def postgres_url(folder: str, env: dict) -> str:
    """The given DATABASE_URL, or that of a PostgreSQL started from pip under `folder`."""
    if env.get("DATABASE_URL"):
        return env["DATABASE_URL"]
    return (
        subprocess.run(
            [str(PYTHON), str(ROOT / "tests" / "postgres.py"), folder],
            env=env,
            check=True,
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
        )
        .stdout.strip()
        .splitlines()[-1]
    )


def checks() -> list:
    """(title, command) of everything that reads the code and runs no test; the longest first."""
    python = [str(PYTHON), "-m"]
    djade = str(PYTHON.with_name("djade.exe" if WINDOWS else "djade"))
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    migrations = [str(PYTHON), *QUIET, "manage.py", "makemigrations", "--check", "--dry-run"]
    return [
        ("型の検査（mypy）", [*python, "mypy", "--cache-dir", os.devnull, "."]),
        ("使わない名前の検査（vulture）", [*python, "vulture"]),
        ("マイグレーションの漏れ", migrations),
        ("書き方の検査（ruff）", [*python, "ruff", "check", "."]),
        ("書式の検査（ruff）", [*python, "ruff", "format", "--check", "."]),
        ("テンプレートの検査（djade）", [djade, "--check", *DJADE, *templates]),
        ("テンプレートの検査（djhtml）", [*python, "djhtml", "--check", *DJHTML, "templates"]),
    ]


def deep_parts(env: dict, extra: list) -> list:
    """The one part of `--deep`: what is tried with a seeded few in every run, in full."""
    pytest = [str(PYTHON), "-m", "pytest", "-q", "-rP", *extra, "-n", str(os.cpu_count() or 1)]
    cases = os.environ.get("TEST_DEEP", str(DEEP_CASES))
    return [
        (
            f"SQLite での試験（様式ごとに{cases}件）",
            [*pytest, *DEEP_FILES],
            {**without_database(env), "TEST_DEEP": cases},
        )
    ]


def parts(env: dict, url: str, extra: list) -> list:
    """(title, command, environment) of every part that runs tests."""
    pytest = [str(PYTHON), "-m", "pytest", "-q", *extra, "-n", "3"]
    lite = without_database(env)
    return [
        ("SQLite での試験", [*pytest, "--ignore=tests/browser"], lite),
        (
            "PostgreSQL での試験",
            [*pytest, "--ignore=tests/browser", "-m", "not pure"],
            {**env, "DATABASE_URL": url},
        ),
        (
            "ブラウザーでの試験",
            [*pytest, "--maxschedchunk", "1", "tests/browser"],  # the longest first, each alone
            {**lite, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"},
        ),
    ]


def without_database(env: dict) -> dict:
    """The same environment, on SQLite."""
    return {name: value for name, value in env.items() if name != "DATABASE_URL"}


def without_settings(environ) -> dict:
    """The environment without this town's settings; a DATABASE_URL is the one to test on."""
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith("OSAKI") or name in OF_TESTS
    }


def empty_settings(folder: Path) -> Path:
    """A settings file with nothing in it, so that none is looked for."""
    file = folder / configuration.FILE
    file.write_text("", encoding="utf-8")
    file.chmod(0o600)  # as docs/operations.md asks of a town's
    return file


def install() -> str:
    """Everything the suite needs, from Debian and from pip at once; the path of the browser."""
    with ThreadPoolExecutor() as hands:
        of_pip = hands.submit(prepare, "test")
        found = browser()
        office()
        proxy()
        of_pip.result()
    return found


def environment(folder: Path, found: str) -> dict:
    """What every part of the suite runs in; all it makes lies in `folder`.

    What was compiled is kept there even if the shell says to keep none: hundreds of processes
    would compile everything again, 2 seconds each.
    """
    own = without_settings(os.environ)
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    return {
        **own,
        "PYTHONUTF8": "1",
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),  # once for the suite's processes
        "OSAKI_DX_BROWSER": found,
        configuration.DATA: str(folder / "data"),
        configuration.NAMED: str(empty_settings(folder)),
        "XDG_RUNTIME_DIR": str(folder),
        "TOWN_PICTURES": str(folder),  # the sample town is lived through once for all parts
    }


def main(extra: list) -> int:
    """The whole suite on both databases and in a browser."""
    if {"-h", "--help"} & set(extra):
        print(HELP)
        return 0
    deep, extra = DEEP in extra, [word for word in extra if word != DEEP]
    found = install()
    folder = Path(tempfile.mkdtemp(prefix="odx"))
    folder.chmod(0o755)
    env = environment(folder, found)
    database = str(folder / "pg")
    results: list = []
    try:
        if deep:
            whole = deep_parts(env, extra)
        else:
            results, url = run_abreast(
                checks(), without_database(env), lambda: postgres_url(database, env)
            )
            whole = parts(env, url, extra)
        for title, command, surroundings in whole:
            results.append((title, *run(title, command, surroundings)))
    finally:
        stop = [str(PYTHON), str(ROOT / "tests" / "postgres.py"), database, "stop"]
        subprocess.run(stop, env=env, check=False)
        shutil.rmtree(folder, ignore_errors=True)
    return report(results, deep)


def report(results: list, deep: bool = False) -> int:
    """The closing summary.

    Exit code 0 only when every part passed and ran tests where it should.
    """
    print("\n=== まとめ ===")
    for title, ok, passed, failed in results:
        print(
            f"{'合格' if ok else '不合格'}  {title}"
            + (f"（{passed}件合格、{failed}件不合格）" if passed or failed else "")
        )
    good = all(ok for _, ok, _, _ in results) and all(
        passed for title, _, passed, _ in results if "での試験" in title
    )
    passed, failed = sum(row[2] for row in results), sum(row[3] for row in results)
    tried = "全件を試験しました。" if deep else WHOLE
    print(tried if good else "合格していない部分があります。")
    print(f"{passed} passed, {failed if good else max(failed, 1)} failed")
    return 0 if good else 1
