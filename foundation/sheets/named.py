"""A workbook of somebody else's with named cells: which they are, and the same book with values.

Values go into the XML of the sheets; every other part is copied as it is, in the same order (a
library that reads and writes the book would drop its shapes and extensions). The chain of
calculation goes, and the book says that all of it is to be calculated when it is opened.

The book comes from a person: `uploads.checked` has looked into it (macros, links, entities, size).
"""

import io
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.exceptions import CellCoordinatesException

from foundation.sheets import targets
from foundation.sheets.cell_writing import Layout, Place, Value, area_of, written
from foundation.sheets.splicing import (
    Edit,
    Piece,
    pieces,
    prefix_at,
    root,
    spliced,
    tag_at,
    with_attribute,
)

BOOK, RELATIONS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
STYLES = "xl/styles.xml"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
FAULTS = (LookupError, ValueError, OverflowError, zipfile.BadZipFile, CellCoordinatesException)
SAVE_AGAIN = "Excelで開き、「Excel ブック（.xlsx）」で保存し直してください。"
UNREADABLE = f"このExcelの中身を読み取れません。{SAVE_AGAIN}"
SHEET_LIMIT = (
    20 * 1024 * 1024
)  # bytes of a sheet's XML; it is looked through while a month is closed
LARGE = "名前の付いたセルのあるシートが大きすぎます。様式だけのファイルにしてください。"
SIGNED = "_xmlsignatures/"
SIGNATURE = "電子署名のあるファイルです。値を入れると署名が無効になるため、署名を外してください。"
OTHER_FORM = f"「Strict Open XML スプレッドシート」の形式です。{SAVE_AGAIN}"


class UnfitBook(ValueError):
    """The book cannot be filled; the sentence is shown to the person."""


@dataclass(frozen=True)
class NamedCell:
    """A name and the cell that it means. `why` it cannot be filled (empty: it can).

    `address`: 「B3」, or the words of the reference where it is no cell. `form`: its number format.
    """

    name: str
    sheet: str
    address: str
    form: str
    why: str
    place: Place | None = None
    part: str = ""

    @property
    def key(self) -> str:
        """By what a name is found."""
        return key_of(self.name)

    @property
    def where(self) -> str:
        """「様式のB3」."""
        return f"{self.sheet}の{self.address}" if self.sheet else self.address


def key_of(name: str) -> str:
    """A name as names are compared: in one width, large and small letters alike."""
    return unicodedata.normalize("NFKC", name).casefold()


@dataclass(frozen=True)
class _Sheet:
    title: str
    part: str  # of the zip; empty for a sheet without cells


