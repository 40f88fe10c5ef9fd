"""照合: what a workbook of ours carries to find its way back (docs/excel.md §2).

A hidden sheet with one table: in every row first which workbook it is (columns of whoever writes
it), then one value as it was at the download (`value_columns`). The monthly report and the entry
sheet have the same columns of values, so that one reader reads both. People never see it.

The report has columns besides that nobody types over: names, targets, judgements. Of their cells it
holds marks (`marks_of`), by which a change there is seen and can be named.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from foundation.round_trip.identity import HIDDEN, ROUND_TRIP, TITLE
from foundation.sheets.book import Column
from foundation.sheets.cell import Cell
from foundation.sheets.columns import month, number, text
from kpi.models import Indicator, KpiValue
from kpi.rules.codes import machine_code

__all__ = ["HIDDEN", "ROUND_TRIP", "TITLE", "KnownValue", "known_value", "value_columns"]
BESIDE_HEAD, BESIDE_NAME = "値のほかの列の照合", "beside"
BETWEEN, IS = ";", "="  # of marks


@dataclass(frozen=True)
class KnownValue:
    """One indicator in one month as it was at the download.

    `code`: its number for people, 「1-1」; `version`: of the stored value (0: there was none). None
    for what older formats of the report did not know yet. Choices are codes, "" for none;
    `maturity` is none where there is no number.
    """

    indicator_id: int | None
    code: str
    month: date
    version: int | None = 0
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    missing_reason: str = ""
    maturity: str = ""
    note: str = ""


def known_value(indicator: Indicator, month: date, stored: KpiValue | None) -> KnownValue:
    """What is stored for a month (None: nothing)."""
    if stored is None:
        return KnownValue(indicator.pk, indicator.code, month)
    return KnownValue(
        indicator_id=indicator.pk,
        code=indicator.code,
        month=month,
        version=stored.version,
        value=stored.value,
        numerator=stored.numerator,
        denominator=stored.denominator,
        missing_reason=stored.missing_reason,
        maturity="" if stored.missing_reason else stored.maturity,
        note=stored.note,
    )


def value_columns() -> list[Column]:
    """The columns of a `KnownValue`, in every workbook that comes back."""
    return [
        number("指標ID", "indicator_id", lambda r: r.indicator_id, "番号"),
        text("指標番号", "indicator_code", lambda r: machine_code(r.code)),
        month("年月", "month", lambda r: r.month),
        number("値の版", "value_version", lambda r: r.version, "番号"),
        number("実績値", "value", lambda r: r.value, ""),
        number("分子", "numerator", lambda r: r.numerator, ""),
        number("分母", "denominator", lambda r: r.denominator, ""),
        text("値なしの理由コード", "missing_reason_code", lambda r: r.missing_reason),
        text("確定区分コード", "maturity_code", lambda r: r.maturity),
        text("備考", "note", lambda r: r.note),
    ]


def said(value: Any) -> str:
    """A value as its cell says it when it comes back."""
    if isinstance(value, Decimal):
        value = float(value)
    return Cell(value).text


def _mark(text: str) -> str:
    """Four digits; that two texts have the same is as good as impossible by accident."""
    checked = zlib.crc32(text.encode()) & 0xFFFF
    return f"{checked:04x}"


def marks_of(texts: Mapping[str, str]) -> str:
    """「年度目標=1a2b;期待値=00ff」 of {head: text}."""
    marked = [f"{head}{IS}{_mark(text)}" for head, text in texts.items()]
    return BETWEEN.join(marked)


def moved(marks: str, texts: Mapping[str, str]) -> list[str]:
    """The heads whose cells say something else than at the download; those that are gone do not."""
    found = []
    for each in filter(None, marks.split(BETWEEN)):
        head, _, mark = each.rpartition(IS)
        if head in texts and _mark(texts[head]) != mark:
            found.append(head)
    return found
