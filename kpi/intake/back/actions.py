"""A returned sheet is kept; what was shown of it is taken over as one batch; a batch is taken back.

Values are written through `record_value` alone. Each action is one transaction: all or nothing.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.records.actions import moment, record_change
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.seen import Seen, wait_in_line
from foundation.round_trip.actions import MOVED
from kpi.actions import Locked, Saved, record_value
from kpi.cells.kept import kept, taken_up
from kpi.intake.back.forms import Received
from kpi.intake.back.now import month_now
from kpi.intake.back.preview import Picks, Preview, picks_of, preview_of
from kpi.intake.back.row import RowDifference
from kpi.intake.models import Batch, BatchUndo, ReturnedFile
from kpi.models import ReportingMonth

NOTHING = "取り込む値がありません。"
LATE = "{}：{}取消は提出の前だけできます。"


@transaction.atomic
def keep_file(*, by: User, received: Received, at: datetime | None = None) -> ReturnedFile:
    """Keep a file that was understood, as evidence. No value changes."""
    wait_in_line()
    sheet = received.returned.identity
    made: ReturnedFile = ReturnedFile.objects.create(
        month=sheet.month,
        department=sheet.department_name,
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
def take_over(
    *,
    by: User,
    file: ReturnedFile,
    seen: Seen | None,
    picks: Picks,
    on: date,
    at: datetime | None = None,
) -> Batch:
    """Take over exactly what was shown of a file (`seen`), with what was chosen (`picks`).

    A second press answers with the batch of the first. Raises Conflict where anything moved since,
    ValidationError where nothing is left or a value is refused; then nothing was written.
    """
    at = moment(at)
    wait_in_line()
    made: Batch | None = Batch.objects.filter(file=file).first()
    if made is not None:
        return made
    preview = preview_of(file, by, at=at)
    if seen is None or seen.moved({"shown": preview.digest}):
        raise Conflict(None, MOVED, now={"shown": preview.digest})
    rows = preview.to_save(picks)
    if not rows:
        raise ValidationError(NOTHING)
    number = Batch.objects.next_number()
    cells = _save_all(preview, rows, picks, by=by, number=number, on=on, at=at)
    batch: Batch = Batch.objects.create(
        number=number, file=file, cells=cells, applied_by=by, applied_at=at
    )
    _tell(batch, {}, {**_evidence(file), "取り込んだ指標": len(cells)}, by=by, at=at)
    return batch


def _save_all(
    preview: Preview,
    rows: list[RowDifference],
    picks: Picks,
    *,
    by: User,
    number: int,
    on: date,
    at: datetime,
) -> list[dict[str, Any]]:
    """Save the rows; what another one makes possible is tried once more. All or ValidationError."""
    # in a closed month the reason is that of the exception, which `record_value` knows
    closed = ReportingMonth.objects.closed(preview.file.month)
    reason = "" if closed else f"取込 第{number}号"

    def save(row: RowDifference) -> Saved:
        assert row.now is not None
        return record_value(
            by=by,
            indicator=row.now.indicator,
            month=preview.file.month,
            seen_version=row.now.version,
            entry=row.entry(picks_of(row, picks)),
            on=on,
            reason=reason,
            at=at,
        )

    done: list[dict[str, Any]] = []
    left, refused = _tried(rows, save, done)
    if left:
        left, refused = _tried(left, save, done)
    if left:
        raise ValidationError(refused)
    return done


def _tried(
    rows: list[RowDifference], save: Callable[[RowDifference], Saved], done: list[dict[str, Any]]
) -> tuple[list[RowDifference], list[str]]:
    """(rows that were refused, why); `done`: those that were saved, as a batch keeps them."""
    left, refused = [], []
    for row in rows:
        assert row.now is not None
        indicator = row.now.indicator
        try:
            saved = save(row)
        except ValidationError as error:
            left.append(row)
            refused.append(f"{indicator}：{error.messages[0]}")
            continue
        version = saved.value.version if saved.value else 0
        before = kept(row.now.stored)
        done.append({"indicator": indicator.pk, "version": version, "before": before})
    return left, refused


@transaction.atomic
def take_back(*, by: User, batch: Batch, on: date, at: datetime | None = None) -> BatchUndo:
    """Put back what a batch has changed, until it is handed in; a second press changes nothing.

    What has changed since stays and is named. Raises Locked where a month is handed in or closed.
    """
    at = moment(at)
    wait_in_line()
    undone: BatchUndo | None = BatchUndo.objects.filter(batch=batch).first()
    if undone is not None:
        return undone
    month = month_now(batch.file.month, by, at=at)
    rows = [month[cell["indicator"]] for cell in batch.cells if cell["indicator"] in month]
    for row in rows:
        if row.lock:
            raise Locked(LATE.format(row.indicator, row.lock))
    left = []
    for cell in reversed(batch.cells):  # each step was possible the other way round
        why = _put_back(cell, month, by=by, batch=batch, on=on, at=at)
        left += [why] if why else []
    undo: BatchUndo = BatchUndo.objects.create(batch=batch, left=left, undone_by=by, undone_at=at)
    after = {"元に戻した指標": len(batch.cells) - len(left)}
    _tell(batch, {**_evidence(batch.file)}, after, by=by, at=at)
    return undo


def _put_back(
    cell: dict[str, Any], month: dict[int, Any], *, by: User, batch: Batch, on: date, at: datetime
) -> str:
    """Put one cell back; the sentence why it stays, or ""."""
    row = month.get(cell["indicator"])
    if row is None:
        return ""
    indicator = row.indicator
    try:
        record_value(
            by=by,
            indicator=indicator,
            month=batch.file.month,
            seen_version=cell["version"],
            entry=taken_up(cell["before"]),
            on=on,
            reason=f"{batch}の取消",
            at=at,
        )
    except SavedAlready:
        return ""
    except Conflict as conflict:
        return f"{indicator}：{conflict.sentence}いまの値（{conflict.words}）を残しました。"
    except ValidationError as error:
        return f"{indicator}：{error.messages[0]}"
    return ""


def _evidence(file: ReturnedFile) -> dict[str, Any]:
    return {"ファイル": file.name, "照合値": file.sha256}


def _tell(
    batch: Batch, before: dict[str, Any], after: dict[str, Any], *, by: User, at: datetime
) -> None:
    record_change(
        by=by,
        action="kpi.intake",
        subject=batch,
        label=f"{batch}（{batch.file.name}）",
        month=batch.file.month,
        before=before,
        after=after,
        department=batch.file.department,
        at=at,
    )
