#!/usr/bin/env python3
"""Fresh machine → running portal, or → tests. Standard library only; Linux, macOS, Windows.

    python3 run.py [--port N] [--data DIR] [--config FILE] [--no-sample]
    python3 run.py test [pytest arguments]

The first run makes .venv from the hashed requirements (with uv when it is there, else pip). Never
interactive.
"""

from __future__ import annotations

import argparse
import glob
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from osaki_dx import configuration
from osaki_dx.wrong import Wrong

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
LOWEST = (3, 11)
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
OF_TESTS = ("OSAKI_DX_BROWSER",)  # the only variable of the portal that the suite takes over


class Stop(Exception):
    """One clear sentence for the person, then exit code 1."""


def check_python(version=sys.version_info) -> None:
    """Stop unless this Python can run the portal."""
    if tuple(version[:2]) < LOWEST:
        raise Stop(
            f"Python {version[0]}.{version[1]} では動きません。"
            "Python 3.11 以上を入れて、もう一度実行してください。"
        )


def check_port(port: int) -> None:
    """Stop when something already listens there."""
    with socket.socket() as probe:
        if not WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(
                f"ポート {port} はほかのプログラムが使っています。"
                f"「python3 run.py --port {port + 1}」のように、別の番号を指定してください。"
            ) from None


