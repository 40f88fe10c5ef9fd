"""What must never change: editions, forms and files, compared with the hashes kept with them."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from foundation.records.models import Attachment
from foundation.round_trip.models import SheetFile
from headquarters.reports.models import Edition, FilledForm, TownForm
from kpi.intake.models import ReturnedFile
from osaki_dx.keeping import files
from osaki_dx.keeping.doctor.finding import Finding, bad, good, named, warn

SEALED = (  # what is looked at: the model, its content, its hash
    ("版", Edition, "report", "report_sha256"),
    ("版のExcel", Edition, "workbook", "workbook_sha256"),
    ("町の様式", TownForm, "content", "sha256"),
    ("版の様式", FilledForm, "content", "sha256"),
    ("取込ファイル", ReturnedFile, "content", "sha256"),
    ("様式の取込ファイル", SheetFile, "content", "sha256"),
)
PUT_BACK = "バックアップを別の空の場所に復元し、そこにある元のものと比べてください"


def look(at: datetime) -> Iterator[Finding]:
    """Everything that carries a hash."""
    for subject, model, content, sha256 in SEALED:
        yield sealed(
            subject,
            model,
            content,
            sha256,
        )
    yield attachments()
    yield without_a_row(at)


def sealed(subject: str, model: Any, content: str, sha256: str) -> Finding:
    """The contents of one column, one at a time."""
    rows = model._base_manager.exclude(**{sha256: ""}).order_by("pk")
    wrong, count = [], 0
    for pk, value, said in rows.values_list("pk", content, sha256).iterator(chunk_size=1):
        count += 1
        if hashlib.sha256(_bytes(value)).hexdigest() != said:
            wrong.append(f"{pk}番")
    if wrong:
        return bad(subject, f"照合値と内容が違います：{named(wrong)}", f"{PUT_BACK}。")
    return good(subject, f"{count}件が、保存したときのままです。")


def _bytes(value) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value or b"")


def attachments() -> Finding:
    """Every attachment lies in its place, as it was handed in."""
    rows = Attachment.objects.order_by("pk").values_list(
        "name",
        "file",
        "sha256",
    )
    missing, changed, count = [], [], 0
    for name, file, sha256 in rows.iterator():
        count += 1
        place = files.place_of(file)
        if not place.is_file():
            missing.append(name)
        elif _digest(place) != sha256:
            changed.append(name)
    if missing or changed:
        told = [f"見つからない：{named(missing)}"] if missing else []
        told += [f"内容が違う：{named(changed)}"] if changed else []
        return bad(
            "添付ファイル",
            "。".join(told),
            "バックアップの files フォルダーから、同じ名前のものを uploads に戻してください。",
        )
    return good("添付ファイル", f"{count}件が、登録したときのままです。")


def without_a_row(at: datetime) -> Finding:
    """Nothing lies there that nobody has handed in."""
    left = files.left_behind(at)
    if not left:
        return good("登録のないファイル", "uploads に、登録のない添付ファイルはありません。")
    names = named([f"{path.parent.name}/{path.name}" for path in left])
    return warn(
        "登録のないファイル",
        f"{len(left)}件あります（登録の途中で止まったもの）：{names}",
        "manage.py prune_uploads で消せます"
        "（データベースだけを古いバックアップに戻した後は、消さないでください）。",
    )


def _digest(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
