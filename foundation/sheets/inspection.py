"""What is inside an .xlsx or .docx that somebody hands in: nothing that acts, nothing that calls.

Such a file is an archive of parts. Refused are macros and other programs, parts that are fetched
from elsewhere when the file is opened, document types and entities in XML, and archives that grow
beyond all measure when they are unpacked. The file itself is never changed, and never opened here
as a workbook or document.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

PARTS_LIMIT = 5_000
UNPACKED_LIMIT = 200 * 1024 * 1024  # bytes of all parts together
RATIO_LIMIT = 200  # unpacked : packed, of a part of some size
RATIO_FROM = 1024 * 1024
CHUNK = 64 * 1024
MAIN = {".xlsx": "xl/workbook.xml", ".docx": "word/document.xml"}
TYPES = "[content_types].xml"
FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    OSError,
    ValueError,
    LookupError,  # an encoding that is not known
    RuntimeError,  # a part that is locked, a method that is not known
)

BROKEN = "ファイルが壊れています。元のファイルを開いて保存し直してから、もう一度添付してください。"
OTHER_KIND = "ファイルの中身が {ending} ではありません。元のファイルを確かめてください。"
LOCKED = "パスワード付きのファイルは添付できません。パスワードを外してください。"
SWOLLEN = "展開すると大きくなりすぎるファイルです。内容を減らすか、PDFにしてください。"
MACRO = "マクロ等のプログラムを含むファイルは添付できません。マクロなしの形式で保存してください。"
OUTSIDE = (
    "ほかのファイルや外部の場所へのリンクを含むファイルは添付できません。"
    "リンクを解除する（値にする）か、PDFにしてください。"
)
ENTITIES = (
    "安全に読めない定義（DTD・実体参照）を含むファイルです。Excel・Wordで保存し直してください。"
)

EMBEDDED = "中に別のファイル（オブジェクト）が埋め込まれています。図にするか、PDFにしてください。"

PROGRAMS = re.compile(
    r"vbaproject|vbadata|/activex/|/macrosheets/|/dialogsheets/|/customui"
    r"|\.(bin|exe|dll|js|vbs|ps1|cmd|bat)$"
)
HARMLESS = re.compile(r"/printersettings\d*\.bin$")
EMBEDDINGS = "/embeddings/"  # a Word chart keeps its figures there, as a workbook
FETCHED = re.compile(r"^/xl/(externallinks/|connections\.xml|querytables/|webextensions/)")
PROGRAM_TYPES = ("macroenabled", "vbaproject", "activex", "oleobject")
CALLS = re.compile(r"\b(?:_xlfn\.)?(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?)\s*\(", re.IGNORECASE)
FIELDS = re.compile(r"\s*(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|DATABASE)\b", re.IGNORECASE)
FORMULA_LIMIT = 10_000  # characters; Excel allows 8,192


class UnsafeFile(Exception):
    """Why the file is refused; the sentence is shown to the person."""


def inspect(content: bytes, ending: str) -> None:
    """UnsafeFile unless the archive is a harmless .xlsx or .docx (`ending`)."""
    _inspect(content, ending, embedded=False)


def _inspect(content: bytes, ending: str, *, embedded: bool) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_shape(archive, ending)
            for part in archive.infolist():
                _check_part(
                    archive,
                    part,
                    embedded,
                )
    except FAULTS as error:
        raise UnsafeFile(BROKEN) from error


def _check_shape(archive: zipfile.ZipFile, ending: str) -> None:
    """Which parts there are, how large, and whether they are those of such a file."""
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise UnsafeFile(SWOLLEN)
    if any(part.flag_bits & 1 for part in parts):
        raise UnsafeFile(LOCKED)
    if len(set(names)) < len(names) or any(_leads_out(name) for name in names):
        raise UnsafeFile(BROKEN)
    if any(_is_swollen(part) for part in parts):
        raise UnsafeFile(SWOLLEN)
    if MAIN[ending] not in names or TYPES not in names:
        raise UnsafeFile(OTHER_KIND.format(ending=ending))


def _leads_out(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or ":" in plain


def _is_swollen(part: zipfile.ZipInfo) -> bool:
    large = part.file_size > RATIO_FROM
    return large and part.file_size > RATIO_LIMIT * max(part.compress_size, 1)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, embedded: bool) -> None:
    name = "/" + part.filename.lower().replace("\\", "/")
    if EMBEDDINGS in name:
        _check_embedded(
            archive,
            part,
            name,
            embedded,
        )
    elif PROGRAMS.search(name) and not HARMLESS.search(name):
        raise UnsafeFile(MACRO)
    elif FETCHED.search(name):
        raise UnsafeFile(OUTSIDE)
    elif name.endswith((".xml", ".rels", ".vml")):
        _Part().read(archive, part)
    else:
        _read_through(archive, part)


def _check_embedded(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, embedded: bool
) -> None:
    """The figures of a chart are looked at like the file itself; anything else is refused."""
    if part.is_dir():
        return
    if embedded or not name.endswith(".xlsx"):
        raise UnsafeFile(EMBEDDED)
    _inspect(archive.read(part), ".xlsx", embedded=True)


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces, never more of it than it has said to be."""
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            yield piece


def _read_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """What is damaged shows when it is read (checksums)."""
    for _ in _chunks(archive, part):
        pass


class _Part:
    """One part of XML, read piece by piece: well formed, and nothing in it acts or calls."""

    def __init__(self) -> None:
        self.reader = expat.ParserCreate()
        self.reader.StartDoctypeDeclHandler = self._entities
        self.reader.EntityDeclHandler = self._entities
        self.reader.StartElementHandler = self._started
        self.reader.EndElementHandler = self._ended
        self.reader.CharacterDataHandler = self._text
        self.within = ""  # the element whose text is looked at
        self.formula = ""
        self.field = ""  # the instruction of a Word field, which may stand in several pieces

    def read(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        """Read it all. Raises UnsafeFile, expat.ExpatError."""
        for piece in _chunks(archive, part):
            self.reader.Parse(piece, False)
        self.reader.Parse(b"", True)

    def _entities(self, *_: Any) -> None:
        raise UnsafeFile(ENTITIES)

    def _started(self, name: str, given: dict[str, str]) -> None:
        self.within = name.rpartition(":")[2]
        if self.within == "Relationship":
            _check_relation(given)
        elif self.within in ("Override", "Default"):
            kind = given.get("ContentType", "").lower()
            if any(word in kind for word in PROGRAM_TYPES):
                raise UnsafeFile(MACRO)
        elif self.within == "fldChar" and given.get("w:fldCharType") == "begin":
            self.field = ""
        elif self.within == "fldSimple" and FIELDS.match(given.get("w:instr", "")):
            raise UnsafeFile(OUTSIDE)

    def _text(self, text: str) -> None:
        if self.within in ("f", "definedName"):
            self.formula = (self.formula + text)[:FORMULA_LIMIT]
        elif self.within == "instrText":
            self.field = (self.field + text)[:FORMULA_LIMIT]

    def _ended(self, name: str) -> None:
        if CALLS.search(self.formula) or FIELDS.match(self.field):
            raise UnsafeFile(OUTSIDE)
        self.within, self.formula = "", ""


def _check_relation(given: dict[str, str]) -> None:
    """A part may point outside only where a person has to press: a hyperlink."""
    outside = given.get("TargetMode", "").lower() == "external"
    if outside and not given.get("Type", "").lower().endswith("/hyperlink"):
        raise UnsafeFile(OUTSIDE)
