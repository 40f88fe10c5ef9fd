"""How much room there is, and how much is needed."""

import shutil
from pathlib import Path

from django.conf import settings

from osaki_dx.keeping.files import stored
from osaki_dx.wrong import Wrong

MEGABYTE = 1024 * 1024
RESERVE = 64 * MEGABYTE  # what is left for everything else


def free(folder: Path) -> int:
    """Bytes that are free where a folder lies."""
    return shutil.disk_usage(folder).free


def of_database(connection) -> int:
    """Bytes that the database takes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0]
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_size")
        return pages * cursor.fetchone()[0]


def of_files() -> int:
    """Bytes that the attachments take."""
    return sum(path.stat().st_size for path in stored()) if settings.MEDIA_ROOT else 0


def check(folder: Path, needed: int) -> None:
    """Wrong when there is too little room in a folder."""
    there = free(folder)
    if there < needed + RESERVE:
        told = f"空き{megabytes(there)}、必要{megabytes(needed + RESERVE)}"
        raise Wrong(
            f"{folder} の空きが足りません（{told}）。空きを作るか、別の場所を指定してください。"
        )


def megabytes(size: int) -> str:
    """A size in words."""
    return f"{size / MEGABYTE:,.1f}MB"
