"""The first process that asks makes it, the others wait for it."""

import time
from pathlib import Path

PATIENCE = 180  # seconds; a busy machine may take its time


def made_once(folder: Path, name: str, make) -> Path:
    """`folder / name`, which `make(draft)` makes as `draft`, whole or not at all."""
    wanted = folder / name
    begun = folder / f"{name}.begun"
    try:
        begun.mkdir(parents=True)
    except FileExistsError:
        until = time.monotonic() + PATIENCE
        while not wanted.exists():
            assert time.monotonic() < until, f"{name}: another process could not make it"
            time.sleep(0.05)
        return wanted
    draft = folder / f"{name}.unfinished"
    try:
        make(draft)
    except BaseException:
        begun.rmdir()
        raise
    return draft.rename(wanted)
