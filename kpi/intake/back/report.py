"""The monthly report that came back: its sheet KPIデータ, edited (docs/excel.md §2).

It holds every indicator in every month. Taken are the value columns of the report's own month; what
was typed elsewhere is named and stays: in rows of other months, and in the columns that the portal
computes. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from foundation.japanese.calendar import parse_month, read_month, wareki_month
from foundation.round_trip.row import Line
from foundation.round_trip.table import at, heads_of
from foundation.sheets.bounds import Unreadable
from foundation.sheets.cell import Cell, Row
from foundation.sheets.reading import Workbook
from kpi.identity import BESIDE_HEAD, ROUND_TRIP, KnownValue, moved
from kpi.intake.back.choices import Origin
from kpi.intake.back.fields import LABELS, Texts, plain, shown, texts_of
from kpi.intake.back.returned import Aside, Returned, table_of
from kpi.intake.back.typed import number_of
from kpi.intake.columns import (
    DENOMINATOR,
    MATURITY,
    MISSING_REASON,
    NOTE,
    NUMBERS,
    NUMERATOR,
    VALUE,
)
from kpi.intake.identity import Identity, facts_of, known_of

SHEET = "KPIデータ"
ROUND_TRIP_HEAD = "照合の形式"
CODE, MONTH = "指標番号", "年月"
HEADS = {  # of the value columns, the only ones that are taken
    "実績値": VALUE,
    "分子": NUMERATOR,
    "分母": DENOMINATOR,
    "値なしの理由": MISSING_REASON,
    "確定区分": MATURITY,
    "備考": NOTE,
}
INSTEAD = {f"{head}コード": head for head in ("値なしの理由", "確定区分")}
AGAIN = "この月の報告書（Excel）を取り出し直すか、「入力様式」に入力してください。"
BROKEN = "月次報告の照合の情報が読めません。" + AGAIN
OTHER_FORMAT = "この月次報告の照合の形式（{}）は取り込めません。" + AGAIN
NO_MONTH = "年月「{}」を読めません。「2026-10」のように直してください。"
OTHER_MONTH = "{}分の行です。この報告書から取り込めるのは{}分だけです。"
NOT_TAKEN = "この列は取り込みません（取り込むのは値の列だけです）。"
TAKEN_INSTEAD = "コードの列は取り込みません。「{}」の列で選んでください。"
MOST_NAMED, LONGEST_HEAD = 100, 30
MORE = (
    "取り込まない変更がほかに{:,}か所あります。並べ替えは、表のすべての列を選んで行ってください。"
)
TAKES = (
    f"月次報告のシート「{SHEET}」から、{{}}分の行の{'・'.join(HEADS)}だけを取り込みます。"
    "ほかの月の行、ほかの列、ほかのシートの変更は取り込みません。"
)


@dataclass(frozen=True)
class Known:
    """A row of the hidden sheet: the value at the download, and marks of the columns beside it."""

    value: KnownValue
    beside: str


@dataclass(frozen=True)
class _Report:
    """What the hidden sheet says. `rows`: {(number, month): what stood there}."""

    month: date
    issued_at: datetime | None
    revision: int
    rows: dict[tuple[str, date], Known]

    @property
    def identity(self) -> Identity:
        """As the sheets of all files say it: the rows of the report's own month."""
        own = (known.value for known in self.rows.values() if known.value.month == self.month)
        return Identity(
            month=self.month,
            department="",
            department_name="",
            issued_at=self.issued_at,
            revision=self.revision,
            rows=tuple(own),
        )


def is_report(known: list[Row]) -> bool:
    """Is the sheet 照合 with these rows that of a monthly report?"""
    if not known:
        return False
    heads = heads_of(known[0])
    return ROUND_TRIP_HEAD in heads and "様式" not in heads


def report(book: Workbook, known: list[Row]) -> Returned:
    """The report; `known`: the rows of its sheet 照合. Unreadable with what is wrong."""
    told = _told(known)
    title, rows, heads = table_of(book, {CODE, MONTH}, HEADS)
    lines: list[Line] = []
    lost: list[Cell] = []
    asides: list[Aside] = []
    for row in rows:
        cells = {head: at(row, place) for head, place in heads.items()}
        if cells[CODE].text:
            _sort_in(cells, told, lines, asides)
        else:
            lost += [cells[head] for head in HEADS if head in cells and cells[head].text]
    notes = [TAKES.format(wareki_month(told.month))]
    if len(asides) > MOST_NAMED:
        notes.append(MORE.format(len(asides) - MOST_NAMED))
    asides.sort(key=lambda each: not each.is_wrong)
    return Returned(
        identity=told.identity,
        sheet=title,
        lines=tuple(lines),
        lost=tuple(lost),
        origin=Origin.REPORT,
        asides=tuple(asides[:MOST_NAMED]),
        notes=tuple(notes),
    )


