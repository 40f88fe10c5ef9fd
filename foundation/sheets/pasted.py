"""Cells as Excel copies them: tabs between cells, line breaks between rows."""

import re

# Excel puts a cell into quotes when it holds a line break or a quote, and doubles its quotes. A tab
# cannot stand in such a cell, so what would reach over one is no quoted cell but a quote mark.
_QUOTED = re.compile(r'"((?:[^"\t]|"")*)"(?=[\t\n]|$)')
_PLAIN = re.compile(r"[^\t\n]*")


def copied_cells(text: str) -> list[list[str]]:
    """Rows of cells of a block as Excel copies it; a lone quote mark at a cell's start is text."""
    rows: list[list[str]] = [[]]
    place = 0
    while True:
        quoted = _QUOTED.match(text, place)
        found = quoted or _PLAIN.match(text, place)
        assert found, "the second pattern matches everywhere"
        rows[-1].append(quoted[1].replace('""', '"') if quoted else found[0])
        place = found.end()
        if place >= len(text):
            return rows
        if text[place] == "\n":
            rows.append([])
        place += 1
