"""A text in a cell of a workbook: shown by Excel and read by openpyxl as it was typed.

Excel takes `_x000D_` in a text for the character U+000D. Such a text is written as
`_x005F_x000D_`, and openpyxl takes that back only in the workbook's table of strings, never in
the cell itself; so `with_table` moves these texts from the cell into the table.
"""

import re

from openpyxl.cell.rich_text import CellRichText
from openpyxl.xml.constants import REL_NS, SHARED_STRINGS, SHEET_MAIN_NS

LIMIT = 32_000  # Excel's own is 32,767, counted in UTF-16
_LITERAL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_EATEN = "x005F_"  # openpyxl drops it from every string of the table
_ESCAPED = "_x005F_x"
_CELL = re.compile(r'(<c [^>]*?)t="inlineStr"([^>]*)><is>(<t[^>]*>[^<]*</t>)</is></c>')

TYPES, RELATIONS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
TABLE = "xl/sharedStrings.xml"
TABLE_TYPE = f'<Override PartName="/{TABLE}" ContentType="{SHARED_STRINGS}"/>'
TABLE_RELATION = f'<Relationship Id="rIdTexts" Type="{REL_NS}/sharedStrings" Target="/{TABLE}"/>'


def text_of_cell(text: str) -> str | CellRichText:
    """What to put into a cell so that a text (`leaving` it) is shown as it was typed.

    A text that holds openpyxl's own mark is written in pieces, none of which is a literal.
    """
    fitting = _cut(text)
    if not _LITERAL.search(fitting):
        return fitting
    if _EATEN in fitting:
        return CellRichText(*_pieces(fitting))
    return _LITERAL.sub("_x005F_", fitting)


def pieces_of_text(text: str) -> list[str]:
    """The same for a writer of XML: the text in pieces, none of which is a literal."""
    fitting = _cut(text)
    return _pieces(fitting) if _LITERAL.search(fitting) else [fitting]


def _cut(text: str) -> str:
    """At most as much as a cell takes."""
    if len(text) * 2 <= LIMIT:
        return text
    return text.encode("utf-16-le")[: 2 * LIMIT].decode("utf-16-le", "ignore")


def _pieces(text: str) -> list[str]:
    """The text cut behind the first character of every literal."""
    return [piece for piece in re.split("(?<=_)(?=x[0-9A-Fa-f]{4}_)", text) if piece]


def with_table(parts: dict[str, str]) -> dict[str, str]:
    """The parts of a workbook with every escaped text moved from its cell into the table.

    The writer makes no table of its own; a workbook without such a text stays without one.
    """
    strings: list[str] = []
    moved = {
        name: _moved(text, strings) if name.startswith("xl/worksheets/") else text
        for name, text in parts.items()
    }
    if not strings:
        return parts
    table = f'<sst xmlns="{SHEET_MAIN_NS}" uniqueCount="{len(strings)}">{"".join(strings)}</sst>'
    moved[TABLE] = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{table}'
    moved[TYPES] = _with_last(
        moved[TYPES],
        "</Types>",
        TABLE_TYPE,
    )
    moved[RELATIONS] = _with_last(moved[RELATIONS], "</Relationships>", TABLE_RELATION)
    return moved


def _moved(sheet: str, strings: list[str]) -> str:
    """A sheet without its escaped texts, which `strings` takes as XML."""

    def numbered(match: re.Match) -> str:
        before, after, text = match.groups()
        if _ESCAPED not in text:
            return match[0]
        strings.append(f"<si>{text}</si>")
        return f'{before}t="s"{after}><v>{len(strings) - 1}</v></c>'

    return _CELL.sub(numbered, sheet) if _ESCAPED in sheet else sheet


def _with_last(part: str, end: str, element: str) -> str:
    """An XML part with one more element before its end."""
    return part.replace(end, element + end)
