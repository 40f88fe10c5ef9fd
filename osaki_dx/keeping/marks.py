"""When the commands that run by the clock ran last: a small file for each in the data folder.

Not in the database: to have run is no change of the town's data, and each machine has its own
schedule.
"""

import json
import os
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from osaki_dx.folders import FOLDER

PLACE = "runs"
SCHEDULED = ("remind", "export_month", "clearsessions")  # `backup` remembers more by itself


def note(folder: Path, command: str, at: datetime, **facts) -> None:
    """Remember that a command has run; nothing where the data folder cannot be written to."""
    with suppress(OSError):
        place = folder / PLACE
        place.mkdir(mode=FOLDER, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=place)  # rights: its owner's alone
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"at": at.isoformat(), **facts}, file, ensure_ascii=False)
        os.replace(draft, place / f"{command}.json")


def last(folder: Path, command: str) -> dict | None:
    """What was remembered of the last run, `at` as a moment; None when there was none."""
    try:
        told = json.loads((folder / PLACE / f"{command}.json").read_text(encoding="utf-8"))
        return {**told, "at": datetime.fromisoformat(told["at"])}
    except (OSError, ValueError, TypeError, KeyError):
        return None
