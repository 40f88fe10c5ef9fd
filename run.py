#!/usr/bin/env python3
"""Fresh machine → running portal, or → tests. Standard library only; Linux, macOS, Windows.

    python3 run.py [--port N] [--data DIR] [--config FILE] [--no-sample] [--plan FILE]
    python3 run.py test [pytest arguments]
    python3 run.py bench [--json FILE] [--quick | --deep]
    python3 run.py bundle [--out DIR]

The first run makes .venv from the hashed requirements (with uv when it is there, else pip). Never
interactive.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

from osaki_dx import bundling, configuration
from osaki_dx.installed import PYTHON, prepare
from osaki_dx.machine import ROOT, WINDOWS, Stop, requirements, stamp_of
from osaki_dx.wrong import Wrong

LOWEST = (3, 11)


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
    parser.add_argument(
        "--plan", help="初めて起動するときに読み込む計画の様式（Excel。既定は、付属の計画）"
    )
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
    if options.plan:
        command += ["--plan", str(Path(options.plan).resolve())]
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


def main(argv: list) -> int:
    """What the command line asks for."""
    try:
        check_python()
        if argv[:1] == ["test"]:
            from tests import suite  # a start knows nothing of the tests

            return suite.main(argv[1:])
        if argv[:1] == ["bench"]:
            from bench import command

            return command.main(argv[1:])
        if argv[:1] == ["bundle"]:
            return bundling.main(argv[1:])
        return serve(argv)
    except (Stop, Wrong) as sentence:
        print(sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
