"""The number of an indicator: 「1-1」 for people, 「KPI1-1」 in files for machines.

A spreadsheet makes a date of 1-1 as soon as it opens a CSV (docs/excel.md §1), so no file for
machines says it; whoever reads a number takes both. Pure.
"""

import re
import unicodedata

from foundation.japanese.folding import folded

PREFIX = "KPI"
_NUMBER = re.compile(r"(?:kpi ?)?([0-9]+-[0-9]+)")
_MARKED = re.compile(rf"{PREFIX} ?(?=[0-9A-Z])", re.IGNORECASE)
_DAY = re.compile(r"(?:\d{4}-)?0?(\d{1,2})-0?(\d{1,2})$|(\d{1,2})月(\d{1,2})日$")
_WORD = re.compile(  # before a number, in either width
    "(?<![A-Za-zＡ-Ｚａ-ｚ])[KＫ][PＰ][IＩ][ 　]?(?=[0-9０-９]+[^0-9０-９ 　][0-9０-９])", re.I
)


def machine_code(code: str) -> str:
    """「1-1」 → 「KPI1-1」; nothing stays nothing."""
    return f"{PREFIX}{plain_code(code)}" if code else ""


def plain_code(text: str) -> str:
    """A number however it was typed: 「KPI1-1」「kpi 1-1」「ＫＰＩ１－１」「１－１」 → 「1-1」.

    Another text comes back in one width and without the mark: 「KPIa-1」 → 「a-1」.
    """
    number = _NUMBER.fullmatch(folded(text))
    if number:
        return number[1]
    said = unicodedata.normalize("NFKC", text).strip()
    marked = _MARKED.match(said)
    return said[marked.end() :] if marked else said


def typed_code(text: str) -> str:
    """A number as it stands in a cell, where Excel may have made a day of it.

    「2026-05-03」「5月3日」 → 「5-3」.
    """
    found = _DAY.match(text)
    if found is None:
        return plain_code(text)
    parts = [part for part in found.groups() if part]
    return "-".join(parts)


def plain_words(text: str) -> str:
    """Words to look for, the numbers in them without the mark: 「KPI1-1 窓口」 → 「1-1 窓口」."""
    return _WORD.sub("", text)
