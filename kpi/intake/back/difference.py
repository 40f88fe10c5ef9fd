"""The three-way difference of a sheet that came back: at the download, now, in the file. Pure.

A cell that is blank, or stands as at the download, changes nothing. The answer of an indicator
(numbers, reason, 確定・暫定) moves as a whole: where somebody else has changed any of it since the
download, it is a conflict, and a person chooses between the two; so does the comment by itself.
What is locked, of another department or handed in stays, whatever the file says; what is wrong is
not taken, nor the rest of its row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from foundation.sheets.reading import BLANK, Cell
from kpi.choices import Maturity
from kpi.intake.back.choices import TAKEN, Outcome, Pick
from kpi.intake.back.fields import ANSWER, PARTS, Texts, entry_of, settled, texts_of
from kpi.intake.back.returned import Line, Returned
from kpi.intake.back.typed import LINKED, Misread, Typed, read
from kpi.intake.columns import MATURITY, MISSING_REASON, NUMBERS, NUMERATOR
from kpi.reading import IndicatorMonth
from kpi.rules.checks import Entry, hard_errors

UNKNOWN = "「{}」という番号の指標は、この月の計画にありません。"
TWICE = "{}の行が2つあり、内容が違います。1つだけにしてください。"
NO_NUMBER = "番号のない行です。番号を戻すか、行を消してください。"
TWO_ANSWERS = "数字と「値なしの理由」、または2つの理由があります。どれか1つにしてください。"
LOOSE = "値がないため、区分だけでは取り込めません。値を入力してください。"
HELD = "同じ指標に誤りがあるため、取り込みません。"
ALREADY = "同じ内容が保存済みです。"


@dataclass(frozen=True)
class RowNow:
    """An indicator's month as it stands now. `lock`: why this person cannot change it, or ""."""

    facts: IndicatorMonth
    lock: str = ""

    @property
    def version(self) -> int:
        """Of the stored value; 0 where there is none."""
        stored = self.facts.stored.get(self.facts.month)
        return stored.version if stored else 0

    @property
    def texts(self) -> Texts:
        """Its fields."""
        return texts_of(self.facts.stored.get(self.facts.month))


@dataclass(frozen=True)
class CellDifference:
    """One cell: what stood there, what stands there now, what the file says, what becomes of it.

    `before`, `now`: texts (`before` None: not known); `typed`: as it stands in the file; `after`:
    the text that would be stored; `said`: why it is not taken, or what was read into it.
    """

    cell: Cell
    field: str
    before: str | None
    now: str
    typed: str
    outcome: Outcome
    after: str = ""
    said: str = ""

    @property
    def is_taken(self) -> bool:
        """Is it taken without being asked?"""
        return self.outcome in TAKEN


@dataclass(frozen=True)
class RowDifference:
    """One row of the file. `now`: None where it is no indicator of the month; `file`: its parts
    {part: fields} as they would be with the file's values; `conflicts`: the parts to choose of.
    """

    line: Line
    now: RowNow | None
    cells: tuple[CellDifference, ...]
    file: Mapping[str, Texts] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()

    @property
    def is_taken(self) -> bool:
        """Does anything of it change without being asked?"""
        return any(cell.is_taken for cell in self.cells)

    def texts(self, picks: Mapping[str, str]) -> Texts:
        """Its fields once it is taken. `picks`: {part: `Pick`} of its conflicts."""
        assert self.now is not None
        found = self.now.texts
        for part, texts in self.file.items():
            if part not in self.conflicts or picks.get(part) == Pick.FILE:
                found = {**found, **texts}
        return found

    def entry(self, picks: Mapping[str, str]) -> Entry:
        """The entry that is saved."""
        assert self.now is not None
        facts = self.now.facts
        return entry_of(self.texts(picks), facts.stored.get(facts.month))

    def changes(self, picks: Mapping[str, str]) -> bool:
        """Is there anything to save?"""
        return self.now is not None and self.texts(picks) != self.now.texts


def compare(returned: Returned, month: Mapping[int, RowNow]) -> list[RowDifference]:
    """Each row of the file with what becomes of its cells. `month`: {indicator id: row now}."""
    by_code = {row.facts.indicator.code: row for row in month.values()}
    found: dict[int, RowDifference] = {}
    rows: list[RowDifference] = []
    lines = [(line, _row_of(line, month, by_code)) for line in returned.lines]
    doubled = _doubled(lines)
    for line, now in sorted(lines, key=lambda pair: _reads_another(pair[1])):
        if now is None:
            row = _stray(line, UNKNOWN.format(line.number))
        elif now.facts.indicator.pk in doubled:
            row = _stray(line, TWICE.format(line.number), now)
        elif now.facts.indicator.pk in found:
            continue  # the very same once more
        else:
            row = _compared(line, now, _numerator(now, found))
            found[now.facts.indicator.pk] = row
        rows.append(row)
    order = {id(line): place for place, (line, _) in enumerate(lines)}
    rows.sort(key=lambda row: order[id(row.line)])
    return rows + [_lost(cell) for cell in returned.lost]


