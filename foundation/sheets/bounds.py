"""How much a workbook that comes back may hold, counted while it is read.

The file is read piece by piece and given up at the first piece that is too much, so a bomb costs no
more than the limits allow; only what passes is opened as a workbook (`foundation.sheets.reading`).
Whether anything in it acts or calls is asked of `foundation.sheets.inspection`.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from openpyxl.utils import range_boundaries
from openpyxl.xml import DEFUSEDXML

from foundation.sheets import inspection

if not DEFUSEDXML:  # openpyxl uses it only when it is there; without it it reads an entity bomb
    raise RuntimeError("defusedxml が見つかりません。requirements/ から入れ直してください。")

CHUNK = 64 * 1024
OLE = b"\xd0\xcf\x11\xe0"  # an .xls, or a workbook under a password
XML = (".xml", ".rels", ".vml")
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
MEGABYTE = 1024 * 1024


class Unreadable(ValueError):
    """A file that is not taken; the message says why, and what to do."""


@dataclass(frozen=True)
class Limits:
    """What a file may hold: bytes as sent and unpacked, parts, and in all sheets together elements
    of XML, rows, cells, merged cells; `last_row`: below it nothing may stand.
    """

    size: int = 5 * MEGABYTE
    unpacked: int = 40 * MEGABYTE
    parts: int = 500
    elements: int = 600_000
    rows: int = 20_000
    cells: int = 200_000
    merged: int = 50_000
    last_row: int = 5_000


SHEET = Limits()
AGAIN = "ポータルから取り出した様式に入力して、もう一度選んでください。"
SAVE_AS = "Excelで開き、「Excelブック（.xlsx）」で保存し直してください。"
TOO_LARGE = "ファイルが大きすぎます（{}MBまで）。不要なシートや画像を消して保存し直してください。"
OLD_KIND = "古い形式（.xls）か、パスワード付きのファイルです。パスワードを外し、" + SAVE_AS
OTHER_KIND = "Excelのファイル（.xlsx）ではありません。" + AGAIN
BROKEN = "ファイルが壊れていて読めません。" + SAVE_AS
LOCKED = "パスワード付きのファイルは取り込めません。パスワードを外して保存し直してください。"
SWOLLEN = "展開すると大きくなりすぎるファイルです。" + AGAIN
MANY_ROWS = (
    "行が多すぎます（すべてのシートで{:,}行まで）。不要なシートを消して保存し直してください。"
)
MANY_CELLS = (
    "セルが多すぎます（すべてのシートで{:,}まで）。不要なシートを消して保存し直してください。"
)
FAR_DOWN = "{:,}行目より下に値があります。不要な行を消して保存し直してください。"
MERGED = "結合したセルが多すぎます（{:,}まで）。結合を解いて保存し直してください。"
SAID = {  # what `inspect` says of a file that is attached, as it is said of one that is read
    inspection.BROKEN: BROKEN,
    inspection.OTHER_KIND.format(ending=".xlsx"): OTHER_KIND,
    inspection.LOCKED: LOCKED,
    inspection.SWOLLEN: SWOLLEN,
    inspection.MACRO: "マクロ等のプログラムを含むファイルは取り込めません。" + SAVE_AS,
    inspection.OUTSIDE: "ほかのファイルや外部の場所へのリンクを含むファイルは取り込めません。"
    "リンクを解除（値に）して保存し直してください。",
    inspection.ENTITIES: "安全に読めない定義（DTD・実体参照）を含むファイルです。" + SAVE_AS,
    inspection.EMBEDDED: "中に別のファイルが埋め込まれています。消して保存し直してください。",
}


@dataclass
class Counted:
    """How much was read of a file before it was taken or given up."""

    size: int = 0  # bytes, unpacked
    elements: int = 0
    rows: int = 0
    cells: int = 0
    merged: int = 0


def check(content: bytes, limits: Limits = SHEET, counted: Counted | None = None) -> Counted:
    """Unreadable unless the file is a harmless .xlsx within the limits; how much it holds.

    `counted`: is counted on, so that one sees how much was read of what was refused.
    """
    counted = counted or Counted()
    if len(content) > limits.size:
        raise Unreadable(TOO_LARGE.format(limits.size // MEGABYTE))
    if content.startswith(OLE):
        raise Unreadable(OLD_KIND)
    if not content.startswith(b"PK"):
        raise Unreadable(OTHER_KIND)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _count(archive, limits, counted)
        inspection.inspect(content, ".xlsx")
    except inspection.FAULTS as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(BROKEN) from error
    except inspection.UnsafeFile as error:
        raise Unreadable(SAID.get(str(error), BROKEN)) from error
    return counted


def _count(archive: zipfile.ZipFile, limits: Limits, counted: Counted) -> None:
    """Read the parts through, the names and sizes that they give first."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(LOCKED)
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked:
        raise Unreadable(SWOLLEN)
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Unreadable(OTHER_KIND)
    for part in parts:
        seen = _Part(limits, counted, bool(SHEETS.search(part.filename)))
        reads = part.filename.lower().endswith(XML)
        with archive.open(part) as stream:
            while piece := stream.read(CHUNK):
                counted.size += len(piece)
                if reads:
                    seen.reader.Parse(piece, False)


class _Part:
    """One part of XML: its elements are counted, and in a sheet its rows and cells."""

    def __init__(self, limits: Limits, counted: Counted, is_sheet: bool) -> None:
        self.limits, self.counted, self.is_sheet = limits, counted, is_sheet
        self.row = 0
        self.reader = expat.ParserCreate()
        self.reader.StartDoctypeDeclHandler = self._entities
        self.reader.StartElementHandler = self._started

    def _entities(self, *_: Any) -> None:
        raise inspection.UnsafeFile(inspection.ENTITIES)

    def _started(self, name: str, given: dict[str, str]) -> None:
        counted, limits = self.counted, self.limits
        counted.elements += 1
        if counted.elements > limits.elements:
            raise Unreadable(MANY_CELLS.format(limits.cells))
        if not self.is_sheet:
            return
        plain = name.rpartition(":")[2]
        if plain == "row":
            self._row(given)
        elif plain == "c":
            counted.cells += 1
            if counted.cells > limits.cells:
                raise Unreadable(MANY_CELLS.format(limits.cells))
        elif plain in ("v", "is", "f") and self.row > limits.last_row:
            raise Unreadable(FAR_DOWN.format(limits.last_row))
        elif plain == "mergeCell":
            counted.merged += _area(given.get("ref", ""))
            if counted.merged > limits.merged:
                raise Unreadable(MERGED.format(limits.merged))

    def _row(self, given: dict[str, str]) -> None:
        self.counted.rows += 1
        if self.counted.rows > self.limits.rows:
            raise Unreadable(MANY_ROWS.format(self.limits.rows))
        told = given.get("r", "")
        if told.isdigit():
            self.row = int(told)
        else:
            self.row += 1


def _area(reference: str) -> int:
    """How many cells a merged range takes; ValueError (a broken file) where it is none."""
    left, top, right, bottom = range_boundaries(reference)
    if not (left and top and right and bottom):
        raise ValueError(f"{reference} is no range")
    wide = right - left + 1
    high = bottom - top + 1
    return wide * high
