"""Opening a finished workbook again, before anybody has to rely on it."""

import io
import zipfile
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook

XML = (".xml", ".rels")
FAULTS = (
    zipfile.BadZipFile,
    ParseError,
    expat.ExpatError,
    DefusedXmlException,
    UnicodeError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)


class UnreadableBook(Exception):
    """A workbook that cannot be opened; says which part is at fault."""


def reopen(content: bytes) -> None:
    """Open the archive, every XML part and every row of every sheet.

    UnreadableBook when any of it cannot be read.
    """
    part = "zip"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            broken = archive.testzip()
            if broken is not None:
                raise UnreadableBook(broken)
            for part in archive.namelist():
                if part.endswith(XML):
                    _read_part(archive.read(part))
        part = "xl/workbook.xml"
        _read_rows(content)
    except FAULTS as error:
        raise UnreadableBook(f"{part}: {error}") from error


def _read_part(content: bytes) -> None:
    """One part as XML; no tree is made of it. A workbook declares no types and no entities."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(content, True)


def _refuse(*_: object) -> None:
    raise ValueError("a document type is declared")


def _read_rows(content: bytes) -> None:
    """Every row of every sheet, as a program reads them that takes the data over."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    for sheet in book.worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass
    book.close()
