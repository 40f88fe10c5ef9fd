#!/usr/bin/env python
"""Django's command line for this project. `--config FILE` names the settings file."""

import sys

try:
    from osaki_dx.commanding import main
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] != "django":
        raise
    sys.exit(
        "必要な部品が見つかりません。先に python3 run.py で一度起動し、"
        ".venv の Python（.venv/bin/python または .venv\\Scripts\\python.exe）で実行してください。"
    )

if __name__ == "__main__":
    sys.exit(main(sys.argv))
