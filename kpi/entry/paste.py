"""A block copied from Excel onto the grid: what lands where, what is skipped and why. Writes only
through `record_value`.

Lines go to the displayed rows from the chosen one on, one line each. Columns: 値 / 値・コメント
for numbers, 分子・分母 / 分子・分母・コメント for ratios; in a block of three columns a number's
second column stays blank. Where a numerator is another indicator's value, the denominator alone is
taken; a numerator beside it must be that value.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.japanese.numbers import format_plain, parse_decimal
from foundation.records.actions import moment
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.seen import wait_in_line
from foundation.sheets.pasted import copied_cells
from kpi import words
from kpi.actions import record_value
from kpi.cells.kept import kept, taken_up
from kpi.choices import Kind, Maturity, MissingReason
from kpi.entry.forms import EntryForm
from kpi.entry.row import EntryRow
from kpi.models import Indicator, KpiValue
from kpi.querysets import call_then
from kpi.rules.checks import Entry, hard_errors

MAX_LENGTH, MAX_LINES, MAX_COLUMNS = 100_000, 500, 3
REASONS = {label: value for value, label in MissingReason.choices}


@dataclass
class Landing:
    """One pasted line on its row. `outcome`: set, same or skip; `why` explains a skip."""

    row: EntryRow
    typed: str
    outcome: str
    why: str = ""
    entry: Entry | None = None
    conflict: Conflict | None = None

    @property
    def now(self) -> str:
        """What is stored now, in words."""
        return self.row.stored_or_empty

    @property
    def stored_as(self) -> str:
        """What would be stored, in words: the number as it was read, or the reason."""
        if self.entry is None or self.outcome != "set":
            return ""
        return words.value(self.row.facts.with_numerator(self.entry))

    @property
    def warnings(self) -> list[str]:
        """What would be asked back about it."""
        if self.entry is None or self.outcome != "set" or self.entry.note:
            return []
        facts = self.row.facts
        return facts.warnings_about(facts.with_numerator(self.entry))

    @property
    def seen_version(self) -> int:
        """The version shown in the preview."""
        return self.row.stored.version if self.row.stored else 0


def parse_block(text: str) -> list[list[str]]:
    """Lines and columns of a copied block (tab separated, as Excel copies).

    ValidationError when it is too large.
    """
    if len(text) > MAX_LENGTH:
        raise ValidationError("貼り付けた内容が大きすぎます。KPIの値の列だけをコピーしてください。")
    plain = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    lines = copied_cells(plain)
    while lines and not any(cell.strip() for cell in lines[-1]):
        lines.pop()
    if not lines:
        raise ValidationError(
            "貼り付ける内容がありません。Excelで値の列を選び、コピーしてから貼り付けてください。"
        )
    if len(lines) > MAX_LINES:
        raise ValidationError(
            f"{len(lines)}行あります。一度に貼り付けられるのは{MAX_LINES}行までです。"
        )
    if max(map(len, lines)) > MAX_COLUMNS:
        raise ValidationError(
            "列が多すぎます。値（割合は分子と分母）とコメントの3列までを選んでコピーしてください。"
        )
    return lines


def _typed(row, cells: list[str], width: int) -> dict | str:
    """{field: text} of a line for this row, or the sentence why it does not fit."""
    ratio = row.definition.kind == Kind.RATIO
    first = cells[0]
    if first in REASONS:
        return {
            "answer": REASONS[first],
            "note": cells[-1] if width == MAX_COLUMNS or (width > 1 and not ratio) else "",
        }
    if not ratio:
        if width == MAX_COLUMNS and cells[1]:
            return "数値の指標です。3列で貼り付けるときは2列目を空欄にしてください"
        return {"value": first, "note": cells[-1] if width > 1 else ""}
    if row.definition.numerator_words:
        return _denominator(
            row,
            cells,
            width,
        )
    if width == 1:
        parts = _parts(first)
        if len(parts) != 2:
            return "割合の指標です。分子と分母の2列をコピーしてください"
        return {"numerator": parts[0], "denominator": parts[1]}
    return {
        "numerator": first,
        "denominator": cells[1],
        "note": cells[2] if width == MAX_COLUMNS else "",
    }


def _parts(text: str) -> list[str]:
    """「118／598」 in two."""
    return text.replace(
        "／",
        "/",
    ).split("/")


def _denominator(row, cells: list[str], width: int) -> dict | str:
    """The same where the numerator is another indicator's value: one beside it must be that one."""
    parts = cells[:2] if width > 1 and cells[1] else _parts(cells[0])
    told = parts[0] if len(parts) > 1 else ""
    number = row.facts.numerator
    if told and (number is None or _number(told, row.definition.numerator_unit) != number):
        known = words.EMPTY if number is None else format_plain(number)
        return (
            f"分子は{row.definition.numerator_words}（{known}）です。貼り付けた分子（{told}）と"
            "違います。分子を空欄にするか、同じ数にしてください"
        )
    return {"denominator": parts[-1], "note": cells[2] if width == MAX_COLUMNS else ""}


def _number(text: str, unit: str) -> Decimal | None:
    """A pasted number, or None where it is none."""
    try:
        return parse_decimal(text, unit=unit)
    except ValueError:
        return None


def _beside(row: EntryRow, landed: dict[int, "Landing"]) -> EntryRow:
    """The row as it stands once the value of the same block that is its numerator is saved."""
    source = landed.get(row.definition.numerator_source_id or 0)
    if source is None or source.entry is None:
        return row
    facts = row.facts
    given = {name: getattr(source.entry, name) for name in Entry.__dataclass_fields__}
    other = KpiValue(month=facts.month, version=0, **given)
    return replace(row, facts=replace(facts, numerators=facts.numerators | {facts.month: other}))