class NamedBook:
    """The names of a book, and the book filled. Raises UnfitBook when it cannot be read."""

    def __init__(self, content: bytes):
        self.content = content
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                self.parts = {info.filename: archive.read(info) for info in archive.infolist()}
            if root(self.parts[BOOK]).space == STRICT:
                raise UnfitBook(OTHER_FORM)
            if any(place.startswith(SIGNED) for place in self.parts):
                raise UnfitBook(SIGNATURE)
            self.sheets = self._sheets()
            self.cells = self._cells()
        except UnfitBook:
            raise
        except FAULTS as error:
            raise UnfitBook(UNREADABLE) from error

    def _sheets(self) -> list[_Sheet]:
        """The sheets in their order."""
        related = self._related(BOOK)
        listed = [row for row in pieces(self.parts[BOOK], "sheet") if _within(row, "sheets")]
        return [_Sheet(row.given["name"], related.get(row.given["id"], "")) for row in listed]

    def _related(self, part: str, kind: str = "/worksheet") -> dict[str, str]:
        """{id: part} of what a part points to, of one kind."""
        folder = PurePosixPath(part).parent
        relations = self.parts.get(f"{folder}/_rels/{PurePosixPath(part).name}.rels")
        if relations is None:
            return {}
        return {
            row.given["Id"]: _resolved(folder, row.given["Target"])
            for row in pieces(relations, "Relationship")
            if row.given["Type"].endswith(kind)
        }

    def _cells(self) -> tuple[NamedCell, ...]:
        """Every visible name, each with its cell."""
        found = [self._pointed(row) for row in pieces(self.parts[BOOK], "definedName")]
        cells = [cell for cell in found if cell is not None]
        return tuple(self._once(self._looked_at(cells)))

    def _pointed(self, row: Piece) -> NamedCell | None:
        """The cell that a name means by its words; None of names that Excel keeps for itself."""
        name, words = row.given["name"], row.text.strip().removeprefix("=")
        if name.lower().startswith("_xlnm.") or row.given.get("hidden") in ("1", "true"):
            return None
        target = targets.read(words)
        sheet = next((each for each in self.sheets if _same(each.title, target.sheet)), None)
        why = target.why or ("" if sheet and sheet.part else targets.NO_SHEET)
        if why:
            return NamedCell(name, "", words[:100], "", why)
        assert sheet is not None
        return NamedCell(
            name, sheet.title, target.address, "", "", (target.row, target.column), sheet.part
        )

    def _looked_at(self, cells: list[NamedCell]) -> list[NamedCell]:
        """The same after a look at what stands in the cells."""
        self.layouts = {
            part: self._layout(
                part,
                frozenset(cell.place for cell in cells if cell.part == part and cell.place),
            )
            for part in {cell.part for cell in cells if cell.part}
        }
        return [
            self._checked(cell, self.layouts[cell.part]) if cell.part else cell for cell in cells
        ]

    def _layout(self, part: str, places: frozenset[Place]) -> Layout:
        if len(self.parts[part]) > SHEET_LIMIT:
            raise UnfitBook(LARGE)
        return Layout.of(self.parts[part], places)

    def _checked(self, cell: NamedCell, layout: Layout) -> NamedCell:
        assert cell.place is not None
        if layout.data is None:
            raise UnfitBook(UNREADABLE)
        why = targets.why_not(cell.address, cell.place, layout, self._table_heads(cell.part))
        style = layout.style_of(cell.place)
        return NamedCell(
            cell.name,
            cell.sheet,
            cell.address,
            self._formats.get(style or "0", "General"),
            why,
            cell.place,
            cell.part,
        )

    def _table_heads(self, part: str) -> list[tuple[int, int, int, int]]:
        """The heads and sums of the tables of a sheet: Excel wants them as the table has them."""
        found = []
        for table in self._related(part, "/table").values():
            given = root(self.parts[table]).given
            left, top, right, bottom = area_of(given["ref"])
            if given.get("headerRowCount", "1") != "0":
                found.append((left, top, right, top))
            if given.get("totalsRowCount", "0") != "0":
                found.append((left, bottom, right, bottom))
        return found

    @cached_property
    def _formats(self) -> dict[str, str]:
        """{number of a style: its number format}."""
        content = self.parts.get(STYLES)
        if content is None:
            return {}
        own = {row.given["numFmtId"]: row.given["formatCode"] for row in pieces(content, "numFmt")}
        styles = [row for row in pieces(content, "xf") if _within(row, "cellXfs")]
        ids = [row.given.get("numFmtId", "0") for row in styles]
        return {
            str(number): own.get(key, BUILTIN_FORMATS.get(int(key), "General"))
            for number, key in enumerate(ids)
        }

    @staticmethod
    def _once(cells: list[NamedCell]) -> list[NamedCell]:
        """Two names of one cell would write over each other: the second is refused."""
        seen: dict[tuple[str, Place], NamedCell] = {}
        found = []
        for cell in cells:
            if cell.place is not None and not cell.why:
                first = seen.setdefault((cell.part, cell.place), cell)
                if first.key != cell.key:
                    why = f"「{first.name}」と同じセルです。どちらか1つにしてください。"
                    cell = NamedCell(cell.name, cell.sheet, cell.address, cell.form, why)
            found.append(cell)
        return found

    def filled(self, values: Mapping[str, Value]) -> bytes:
        """The book with these values, by name; cells of other names stay as they are.

        UnfitBook when it cannot be written.
        """
        wanted = {key_of(name): value for name, value in values.items()}
        by_part: dict[str, dict[Place, Value]] = {}
        for cell in self.cells:
            if cell.place is not None and not cell.why and cell.key in wanted:
                by_part.setdefault(cell.part, {})[cell.place] = wanted[cell.key]
        try:
            changed = {
                part: written(self.layouts[part], places, from_1904=self._from_1904)
                for part, places in by_part.items()
            }
            return self._zipped(changed | self._to_calculate())
        except FAULTS as error:
            raise UnfitBook(UNREADABLE) from error

    @cached_property
    def _from_1904(self) -> bool:
        given = [row.given for row in pieces(self.parts[BOOK], "workbookPr")]
        return any(each.get("date1904") in ("1", "true") for each in given)

    def _to_calculate(self) -> dict[str, bytes | None]:
        """The parts that say what is calculated when: all of it, when the book is opened."""
        chains = self._related(BOOK, "/calcChain")
        if not chains:
            return {BOOK: self._calculating()}
        gone = {f"/{part}" for part in chains.values()}
        types = self.parts[TYPES]
        listed = [row for row in pieces(types, "Override") if row.given["PartName"] in gone]
        relations = self.parts[RELATIONS]
        pointing = [row for row in pieces(relations, "Relationship") if row.given["Id"] in chains]
        return {
            BOOK: self._calculating(),
            TYPES: spliced(types, [Edit(row.start, row.end, b"") for row in listed]),
            RELATIONS: spliced(relations, [Edit(row.start, row.end, b"") for row in pointing]),
            **dict.fromkeys(chains.values()),
        }

    def _calculating(self) -> bytes:
        book = self.parts[BOOK]
        standing = [row for row in pieces(book, "calcPr") if _within(row, "workbook")]
        if standing:
            piece = standing[0]
            tag = with_attribute(tag_at(book, piece.start), "fullCalcOnLoad", "1")
            return spliced(book, [Edit(piece.start, piece.head, tag)])
        names = pieces(book, "definedNames", "sheets")[-1]
        tag = b"<" + prefix_at(book, names.start) + b'calcPr fullCalcOnLoad="1"/>'
        return spliced(book, [Edit(names.end, names.end, tag)])

    def _zipped(self, changed: Mapping[str, bytes | None]) -> bytes:
        """The archive with these parts changed (None: left out), all else as it is."""
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self.content)) as source,
            zipfile.ZipFile(out, "w") as target,
        ):
            for info in source.infolist():
                content = changed.get(info.filename, self.parts[info.filename])
                if content is not None:
                    target.writestr(_entry(info), content)
        return out.getvalue()


def _entry(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The entry of a part in a new archive: name, moment and way of packing as they were."""
    new = zipfile.ZipInfo(info.filename, info.date_time)
    stored = info.compress_type == zipfile.ZIP_STORED
    new.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    new.external_attr, new.create_system = info.external_attr, info.create_system
    return new


def _resolved(folder: PurePosixPath, target: str) -> str:
    """The part that a relation means: from the root, or from the folder of the part."""
    if target.startswith("/"):
        return target[1:]
    steps: list[str] = []
    for step in (folder / target).parts:
        if step == "..":
            steps = steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def _within(piece: Piece, name: str) -> bool:
    return piece.above is not None and piece.above.name == name


def _same(title: str, other: str) -> bool:
    return title.casefold() == other.casefold()
