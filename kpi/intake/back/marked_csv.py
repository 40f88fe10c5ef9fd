"""The file as it came, with marks: a workbook like every sheet (`foundation.round_trip.marked`), a
CSV with two columns at its end: 印, and what is said of the cells of its row.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from openpyxl.utils.cell import coordinate_from_string

from foundation.round_trip.marked import MARKED, why_of
from foundation.round_trip.marked import marked as marked_book
from foundation.round_trip.table import at
from foundation.sheets.csvfile import csv_bytes
from foundation.sheets.csvreading import Text, read
from kpi.intake.back.csv_file import table_line
from kpi.intake.back.preview import Preview
from kpi.intake.columns import CODE, MARK
from kpi.intake.csv_columns import WHY_MARKED

LONGEST = 1_000


@dataclass(frozen=True)
class Mark:
    """What is said of a cell. `address`: 「D5」; `word`: what becomes of it; `what`: which it is;
    `why`: a sentence.
    """

    address: str
    word: str
    what: str
    why: str

    @property
    def line(self) -> int:
        """Its row in the file, from 1."""
        _, line = coordinate_from_string(self.address)
        return int(line)

    @property
    def sentence(self) -> str:
        """「5-3 業務削減時間　実績値：「3くらい」は数字として読めません。」."""
        return f"{self.what}：{self.why}"


def marked(preview: Preview) -> bytes:
    """The stored file with what stands against each cell. It was checked when it was read."""
    if not preview.is_csv:
        return marked_book(preview)
    content = bytes(preview.file.content)
    return marked_csv(content, _said(preview))


def _said(preview: Preview) -> list[Mark]:
    """What is said of the cells, those that are to be looked at first before the others."""
    return [
        Mark(
            each.cell.cell.address,
            str(each.cell.outcome.label),
            each.what,
            why_of(each),
        )
        for each in preview.cells
        if each.cell.outcome in MARKED
    ]


def marked_csv(content: bytes, marks: Iterable[Mark]) -> bytes:
    """The file in its own encoding, with the marks: the gravest word of each row, and all it is
    about. Marks of an earlier time give way.
    """
    text = read(content, [CODE])
    said: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        said[mark.line].append(mark)
    lines = list(_lines(text, said))
    made, _ = csv_bytes(
        lines[0],
        lines[1:],
        encoding=text.encoding,
    )
    return made


def _lines(text: Text, said: dict[int, list[Mark]]) -> Iterable[list[str]]:
    heads = table_line(text.rows)
    old = _old(text, heads)
    kept = [place for place in range(_width(text)) if place not in old]
    for number, row in enumerate(text.rows, 1):
        cells = [at(row, place).text for place in kept]
        if number == heads:
            yield [*cells, MARK, WHY_MARKED]
            continue
        marks = said.get(number, [])
        yield [*cells, *_two(marks)]


def _two(marks: list[Mark]) -> list[str]:
    """The gravest word of a row, and all that is said of it."""
    if not marks:
        return ["", ""]
    gravest = marks[0]
    sentences = [mark.sentence for mark in marks]
    why = "／".join(sentences)
    return [gravest.word, why[:LONGEST]]


def _width(text: Text) -> int:
    """The columns up to the last that says anything."""
    width = 0
    for row in text.rows:
        for place, cell in enumerate(row, 1):
            if cell.text:
                width = max(width, place)
    return width


def _old(text: Text, heads: int) -> set[int]:
    """The places of marks of an earlier time."""
    row = text.rows[heads - 1]
    found = set()
    for place, cell in enumerate(row):
        if cell.text in (MARK, WHY_MARKED):
            found.add(place)
    return found
