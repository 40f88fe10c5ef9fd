"""The seal of a backup: its last bytes are the SHA-256 of all bytes before them.

A backup is a ZIP file; the seal is the end of its comment, so every tool opens the file, and one
changed or missing byte, wherever it is, is seen.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from osaki_dx.wrong import Wrong

FIRST = "osaki-dx-backup.txt"  # the first member, by whose name a backup is known
NAMED_AT = 30  # where the name of the first member stands in a ZIP file
WORDS = b"osaki-dx backup, sha256 of all before: "
DIGITS = 64
EMPTY = WORDS + b"0" * DIGITS
PIECE = 1024 * 1024


def digest_of(file: BinaryIO, size: int) -> str:
    """The SHA-256 of the first bytes of a file."""
    file.seek(0)
    digest, left = hashlib.sha256(), size
    while left > 0:
        piece = file.read(min(PIECE, left))
        if not piece:
            break
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest()


def set_seal(file: BinaryIO) -> str:
    """Seal a finished ZIP file whose comment is `EMPTY`; returns the seal."""
    end = (
        file.seek(
            0,
            os.SEEK_END,
        )
        - DIGITS
    )
    seal = digest_of(file, end)
    file.seek(end)
    file.write(seal.encode("ascii"))
    file.flush()
    os.fsync(file.fileno())
    return seal


def check_seal(path: Path) -> str:
    """The seal of a backup. Wrong when the file is something else, cut off or changed."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        head, tail = _ends(file, size)
        if FIRST.encode("ascii") != head:
            raise Wrong(f"{path} は、このポータルのバックアップではありません。")
        if not tail.startswith(WORDS):
            raise Wrong(f"{path} は途中で切れています。別のバックアップを使ってください。")
        seal = tail[len(WORDS) :].decode(
            "ascii",
            "replace",
        )
        if digest_of(file, size - DIGITS) != seal:
            raise Wrong(
                f"{path} は壊れています（照合値が合いません）。別のバックアップを使ってください。"
            )
        return seal


def _ends(file: BinaryIO, size: int) -> tuple[bytes, bytes]:
    """The name of the first member, and the end where the seal is."""
    file.seek(0)
    start = file.read(NAMED_AT + len(FIRST))
    head = start[NAMED_AT:] if start.startswith(b"PK\x03\x04") else b""
    file.seek(max(0, size - len(EMPTY)))
    return head, file.read(len(EMPTY))
