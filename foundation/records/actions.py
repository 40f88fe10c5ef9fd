"""The doors through which records are written. Callers are the actions of the rooms above."""

from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from foundation.japanese.folding import folded
from foundation.records.facts import Facts, all_in_words
from foundation.records.labels import shortened
from foundation.records.models import Attachment, DataRevision, HistoryEntry, SampleLoad
from foundation.records.readers import rule_of
from foundation.records.seen import wait_in_line
from foundation.records.uploads import CheckedFile, check_room

Actor = Any  # an accounts.User or None; people live one room above


def moment(at: datetime | None = None) -> datetime:
    """The moment of an act: `at`, or the clock's when it was left out.

    The only place below views and commands that asks the clock. Views and commands pass the moment
    (`at=timezone.now()`), an action passes its own on to what it calls; tests may leave it out.
    """
    return timezone.now() if at is None else at


def local_day(at: datetime) -> date:
    """The day of a moment in the town's time."""
    return timezone.localtime(at).date()


_MOVE = """
    INSERT INTO records_datarevision (id, number, changed_at) VALUES (1, 1, %s)
    ON CONFLICT (id) DO UPDATE
    SET number = records_datarevision.number + 1, changed_at = excluded.changed_at
    RETURNING number
"""  # one statement, on both databases: it moves, waits in line, and says where it stands


def next_revision(*, at: datetime | None = None) -> int:
    """Move the data revision by one, as of `at`, and return it.

    Must run inside the transaction of the change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("next_revision() must run inside transaction.atomic()")
    changed_at = connection.ops.adapt_datetimefield_value(moment(at))
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [changed_at])
        return int(cursor.fetchone()[0])


def current_revision() -> int:
    """The number of the newest committed change (0 on an empty database)."""
    return DataRevision.objects.filter(id=1).values_list("number", flat=True).first() or 0


def record_change(
    *,
    by: Actor,
    action: str,
    subject: Model | None,
    before: Facts,
    after: Facts,
    label: str = "",
    month: date | None = None,
    reason: str = "",
    on_behalf_of: str = "",
    department: str = "",
    revision: int | None = None,
    readers: str | None = None,
    at: datetime | None = None,
) -> int:
    """Write one history entry and move the data revision, in the caller's transaction.

    `by` is the user, or None for a management command; `action` is "<area>.<what>", e.g.
    "kpi.value"; `before`/`after` are flat dicts, kept in words (`records.facts`); `month`: which
    month of the subject it is about, if it is about one. `revision` may be passed when the caller
    has already moved it (a row version that must equal it); `readers`: who may read the entry,
    where that is not the rule of its subject (`records.readers`); `at`: the moment of the change.
    Returns the revision number, which is unique per change.
    """
    at = moment(at)
    number, about = revision or next_revision(at=at), shortened(label or str(subject), 300)
    HistoryEntry.objects.create(
        at=at,
        revision=number,
        actor=by,
        actor_name=by.display_name if by else "システム",
        on_behalf_of=str(on_behalf_of or ""),
        department=str(department or ""),
        action=action,
        subject=subject if subject is not None and subject.pk else None,
        subject_label=about,
        month=month,
        before=all_in_words(before),
        after=all_in_words(after),
        reason=reason,
        readers=rule_of(subject) if readers is None else readers,
        search_words=folded(f"{about} {reason}"),
    )
    return number


@transaction.atomic
def attach_file(
    *,
    by: Actor,
    subject: Model,
    file: CheckedFile,
    label: str = "",
    month: date | None = None,
    department: str = "",
    on_behalf_of: str = "",
    at: datetime | None = None,
) -> Attachment:
    """Store an evidence file (`records.uploads.checked`) beside `subject`, or its `month`.

    ValidationError when it is there already, or there are too many.
    """
    at = moment(at)
    wait_in_line()
    beside = Attachment.objects.beside(subject, month)
    check_room(list(beside.values_list("name", "sha256", "size")), file)
    attachment = Attachment(
        subject=subject,
        month=month,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        uploaded_by=by,
        uploaded_at=at,
    )
    attachment.file.save(file.name, ContentFile(file.content), save=False)
    attachment.save()
    record_change(
        by=by,
        action="records.attachment",
        subject=subject,
        before={},
        label=f"{label or subject} 添付",
        month=month,
        after={"ファイル": file.name, "大きさ": file.size, "照合値": file.sha256},
        department=department,
        on_behalf_of=on_behalf_of,
        at=at,
    )
    return attachment


def sample_loaded() -> bool:
    """Is sample data in the database? Every page and workbook says so while it is."""
    return SampleLoad.objects.exists()
