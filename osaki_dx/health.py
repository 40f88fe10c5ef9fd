"""`/healthz`: can the portal work? Database, migrations, guards, and a write that leaves nothing.

Asked every few seconds by whoever watches the portal, also while it is in trouble: it costs little
and does not wait. Nothing that it says is remembered from an earlier time; only which migrations
this program has is, and that changes with the program alone.
"""

import logging
import tempfile
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse

from foundation.records.guards import faults
from osaki_dx.postgresql.patience import within
from osaki_dx.trouble import Trouble, trouble_of

PATIENCE = 1.5  # seconds for a database that is there and says nothing
HURRY = 0.5  # seconds in the writers' line: who stands there longer sees others write
SIZE = 64 * 1024  # bytes that must find room where files are kept
# The revision as it is, unless somebody is changing it: then writing works, and nobody waits.
SAME = """
UPDATE records_datarevision SET number = number WHERE id IN (
  SELECT id FROM records_datarevision WHERE id = 1 FOR UPDATE SKIP LOCKED
)
"""
log = logging.getLogger(__name__)


@login_not_required
def healthz(request):
    """200 {"status": "ok"} when the portal can work, else 503 with the reason."""
    with within(PATIENCE):
        reason = _reason()
    if reason:
        return JsonResponse({"status": "unavailable", "reason": reason}, status=503)
    return JsonResponse({"status": "ok"})


def _reason() -> str:
    """What is wrong, in a word (docs/operations.md §9); empty where nothing is."""
    try:
        if waiting():
            return "migrations"
        if faults(connection):
            return "guards"
        write_to_database()
        write_to_folders()
    except (Error, OSError) as error:
        log.error("healthz: %s: %s", type(error).__name__, " ".join(str(error).split()))
        return _word(error)
    return ""


def _word(error: Exception) -> str:
    unwritable = trouble_of(error) is Trouble.UNWRITABLE or isinstance(error, OSError)
    return (Trouble.UNWRITABLE if unwritable else Trouble.GONE).value


@cache
def _known() -> frozenset[tuple[str, str]]:
    """The migrations of this program; its files are read once."""
    return frozenset(MigrationLoader(None).graph.nodes)


def waiting() -> frozenset[tuple[str, str]]:
    """The migrations that this database has not seen."""
    seen = MigrationRecorder.Migration.objects.using(connection.alias)
    return _known() - set(seen.values_list("app", "name"))


def write_to_database() -> None:
    """Error when the database takes nothing. What is written is what was there already."""
    database: Any = connection
    hurry = getattr(database, "in_a_hurry", lambda _: nullcontext())
    try:
        with hurry(HURRY), transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA user_version")
                version = cursor.fetchone()[0]
                cursor.execute(f"PRAGMA user_version = {version}")  # a page, and a commit
            else:
                cursor.execute(SAME)
                transaction.set_rollback(True)  # no row of it, no reason for others to try again
    except DatabaseError as error:
        if trouble_of(error) is not Trouble.BUSY:
            raise


def write_to_folders() -> None:
    """OSError when a file does not find room: one without a name, gone before anybody sees it."""
    uploads = Path(settings.MEDIA_ROOT)
    for folder in {settings.DATA_DIR, uploads if uploads.is_dir() else settings.DATA_DIR}:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(SIZE))