def stamp_of(*files: Path) -> str:
    """A fingerprint of the contents of files."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def requirements(extra: str) -> Path:
    """The hashed requirements file of an extra: base, postgres or test."""
    return ROOT / "requirements" / f"{extra}.txt"


def prepare(extra: str) -> None:
    """Make .venv and install what the extra needs.

    Nothing to do when the stamp fits (test covers the others).
    """
    wanted = stamp_of(requirements(extra))
    stamp = VENV / "installed"
    done = stamp.read_text(encoding="utf-8").split() if stamp.exists() and PYTHON.exists() else []
    if wanted in done or (extra != "test" and stamp_of(requirements("test")) in done):
        return
    print("必要な部品を入れています（初回だけ、数分かかることがあります）…", flush=True)
    uv = shutil.which("uv")
    try:
        if not PYTHON.exists():
            if uv:
                subprocess.run(
                    [uv, "venv", "-q", "--python", sys.executable, str(VENV)], check=True
                )
            else:
                venv.create(VENV, with_pip=True)
        tool = (
            [uv, "pip", "install", "-q", "--python", str(PYTHON)]
            if uv
            else [str(PYTHON), "-m", "pip", "install", "-q"]
        )
        with (VENV / "install.log").open("w", encoding="utf-8") as log:
            subprocess.run(
                [*tool, "--require-hashes", "-r", str(requirements(extra))],
                check=True,
                stdout=log,
                stderr=log,
            )
    except (subprocess.CalledProcessError, OSError):
        raise Stop(
            "部品を入れられませんでした。ネットワークにつながっているか確かめて、もう一度実行してください"
            "（詳しくは .venv/install.log）。"
        ) from None
    stamp.write_text(" ".join({wanted, *done}), encoding="utf-8")


def static_stamp() -> str:
    """Changes when a static file (the chapters of theme.css too) or the lock changes."""
    return stamp_of(
        requirements("base"),
        ROOT / "osaki_dx" / "finders.py",
        *sorted((ROOT / "static").rglob("*.*")),
    )


def serve(argv: list) -> int:
    """Prepare and serve until Ctrl+C."""
    parser = argparse.ArgumentParser(prog="run.py", description="ポータルを起動します。")
    parser.add_argument("--port", type=int, default=8000, help="ポート番号（既定 8000）")
    parser.add_argument("--data", help="データの置き場所（既定 var/）")
    parser.add_argument("--config", help="設定ファイル（既定は、データの置き場所の osaki.env）")
    parser.add_argument("--no-sample", action="store_true", help="見本データを読み込まない")
    options = parser.parse_args(argv)
    check_port(options.port)
    env = {**os.environ, "PYTHONUTF8": "1"}
    if options.data:
        env[configuration.DATA] = str(Path(options.data).resolve())
    if options.config:
        env[configuration.NAMED] = str(Path(options.config).resolve())
    prepare("postgres" if configuration.load(env)["DATABASE_URL"] else "base")
    command = [
        str(PYTHON),
        str(ROOT / "manage.py"),
        "serve",
        "--port",
        str(options.port),
        "--static-stamp",
        static_stamp(),
    ]
    if options.no_sample:
        command.append("--no-sample")
    return hand_over(command, env)


def hand_over(command: list, env: dict) -> int:
    """Become the portal, so that a signal to this process reaches it (Windows: wait for it)."""
    sys.stdout.flush()
    if not WINDOWS:
        os.execve(command[0], command, env)
    try:
        return subprocess.run(command, env=env, check=False).returncode
    except KeyboardInterrupt:
        return 0


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
    return process.wait() == 0, passed, failed


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
    """(title, command) of everything that reads the code and runs none of it."""
    python = [str(PYTHON), "-m"]
    djade = str(PYTHON.with_name("djade.exe" if WINDOWS else "djade"))
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    return [
        ("書き方の検査（ruff）", [*python, "ruff", "check", "."]),
        ("書式の検査（ruff）", [*python, "ruff", "format", "--check", "."]),
        ("型の検査（mypy）", [*python, "mypy", "--cache-dir", os.devnull, "."]),
        ("使わない名前の検査（vulture）", [*python, "vulture"]),
        ("テンプレートの検査（djade）", [djade, "--check", *DJADE, *templates]),
        ("テンプレートの検査（djhtml）", [*python, "djhtml", "--check", *DJHTML, "templates"]),
    ]


def parts(env: dict, url: str, extra: list) -> list:
    """(title, command, environment) of every part of the suite."""
    python = [str(PYTHON), "-m"]
    pytest = [*python, "pytest", "-q", *extra]
    lite = {key: value for key, value in env.items() if key != "DATABASE_URL"}
    return [
        *((title, command, lite) for title, command in checks()),
        (
            "マイグレーションの漏れ",
            [str(PYTHON), *QUIET, "manage.py", "makemigrations", "--check", "--dry-run"],
            lite,
        ),
        ("SQLite での試験", [*pytest, "-n", "2", "--ignore=tests/browser"], lite),
        (
            "PostgreSQL での試験",
            [*pytest, "-n", "2", "--ignore=tests/browser", "-m", "not pure"],
            {**env, "DATABASE_URL": url},
        ),
        (
            "ブラウザーでの試験",
            [*pytest, "-n", "2", "tests/browser"],
            {**lite, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"},
        ),
    ]


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
    return file


def test(extra: list) -> int:
    """The whole suite on both databases and in a browser."""
    found = browser()
    office()
    proxy()
    prepare("test")
    folder = tempfile.mkdtemp(prefix="odx")
    os.chmod(folder, 0o755)
    env = {
        **without_settings(os.environ),
        "PYTHONUTF8": "1",
        "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled"),  # once for the suite's processes
        "OSAKI_DX_BROWSER": found,
        configuration.DATA: str(Path(folder) / "data"),
        configuration.NAMED: str(empty_settings(Path(folder))),
        "XDG_RUNTIME_DIR": folder,
        "TOWN_PICTURES": folder,  # the sample town is lived through once for all parts
    }
    results = []
    try:
        url = postgres_url(str(Path(folder) / "pg"), env)
        for title, command, environment in parts(env, url, extra):
            results.append((title, *run(title, command, environment)))
    finally:
        subprocess.run(
            [str(PYTHON), str(ROOT / "tests" / "postgres.py"), str(Path(folder) / "pg"), "stop"],
            env=env,
            check=False,
        )
        shutil.rmtree(folder, ignore_errors=True)
    return report(results)


def report(results: list) -> int:
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
    print(
        "SQLite・PostgreSQL・ブラウザーのすべてで試験しました。"
        if good
        else "合格していない部分があります。"
    )
    print(f"{passed} passed, {failed if good else max(failed, 1)} failed")
    return 0 if good else 1


def main(argv: list) -> int:
    """What the command line asks for."""
    try:
        check_python()
        if argv[:1] == ["test"]:
            return test(argv[1:])
        return serve(argv)
    except (Stop, Wrong) as sentence:
        print(sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
