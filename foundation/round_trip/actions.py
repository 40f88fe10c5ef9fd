"""A returned sheet is kept; what was shown of it is taken over as one batch; a batch is taken back.

What changes is written by its kind, through the one action of what it is about. Each action here
is one transaction: all or nothing.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.records.actions import moment, record_change
from foundation.records.conflict import Conflict
from foundation.records.seen import Seen, wait_in_line
from foundation.round_trip.forms import ReceivedSheet
from foundation.round_trip.kind import Kept, SheetKind
from foundation.round_trip.models import SheetBatch, SheetFile, SheetUndo, batch_name
from foundation.round_trip.preview import Picks, picks_of
from foundation.round_trip.previewing import SheetPreview, preview_of

MOVED = (
    "確かめている間に、ほかの人が保存するなどして内容が変わりました。まだ何も取り込んでいません。"
    "下の内容を確かめて、もう一度確定してください。"
)
NOTHING = "取り込む内容がありません。"
NOTHING_BACK = "元に戻せるものがありません。"


@transaction.atomic
def keep_sheet(
    *, by: User, received: ReceivedSheet, kind: SheetKind[Any], at: datetime | None = None
) -> SheetFile:
    """Keep a file that was understood, as evidence. Nothing else changes."""
    wait_in_line()
    sheet = received.returned.identity
    made: SheetFile = SheetFile.objects.create(
        document=kind.document,
        title=kind.title,
        subject=sheet.subject[:100],
        issued_at=sheet.issued_at,
        name=received.name,
        content=received.content,
        size=len(received.content),
        sha256=received.sha256,
        uploaded_by=by,
        uploaded_at=moment(at),
    )
    return made


@transaction.atomic
def take_over_sheet(
    *,
    by: User,
    file: SheetFile,
    kind: SheetKind[Any],
    seen: Seen | None,
    picks: Picks,
    on: date,
    at: datetime | None = None,
) -> SheetBatch:
    """Take over exactly what was shown of a file (`seen`), with what was chosen (`picks`).

    A second press answers with the batch of the first. Raises Conflict where anything moved since,
    ValidationError where nothing is left or something is refused; then nothing was written.
    """
    at = moment(at)
    wait_in_line()
    made: SheetBatch | None = SheetBatch.objects.filter(file=file).first()
    if made is not None:
        return made
    preview = preview_of(file, by, kind, at=at)
    if seen is None or seen.moved({"shown": preview.digest}):
        raise Conflict(None, MOVED, now={"shown": preview.digest})
    number = SheetBatch.objects.next_number(kind.document)
    note = batch_name(kind.title, number)
    cells = _save_all(preview, picks, by=by, note=note, on=on, at=at)
    batch: SheetBatch = SheetBatch.objects.create(
        document=kind.document,
        number=number,
        file=file,
        cells=cells,
        applied_by=by,
        applied_at=at,
    )
    after = {**_evidence(file), "取り込んだ件数": len(cells)}
    _tell(batch, kind, {}, after, by=by, at=at)
    return batch


def _save_all(
    preview: SheetPreview, picks: Picks, *, by: User, note: str, on: date, at: datetime
) -> list[Kept]:
    """Save the rows that change, in their order. All or ValidationError."""
    rows = preview.to_save(picks)
    if not rows:
        raise ValidationError(NOTHING)
    done: list[Kept] = []
    refused = []
    for row in rows:
        assert row.now is not None
        texts = row.texts(picks_of(row, picks))
        try:
            done += preview.kind.save(
                row,
                texts,
                by=by,
                note=note,
                on=on,
                at=at,
            )
        except ValidationError as error:
            refused.append(f"{row.now.name}：{error.messages[0]}")
    if refused:
        raise ValidationError(refused)
    return done


@transaction.atomic
def take_back_sheet(
    *, by: User, batch: SheetBatch, kind: SheetKind[Any], on: date, at: datetime | None = None
) -> SheetUndo:
    """Put back what a batch has changed; a second press changes nothing.

    What cannot be put back stays and is named. Raises ValidationError where nothing can.
    """
    at = moment(at)
    wait_in_line()
    undone: SheetUndo | None = SheetUndo.objects.filter(batch=batch).first()
    if undone is not None:
        return undone
    note = f"{batch}の取消"
    left = []
    for kept in reversed(batch.cells):  # each step was possible the other way round
        why = kind.put_back(
            kept,
            by=by,
            note=note,
            on=on,
            at=at,
        )
        left += [why] if why else []
    if len(left) == len(batch.cells):
        raise ValidationError([NOTHING_BACK, *left])
    undo: SheetUndo = SheetUndo.objects.create(batch=batch, left=left, undone_by=by, undone_at=at)
    after = {"元に戻した件数": len(batch.cells) - len(left)}
    _tell(batch, kind, {**_evidence(batch.file)}, after, by=by, at=at)
    return undo


def _evidence(file: SheetFile) -> dict[str, Any]:
    return {"ファイル": file.name, "照合値": file.sha256}


def _tell(
    batch: SheetBatch,
    kind: SheetKind[Any],
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    by: User,
    at: datetime,
) -> None:
    record_change(
        by=by,
        action=kind.action,
        subject=batch,
        label=f"{batch}（{batch.file.name}）",
        before=before,
        after=after,
        department=batch.file.subject,
        at=at,
    )
