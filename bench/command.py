"""`python3 run.py bench`: starts the databases, measures on each, prints the table.

Called on a machine where nothing is installed yet: standard library only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.table import Row, as_json, from_json, printed
from osaki_dx import configuration
from osaki_dx.installed import PYTHON, prepare
from osaki_dx.machine import ROOT, Stop
from tests.suite import empty_settings, postgres_url, without_settings

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def main(argv: list) -> int:
    """Exit code 0 when every promise is kept."""
    options = _options(argv)
    prepare("test")
    folder = Path(tempfile.mkdtemp(prefix="odxb"))
    folder.chmod(0o755)
    try:
        rows = [
            row
            for name in options.database
            for row in _measured(
                name,
                folder,
                options,
            )
        ]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(printed(rows))
    if options.json:
        Path(options.json).write_text(as_json(rows), encoding="utf-8")
    return 1 if any(row.met is False for row in rows) else 0


def _options(argv: list) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench", description="速さの約束を測ります。")
    parser.add_argument("--json", help="表をこのファイルにも書く")
    parser.add_argument("--quick", action="store_true", help="試しに1回だけ測る（見本データなし）")
    parser.add_argument("--deep", action="store_true", help="100倍のデータと200万件の値でも測る")
    parser.add_argument(
        "--database",
        action="append",
        choices=(SQLITE, POSTGRESQL),
        help="測るデータベース（既定は両方）",
    )
    options = parser.parse_args(argv)
    options.database = options.database or [SQLITE, POSTGRESQL]
    return options


def _measured(database: str, folder: Path, options: argparse.Namespace) -> list[Row]:
    """The rows of one database, measured in a process of its own."""
    print(f"{database} で測っています…", flush=True)
    data, out = folder / f"data-{database}", folder / f"{database}.json"
    data.mkdir()
    env = _environment(folder, data)
    server = str(folder / "pg")
    if database == POSTGRESQL:
        env["DATABASE_URL"] = postgres_url(server, env)
    command = [str(PYTHON), "-m", "bench.measure", database, str(out)]
    command += [f"--{name}" for name in ("quick", "deep") if getattr(options, name)]
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, check=False)
    finally:
        if database == POSTGRESQL:
            stop = [str(PYTHON), str(ROOT / "tests" / "postgres.py"), server, "stop"]
            subprocess.run(stop, env=env, check=False)
    if done.returncode:
        raise Stop(f"{database} で測れませんでした。上の表示を確かめてください。")
    return from_json(out.read_text(encoding="utf-8"))


def _environment(folder: Path, data: Path) -> dict[str, str]:
    """Only settings of ours, none of the machine's portal."""
    return {
        **without_settings(os.environ),
        "PYTHONUTF8": "1",
        configuration.DATA: str(data),
        configuration.NAMED: str(empty_settings(folder)),
        "XDG_RUNTIME_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
    }