def _sort_in(cells: dict[str, Cell], told: _Report, lines: list[Line], asides: list[Aside]) -> None:
    """A row of the table: into the lines of the month, or beside them."""
    code, typed = cells[CODE], cells[MONTH]
    number = number_of(code)
    month = _month(typed)
    if month is None:
        why = NO_MONTH.format(typed.text[:20])
        asides.append(Aside(code, number, MONTH, why, is_wrong=True))
        return
    entries = {HEADS[head]: cell for head, cell in cells.items() if head in HEADS}
    known = told.rows.get((number, month))
    stood = known.value if known else None
    if month == told.month:
        lines.append(Line(code, number, entries, stood))
    else:
        asides += _of_another_month(number, month, entries, stood, told.month)
    if known:
        asides += _beside(number, cells, known.beside, month)


def _of_another_month(
    number: str, month: date, entries: dict[str, Cell], stood: KnownValue | None, own: date
) -> Iterator[Aside]:
    """What was typed into a row of another month."""
    before = texts_of(stood)
    shown_month = wareki_month(month)
    why = OTHER_MONTH.format(shown_month, wareki_month(own))
    for name, cell in entries.items():
        if not cell.text or shows(cell, name, before):
            continue
        said = shown(name, before[name]) if stood else None
        label = f"{LABELS[name]}（{shown_month}）"
        yield Aside(
            cell,
            number,
            label,
            why,
            said,
        )


def _beside(number: str, cells: dict[str, Cell], marks: str, month: date) -> Iterator[Aside]:
    """What was typed into the columns that the portal computes."""
    texts = {head: cell.text for head, cell in cells.items()}
    shown_month = wareki_month(month)
    for head in moved(marks, texts):
        cell = cells[head]
        if not cell.text:  # it was cleared: the row is named
            cell = cells[CODE]
        label = f"{head[:LONGEST_HEAD]}（{shown_month}）"
        yield Aside(cell, number, label, _why_not(head))


def _why_not(head: str) -> str:
    """Why a column is not taken; of a code where to choose instead."""
    instead = INSTEAD.get(head)
    if instead is None:
        return NOT_TAKEN
    return TAKEN_INSTEAD.format(instead)


def shows(cell: Cell, name: str, before: Texts) -> bool:
    """Does a cell say what stood there at the download, in the report's words?"""
    text = before[name]
    if name in NUMBERS:
        return cell.is_number and plain(Decimal(cell.text)) == text
    words = shown(name, text) if text else ""
    return cell.text == words


def _month(cell: Cell) -> date | None:
    """「2026-10」, also where a spreadsheet has made a day of it; None where it is none."""
    if isinstance(cell.value, date):
        return date(cell.value.year, cell.value.month, 1)
    try:
        return read_month(cell.text)
    except ValueError:
        return None


def _told(rows: list[Row]) -> _Report:
    """What the hidden sheet of a report says. Unreadable where it says it otherwise."""
    heads = heads_of(rows[0])
    said = []
    for row in rows[1:]:
        told = {head: _said(at(row, place)) for head, place in heads.items()}
        if told.get("指標ID") is not None:
            said.append(told)
    if not said:
        raise Unreadable(BROKEN)
    form = said[0].get(ROUND_TRIP_HEAD)
    if form != ROUND_TRIP:
        shortly = str(form)[:10]
        raise Unreadable(OTHER_FORMAT.format(shortly))
    try:
        return _read(said)
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise Unreadable(BROKEN) from error


def _said(cell: Cell) -> Any:
    """A cell of the hidden sheet; a text as that of the other sheets is read."""
    return cell.text if isinstance(cell.value, str) else cell.value


def _read(said: list[dict[str, Any]]) -> _Report:
    first = said[0]
    issued = first.get("作成日時")
    rows = {}
    for row in said:
        facts = facts_of(list(row), list(row.values()))
        facts["value_version"] = facts["value_version"] or 0
        value = known_of(facts)
        rows[(value.code, value.month)] = Known(value, str(row.get(BESIDE_HEAD) or ""))
    return _Report(
        month=parse_month(str(first["報告の年月"])),
        issued_at=datetime.fromisoformat(issued) if issued else None,
        revision=int(first["改訂番号"] or 0),
        rows=rows,
    )
