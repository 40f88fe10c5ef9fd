"""The attachments that rows speak of, where they lie."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import FileField

from foundation.records.models import Attachment
from osaki_dx.keeping.package import is_plain

STAGE = ".restoring"
OURS = re.compile(r"[0-9a-f]{64}(_\w+)?")  # the name under which an attachment is kept
A_DAY = timedelta(days=1)  # longer than any upload takes


def names_in(connection, models: list[Any]) -> list[str]:
    """The names of all stored files, each once."""
    names: set[str] = set()
    for model in models:
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                rows = model._base_manager.using(connection.alias)
                names.update(rows.values_list(field.attname, flat=True).iterator())
    return sorted(name for name in names if name and is_plain(name))


def place_of(name: str) -> Path:
    """Where a stored file lies."""
    return Path(settings.MEDIA_ROOT) / name


def left_behind(at: datetime) -> list[Path]:
    """Files of attachments that no row speaks of: the process was killed in the middle.

    What is younger than a day may belong to an upload that is not done. The folder is read before
    the rows, and every file is written anew under a name of its own, so a row that comes meanwhile
    has none of these. What somebody else has put there is let alone.
    """
    until = (at - A_DAY).astimezone(UTC).timestamp()
    root = Path(settings.MEDIA_ROOT)
    old = [
        path
        for path in sorted((root / "attachments").glob("*/*"))
        if OURS.fullmatch(path.name) and path.is_file() and path.stat().st_mtime < until
    ]
    known = set(names_in(connection, [Attachment])) if old else set()
    return [path for path in old if path.relative_to(root).as_posix() not in known]


def stored() -> Iterator[Path]:
    """Every file that lies there."""
    root = Path(settings.MEDIA_ROOT)
    return (path for path in sorted(root.rglob("*")) if path.is_file())
