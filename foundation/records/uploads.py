"""Files from people.

Bounded, typed by content, stored by hash, served only as downloads (docs/trust.md §1).
"""

import hashlib
import logging
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404

from foundation.sheets.inspection import UnsafeFile, inspect
from foundation.sheets.texts import kept

LIMIT = 10 * 1024 * 1024
COUNT_LIMIT = 20  # files beside one thing: one indicator's month, one sheet
TOTAL_LIMIT = 50 * 1024 * 1024
NAME_LIMIT = 150  # characters, as the column holds
# ending → (content type, first bytes that the file must have)
TYPES = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (b"PK\x03\x04",),
    ),
    ".docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (b"PK\x03\x04",),
    ),
    ".csv": ("text/csv", None),
    ".txt": ("text/plain", None),
}
INSPECTED = (".xlsx", ".docx")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be attached. Made before the lock is taken: looking into it takes time."""

    name: str
    content_type: str
    content: bytes
    sha256: str

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)


def read(upload) -> bytes:
    """The content of an uploaded file, bounded.

    ValidationError when there is none or it is too large.
    """
    if upload is None or not upload.size:
        raise ValidationError("ファイルを選んでください（空のファイルは添付できません）。")
    if upload.size > LIMIT:
        raise ValidationError("ファイルが大きすぎます（10MBまで）。分けるか、小さくしてください。")
    return upload.read()


def checked(name: str, content: bytes) -> CheckedFile:
    """The file with a safe name and its type.

    ValidationError when the kind is not allowed, the content is another, or something in it acts.
    """
    plain = plain_name(name)
    ending = PurePath(plain).suffix.lower()
    if ending not in TYPES:
        raise ValidationError(
            f"「{ending or plain}」は添付できません。{'・'.join(TYPES)} のどれかにしてください。"
        )
    content_type, magic = TYPES[ending]
    if magic and not content.startswith(magic):
        raise ValidationError(
            f"ファイルの中身が {ending} ではありません。元のファイルを確かめてください。"
        )
    if magic is None and b"\x00" in content:
        raise ValidationError("文字のファイルとして読めません。元のファイルを確かめてください。")
    if ending in INSPECTED:
        _look_into(content, ending)
    return CheckedFile(plain, content_type, content, hashlib.sha256(content).hexdigest())


def _look_into(content: bytes, ending: str) -> None:
    try:
        inspect(content, ending)
    except UnsafeFile as error:
        raise ValidationError(str(error)) from error


def check_room(beside: list[tuple[str, str, int]], file: CheckedFile) -> None:
    """ValidationError when this very file is there, or there is no room for one more.

    `beside`: (name, sha256, size) of the files that are there.
    """
    if (file.name, file.sha256) in {(name, sha256) for name, sha256, _ in beside}:
        raise ValidationError(f"同じファイル「{file.name}」が、すでに添付されています。")
    if len(beside) >= COUNT_LIMIT:
        raise ValidationError(
            f"添付できるのは{COUNT_LIMIT}件までです（いま{len(beside)}件）。"
            "いくつかを1つのファイルにまとめてください。"
        )

    total = sum(size for _, _, size in beside)
    if total + file.size > TOTAL_LIMIT:
        raise ValidationError(
            f"添付の合計が{_megabytes(TOTAL_LIMIT)}を超えます"
            f"（いま{_megabytes(total)}、このファイルは{_megabytes(file.size)}）。"
            "小さくするか、分けて別の場所に保管してください。"
        )


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}MB".replace(".0MB", "MB")


def plain_name(name: str) -> str:
    """A name without path and signs that a system refuses; too long a one keeps its ending.

    The ending is written in ASCII (「証拠．ＰＤＦ」 → 「証拠.PDF」): Windows opens no other.
    """
    plain = kept(unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name))
    plain = re.sub(r'[\n\t\r"<>:|?*/]', "", plain).strip(". \u3000．")
    stem, dot, last = plain.replace("．", ".").rpartition(".")
    if not dot:
        return plain[:NAME_LIMIT]
    ending = f".{unicodedata.normalize('NFKC', last).strip()}"[:NAME_LIMIT]
    return plain[: len(stem)][: NAME_LIMIT - len(ending)].rstrip() + ending


class Missing(Http404):
    """A file that was handed in does not lie in its place any more, or cannot be read there."""

    def __init__(self, name: str):
        super().__init__(f"「{name}」が保存場所に見つかりません。")
        self.name = name


def answer(attachment) -> FileResponse:
    """The stored file as a download: never shown in the browser, whatever it is."""
    try:
        content = attachment.file.open("rb")
    except OSError as error:
        log.error("attachment %s cannot be read: %s", attachment.pk, error)
        raise Missing(attachment.name) from error
    response = FileResponse(
        content,
        as_attachment=True,
        filename=attachment.name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