def _row_of(
    line: Line, month: Mapping[int, RowNow], by_code: Mapping[str, RowNow]
) -> RowNow | None:
    """By the id that the hidden sheet gives the number, else by the number of today."""
    known = line.known and month.get(line.known.indicator_id or 0)
    return known or (None if line.known else by_code.get(line.number))


def _reads_another(now: RowNow | None) -> bool:
    return now is not None and bool(now.facts.definition.numerator_words)


def _doubled(lines: Iterable[tuple[Line, RowNow | None]]) -> set[int]:
    """The indicators that stand twice in the file and not alike."""
    said: dict[int, set[tuple[tuple[str, str], ...]]] = {}
    for line, now in lines:
        if now is not None:
            said.setdefault(now.facts.indicator.pk, set()).add(tuple(line.filled.items()))
    return {pk for pk, texts in said.items() if len(texts) > 1}


def _stray(line: Line, why: str, now: RowNow | None = None) -> RowDifference:
    """A row that is no indicator's: an error where it says anything, else nothing."""
    cells = [
        CellDifference(line.cells[name], name, None, "", text, Outcome.ERROR, said=why)
        for name, text in line.filled.items()
    ]
    return RowDifference(line, now, tuple(cells))


def _lost(cell: Cell) -> RowDifference:
    line = Line(BLANK, "", {}, None)
    lost = CellDifference(cell, "", None, "", cell.text, Outcome.ERROR, said=NO_NUMBER)
    return RowDifference(line, None, (lost,))


def _numerator(now: RowNow, found: Mapping[int, RowDifference]) -> Decimal | None:
    """The numerator that another indicator gives: as the file would have it, else as it stands."""
    source = found.get(now.facts.definition.numerator_source_id or 0)
    return source.entry({}).value if source else now.facts.numerator


def _compared(line: Line, now: RowNow, numerator: Decimal | None) -> RowDifference:
    read_row = _read(line, now)
    row = RowDifference(line, now, (), *_parts(read_row))
    if now.lock:
        return RowDifference(line, now, read_row.cells(lambda name: _locked(read_row, name)))
    read_row.problems = read_row.problems or _problems(read_row, row, numerator)
    cells = read_row.cells(lambda name: _taken(read_row, row, name))
    if read_row.problems:
        return RowDifference(line, now, cells)
    return replace(row, cells=cells)


@dataclass
class _Read:
    """A row of the file as it was read.

    `typed`: {field of the cell: what it says}; `changes`: {field: text} of what stands otherwise
    than at the download; `problems`: {field of the cell: sentence}; `shut`: the cells that show
    another indicator's value, and a wrong one.
    """

    line: Line
    now: RowNow
    base: Texts | None
    typed: dict[str, Typed]
    problems: dict[str, str]
    changes: Texts
    shut: set[str] = field(default_factory=set)

    @property
    def seen(self) -> Texts:
        """What the person saw who filled it in."""
        return self.now.texts if self.base is None else self.base

    def moves(self, name: str) -> bool:
        """Does a cell say something else than stood there at the download?"""
        typed = self.typed.get(name)
        return typed is not None and self.changes.get(typed.field) == typed.text

    def agrees(self, name: str) -> bool:
        """Does a cell say what is stored now?"""
        typed = self.typed.get(name)
        return typed is not None and self.now.texts[typed.field] == typed.text

    def wants(self, name: str) -> str:
        """The field of which a cell speaks."""
        return self.typed[name].field if name in self.typed else name

    def cells(self, judge: Callable[[str], tuple[Outcome, str]]) -> tuple[CellDifference, ...]:
        """The differences of its cells. `judge`: outcome and sentence of a cell."""
        return tuple(self._cell(name, *judge(name)) for name in self.line.filled)

    def _cell(self, name: str, outcome: Outcome, said: str) -> CellDifference:
        field = self.wants(name)
        typed = self.typed.get(name)
        return CellDifference(
            cell=self.line.cells[name],
            field=field,
            before=None if self.base is None else self.base[field],
            now=self.now.texts[field],
            typed=self.line.filled[name],
            outcome=outcome,
            after=typed.text if typed else "",
            said=said,
        )


