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

from foundation.sheets.reading import BLANK, Cell
from kpi.choices import Maturity
from kpi.intake.back.choices import Outcome, Pick
from kpi.intake.back.fields import part_of
from kpi.intake.back.read_row import TWO_ANSWERS, ReadRow, parts_of, read_row_of
from kpi.intake.back.returned import Aside, Line, Returned
from kpi.intake.back.row import CellDifference, RowDifference, RowNow
from kpi.intake.columns import MATURITY, MISSING_REASON, NUMBERS
from kpi.rules.checks import hard_errors

UNKNOWN = "「{}」という番号の指標は、この月の計画にありません。"
TWICE = "{}の行が2つあり、内容が違います。1つだけにしてください。"
NO_NUMBER = "番号のない行です。番号を戻すか、行を消してください。"
LOOSE = "値がないため、区分だけでは取り込めません。値を入力してください。"
HELD = "同じ指標に誤りがあるため、取り込みません。"
ALREADY = "同じ内容が保存済みです。"


def compare(returned: Returned, month: Mapping[int, RowNow]) -> list[RowDifference]:
    """Each row of the file with what becomes of its cells. `month`: {indicator id: row now}."""
    lines = _joined(returned.lines, month)
    doubled = _doubled(lines)
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
    lost = [_lost(cell) for cell in returned.lost]
    return rows + lost + [_aside(each) for each in returned.asides]


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


def _doubled(lines: Joined) -> set[int]:
    """The indicators that stand twice in the file and not alike."""
    said: dict[int, dict[str, str]] = {}
    doubled = set()
    for _, line, now in lines:
        if now is None:
            continue
        indicator = now.indicator
        before = said.setdefault(indicator.pk, line.filled)
        if before != line.filled:
            doubled.add(indicator.pk)
    return doubled


def _indicators(rows: Iterable[RowDifference]) -> set[int]:
    return {row.now.indicator.pk for row in rows if row.now}


def _stray(line: Line, why: str, now: RowNow | None = None) -> RowDifference:
    """A row that is no indicator's: an error where it says anything, else nothing."""
    cells = []
    for name, text in line.filled.items():
        cell = line.cells[name]
        wrong = CellDifference(cell, name, None, "", text, Outcome.ERROR, said=why)
        cells.append(wrong)
    return RowDifference(
        line,
        now,
        tuple(cells),
    )


def _lost(cell: Cell) -> RowDifference:
    line = Line(BLANK, "", {}, None)
    lost = CellDifference(cell, "", None, "", cell.text, Outcome.ERROR, said=NO_NUMBER)
    return RowDifference(line, None, (lost,))


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
    everything = dict.fromkeys(row.conflicts, Pick.FILE)
    entry = row.entry(everything)
    if entry.has_no_number and changes.get(MATURITY) == Maturity.PROVISIONAL:
        return {MATURITY: LOOSE}
    if entry.is_empty or not row.file:
        return {}
    errors = hard_errors(entry, read_row.now.definition, numerator)
    return _at_their_cells(errors, read_row)


def _at_their_cells(errors: Mapping[str, str], read_row: ReadRow) -> dict[str, str]:
    """Sentences by the cells that speak of their fields, else at the first that changes one."""
    speaking = {read_row.wants(name): name for name in read_row.typed}
    first = next(speaking[name] for name in read_row.changes)
    found = {}
    for name, sentence in errors.items():
        changed = name in read_row.changes
        found[speaking[name] if changed else first] = sentence
    return found


def _taken(read_row: ReadRow, row: RowDifference, name: str) -> tuple[Outcome, str]:
    """Of a cell in a row that may be changed."""
    if name in read_row.shut:
        return read_row.given()
    if name in read_row.problems:
        return Outcome.ERROR, read_row.problems[name]
    part = part_of(read_row.wants(name))
    if not read_row.moves(name):
        return Outcome.UNCHANGED, ""
    if part not in row.file:
        return Outcome.UNCHANGED, ALREADY if read_row.agrees(name) else ""
    if read_row.problems:
        return Outcome.HELD, HELD
    how = read_row.typed[name].how
    if part in row.conflicts:
        return Outcome.CONFLICT, how
    stands = read_row.now.texts[read_row.wants(name)]
    return Outcome.CHANGE if stands else Outcome.NEW, how
