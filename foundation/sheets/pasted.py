"""Cells as Excel copies them: tabs between cells, line breaks between rows."""

import re

from django.core.exceptions import ValidationError

# Excel puts a cell into quotes when it holds a line break or a quote, and doubles its quotes. A tab
# cannot stand in such a cell, so what would reach over one is no quoted cell but a quote mark.
_QUOTED = re.compile(r'"((?:[^"\t]|"")*)"(?=[\t\n]|$)')
_PLAIN = re.compile(r"[^\t\n]*")
MOST_TEXT, MOST_LINES = 100_000, 500


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


def block(text: str) -> list[list[str]]:
    """The cells of a copied block, stripped, without the blank lines at its end.

    ValidationError in words when there is nothing in it or too much.
    """
    if len(text) > MOST_TEXT:
        raise ValidationError("貼り付けた内容が大きすぎます。表の範囲だけをコピーしてください。")
    clean = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    lines = [[cell.strip() for cell in line] for line in copied_cells(clean)]
    while lines and not any(lines[-1]):
        lines.pop()
    if not lines:
        raise ValidationError(
            "貼り付ける内容がありません。Excelで範囲を選び、コピーしてから貼り付けてください。"
        )
    if len(lines) > MOST_LINES:
        raise ValidationError(
            f"{len(lines)}行あります。一度に貼り付けられるのは{MOST_LINES}行までです。"
        )
    return lines


def placed(
    cells: list[list[str]], rows: list[str], columns: list[str], start: str, column: str
) -> list[tuple[str, str, str]]:
    """(row, column, text) of every cell of a block that is not blank, from its first cell on.

    ValidationError in words when the block does not fit there.
    """
    if start not in rows or column not in columns:
        raise ValidationError("貼り付けを始める欄がありません。欄を選び直してください。")
    below, beside = rows[rows.index(start) :], columns[columns.index(column) :]
    width = max(map(len, cells))
    if len(cells) > len(below) or width > len(beside):
        raise ValidationError(
            f"{len(cells)}行×{width}列をコピーしましたが、選んだ欄から下に{len(below)}行、"
            f"右に{len(beside)}列しかありません。欄を選び直してください。"
        )
    return [
        (row, name, text)
        for row, line in zip(below, cells, strict=False)
        for name, text in zip(beside, line, strict=False)
        if text
    ]