def _land(row, cells: list[str], width: int) -> Landing:
    cells = [cell.strip() for cell in cells] + [""] * (width - len(cells))
    typed = "　".join(cell for cell in cells if cell)
    if not typed:
        return Landing(row, "", "skip", "空欄（変更しません）")
    if not row.is_due:
        return Landing(row, typed, "skip", "測定時期前です")
    if not row.is_open:
        who = f"入力できるのは{row.definition.responsible_name}と事務局です"
        return Landing(row, typed, "skip", row.lock.word if row.lock else who)
    if row.lock:
        return Landing(row, typed, "skip", "提出済みです。直す理由を付けて1件ずつ入力してください")
    fields = _typed(row, cells, width)
    if isinstance(fields, str):
        return Landing(row, typed, "skip", fields)
    return _read(row, typed, fields)


def _read(row, typed, fields) -> Landing:
    stored = row.stored
    kept = {
        "answer": stored.maturity if stored else Maturity.FINAL,
        "note": stored.note if stored else "",
    }
    data = {
        **kept,
        "seen_version": 0,
        "follow_up": "on" if stored and stored.follow_up else "",
        **{name: text for name, text in fields.items() if name != "note" or text},
    }
    form = EntryForm(
        row.definition,
        {f"{row.indicator.code}-{name}": text for name, text in data.items()},
        stored=stored,
    )
    if not form.is_valid():
        return Landing(row, typed, "skip", str(next(iter(form.errors.values()))[0]))
    entry = form.entry
    errors = hard_errors(entry, row.definition, row.facts.numerator)
    if errors:
        return Landing(row, typed, "skip", next(iter(errors.values())))
    same = stored is not None and all(
        getattr(stored, name) == value for name, value in asdict(entry).items()
    )
    return Landing(row, typed, "same" if same else "set", entry=entry)


def land(rows: list, start: str, block: list[list[str]]) -> list[Landing]:
    """Where each line of the block goes.

    `rows`: the displayed grid rows in order; `start`: code of the first one.
    """
    codes = [row.indicator.code for row in rows]
    if start not in codes:
        raise ValidationError(
            "貼り付けを始める行が、いまの表示にありません。行を選び直してください。"
        )
    targets, width = rows[codes.index(start) :], max(map(len, block))
    if len(block) > len(targets):
        raise ValidationError(
            f"{len(block)}行をコピーしましたが、"
            f"{start} から下には{len(targets)}行しかありません。行を選び直してください。"
        )
    lines = list(zip(targets, block, strict=False))
    landed: dict[int, Landing] = {}
    for row, cells in sorted(lines, key=lambda line: bool(line[0].definition.numerator_words)):
        landed[row.indicator.pk] = _land(_beside(row, landed), cells, width)
    return [landed[row.indicator.pk] for row, _ in lines]


@transaction.atomic
def apply(
    landings: list[Landing], seen: dict, *, by, month: date, on: date, at: datetime | None = None
) -> tuple[list[dict], list[Landing]]:
    """Save what was shown, in one transaction; each cell stands or falls on its own.

    `seen`: {code: version in the preview}. Returns (what to undo, landings not saved).
    """
    at = moment(at)
    wait_in_line()
    undo: list[dict] = []
    left = [row for row in landings if row.outcome == "set" and row.entry is not None]
    for _ in range(2):  # what another line of the block makes possible is tried once more
        left = [
            row
            for row in left
            if not _saved(
                row,
                seen,
                undo,
                by=by,
                month=month,
                on=on,
                at=at,
            )
        ]
    return undo, left


def _saved(landing: Landing, seen: dict, undo: list[dict], *, at: datetime, **door: Any) -> bool:
    """Save one line; what is refused says why on it."""
    code = landing.row.indicator.code
    try:
        saved = record_value(
            indicator=landing.row.indicator,
            entry=landing.entry or Entry(),
            seen_version=seen.get(code, 0),
            at=at,
            **door,
        )
    except SavedAlready:
        return True  # it is there, but not by this paste: nothing to take back
    except Conflict as conflict:
        landing.conflict = conflict
        return False
    except ValidationError as error:
        landing.outcome, landing.why = "skip", error.messages[0]
        return False
    landing.outcome = "set"
    version = saved.value.version if saved.value else 0
    undo.append({"code": code, "version": version, "before": kept(landing.row.stored)})
    return True


@transaction.atomic
def take_back(
    undo: list[dict], *, by, month: date, on: date, at: datetime | None = None
) -> tuple[int, list[str]]:
    """Undo a paste in one transaction, cell by cell through the same door.

    Returns (how many, sentences about those changed since).
    """
    at = moment(at)
    wait_in_line()
    indicators = {call_then(row, row).code: row for row in Indicator.objects.in_month(month)}
    done, refused = 0, []
    for item in reversed(undo):  # each step was possible the other way round
        indicator = indicators[item["code"]]
        try:
            record_value(
                by=by,
                indicator=indicator,
                month=month,
                seen_version=item["version"],
                on=on,
                entry=taken_up(item["before"]),
                reason="貼り付けの取消",
                at=at,
            )
        except SavedAlready:
            done += 1
        except ValidationError as error:
            refused.append(f"{indicator}：{error.messages[0]}")
        except Conflict as conflict:
            refused.append(
                f"{indicator}：{conflict.sentence}現在の値（{conflict.words}）を残しました。"
            )
        else:
            done += 1
    return done, refused
