"""The three-way difference of a sheet that came back: at the download, now, in the file. Pure.

A cell that is blank, or stands as at the download, changes nothing. The answer of an indicator
(numbers, reason, 確定・暫定) moves as a whole: where somebody else has changed any of it since the
download, it is a conflict, and a person chooses between the two; so does the comment by itself.
What is locked, of another department or handed in stays, whatever the file says; what is wrong is
not taken, nor the rest of its row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from foundation.round_trip.choices import Outcome
from foundation.round_trip.difference import doubled_keys, lost, stray_cells
from foundation.round_trip.row import Line
from foundation.sheets.cell import Cell
from kpi.choices import Maturity
from kpi.intake.back.fields import part_of
from kpi.intake.back.read_row import TWO_ANSWERS, ReadRow, parts_of, read_row_of
from kpi.intake.back.returned import Aside, Returned
from kpi.intake.back.row import CellDifference, RowDifference, RowNow
from kpi.intake.columns import MATURITY, MISSING_REASON, NUMBERS
from kpi.rules.checks import hard_errors

UNKNOWN = "「{}」という番号の指標は、この月の計画にありません。"
TWICE = "{}の行が2つあり、内容が違います。1つだけにしてください。"
NO_NUMBER = "番号のない行です。番号を戻すか、行を消してください。"
LOOSE = "値がないため、区分だけでは取り込めません。値を入力してください。"
HELD = "同じ指標に誤りがあるため、取り込みません。"


def compare(returned: Returned, month: Mapping[int, RowNow]) -> list[RowDifference]:
    """Each row of the file with what becomes of its cells. `month`: {indicator id: row now}."""
    lines = _joined(returned.lines, month)
    doubled = doubled_keys((line, now) for _, line, now in lines)
    found: dict[int, RowDifference] = {}  # {place in the file: its difference}
    for place, line, now in _numerators_first(lines):
        if now is None:
            found[place] = _stray(line, UNKNOWN.format(line.number))
        elif now.indicator.pk in doubled:
            found[place] = _stray(line, TWICE.format(line.number), now)
        elif now.indicator.pk not in _indicators(found.values()):
            numerator = _numerator(now, found.values())
            found[place] = _compared(line, now, numerator)
    rows = [found[place] for place in sorted(found)]
    rows += [_lost(cell) for cell in returned.lost]
    return rows + [_aside(each) for each in returned.asides]


Joined = list[tuple[int, Line, RowNow | None]]  # place in the file, row there, row now


def _joined(lines: Iterable[Line], month: Mapping[int, RowNow]) -> Joined:
    """Each row of the file with the indicator that it is about."""
    by_code = {row.indicator.code: row for row in month.values()}
    joined: Joined = []
    for place, line in enumerate(lines):
        if line.known is None:
            now = by_code.get(line.number)
        else:
            now = month.get(line.known.indicator_id or 0)
        joined.append((place, line, now))
    return joined


def _numerators_first(lines: Joined) -> Joined:
    """Those that read another indicator's value come behind it."""
    reading = [row for row in lines if row[2] and row[2].definition.numerator_words]
    others = [row for row in lines if row not in reading]
    return others + reading


def _stray(line: Line, why: str, now: RowNow | None = None) -> RowDifference:
    """A row that is no indicator's: an error where it says anything, else nothing."""
    return RowDifference(
        line,
        now,
        stray_cells(line, why),
    )


def _indicators(rows: Iterable[RowDifference]) -> set[int]:
    return {row.now.key for row in rows if row.now}


def _lost(cell: Cell) -> RowDifference:
    return RowDifference(*lost(cell, NO_NUMBER))


def _aside(each: Aside) -> RowDifference:
    line = Line(each.cell, each.number, {}, None)
    stays = CellDifference(
        each.cell,
        "",
        each.before,
        "",
        each.cell.text,
        Outcome.ERROR if each.is_wrong else Outcome.LOCKED,
        said=each.said,
        label=each.label,
    )
    return RowDifference(line, None, (stays,))


def _numerator(now: RowNow, rows: Iterable[RowDifference]) -> Decimal | None:
    """The numerator that another indicator gives: as the file would have it, else as it stands."""
    wanted = now.definition.numerator_source_id
    for row in rows:
        if row.now is None:
            continue
        if row.now.indicator.pk == wanted:
            entry = row.entry({})
            return entry.value
    return now.facts.numerator


def _compared(line: Line, now: RowNow, numerator: Decimal | None) -> RowDifference:
    read_row = read_row_of(line, now)
    if now.lock:
        cells = read_row.cells(read_row.locked)
        return RowDifference(line, now, cells)
    file, conflicts = parts_of(read_row)
    row = RowDifference(
        line,
        now,
        (),
        file,
        conflicts,
    )
    if not read_row.problems:
        read_row.problems = _problems(read_row, row, numerator)
    cells = read_row.cells(lambda name: _taken(read_row, row, name))
    if read_row.problems:
        return RowDifference(line, now, cells)
    return replace(row, cells=cells)


def _problems(read_row: ReadRow, row: RowDifference, numerator: Decimal | None) -> dict[str, str]:
    """{field of a cell: sentence} of what is impossible once the file's values are taken."""
    changes = read_row.changes
    numbers = [name for name in NUMBERS if changes.get(name)]
    if numbers and changes.get(MISSING_REASON):
        return {numbers[0]: TWO_ANSWERS}
    entry = row.entry(row.with_the_file)
    if entry.has_no_number and changes.get(MATURITY) == Maturity.PROVISIONAL:
        return {MATURITY: LOOSE}
    if entry.is_empty or not row.file:
        return {}
    errors = hard_errors(entry, read_row.now.definition, numerator)
    return read_row.at_their_cells(errors)


def _taken(read_row: ReadRow, row: RowDifference, name: str) -> tuple[Outcome, str]:
    """Of a cell in a row that may be changed."""
    part = part_of(read_row.wants(name))
    return read_row.outcome(name, part, row.file, row.conflicts, HELD)