def _read(line: Line, now: RowNow) -> _Read:
    base = None if line.known is None else texts_of(line.known)
    found = _Read(line, now, base, {}, {}, {})
    for name in line.filled:
        cell = line.cells[name]
        if _is_given(name, now):
            if not _shows_numerator(cell, now):
                found.shut.add(name)
            continue
        try:
            typed = read(cell, now.facts.definition, name)
        except Misread as error:
            found.problems[name] = str(error)
            continue
        if typed is None:
            continue
        found.typed[name] = typed
        if typed.text == found.seen[typed.field]:
            continue
        if found.changes.setdefault(typed.field, typed.text) != typed.text:
            found.problems[name] = TWO_ANSWERS
    return found


def _is_given(name: str, now: RowNow) -> bool:
    """Does a cell show another indicator's value, which is not entered here?"""
    return name == NUMERATOR and bool(now.facts.definition.numerator_words)


def _shows_numerator(cell: Cell, now: RowNow) -> bool:
    """Does it show what the portal would show there now?"""
    number, words = now.facts.numerator, now.facts.definition.numerator_words
    same = cell.is_number and number is not None and Decimal(cell.text) == number
    return same or cell.text in (words, "－")


def _parts(read_row: _Read) -> tuple[dict[str, Texts], tuple[str, ...]]:
    """({part: its fields with the file's values}, the parts that are in conflict)."""
    found = {}
    conflicts = []
    now, seen = read_row.now.texts, read_row.seen
    for part, fields in PARTS.items():
        own = {name: read_row.changes[name] for name in fields if name in read_row.changes}
        wanted = settled(seen, own)
        if not own or all(wanted[name] == now[name] for name in fields):
            continue
        found[part] = {name: wanted[name] for name in fields}
        unseen = read_row.base is None and any(now[name] for name in fields)
        if unseen or any(seen[name] != now[name] for name in fields):
            conflicts.append(part)
    return found, tuple(conflicts)


def _problems(read_row: _Read, row: RowDifference, numerator: Decimal | None) -> dict[str, str]:
    """{field of a cell: sentence} of what is impossible once the file's values are taken."""
    changes = read_row.changes
    numbers = [name for name in NUMBERS if changes.get(name)]
    if numbers and changes.get(MISSING_REASON):
        return {numbers[0]: TWO_ANSWERS}
    everything = dict.fromkeys(row.conflicts, Pick.FILE)
    texts = row.texts(everything)
    if changes.get(MATURITY) == Maturity.PROVISIONAL and not any(texts[name] for name in NUMBERS):
        return {MATURITY: LOOSE}
    entry = row.entry(everything)
    if not row.file or entry.is_empty:
        return {}
    errors = hard_errors(entry, read_row.now.facts.definition, numerator)
    speaking = {read_row.wants(name): name for name in read_row.typed}
    first = next((speaking[name] for name in changes), "")
    return {speaking[name] if name in changes else first: text for name, text in errors.items()}


def _given(read_row: _Read) -> tuple[Outcome, str]:
    """Of a cell that is not entered here."""
    return Outcome.LOCKED, LINKED.format(read_row.now.facts.definition.numerator_words)


def _locked(read_row: _Read, name: str) -> tuple[Outcome, str]:
    """Of a cell in a row that stays: it is named where it says something else."""
    if name in read_row.shut:
        return _given(read_row)
    moves = read_row.moves(name) and not read_row.agrees(name)
    if moves or name in read_row.problems:
        return Outcome.LOCKED, read_row.now.lock
    return Outcome.UNCHANGED, ""


def _taken(read_row: _Read, row: RowDifference, name: str) -> tuple[Outcome, str]:
    """Of a cell in a row that may be changed."""
    if name in read_row.shut:
        return _given(read_row)
    if name in read_row.problems:
        return Outcome.ERROR, read_row.problems[name]
    field = read_row.wants(name)
    part = "answer" if field in ANSWER else "note"
    if not read_row.moves(name) or part not in row.file:
        agreed = read_row.moves(name) and read_row.agrees(name)
        return Outcome.UNCHANGED, ALREADY if agreed else ""
    if read_row.problems:
        return Outcome.HELD, HELD
    how = read_row.typed[name].how
    if part in row.conflicts:
        return Outcome.CONFLICT, how
    return Outcome.CHANGE if read_row.now.texts[field] else Outcome.NEW, how
