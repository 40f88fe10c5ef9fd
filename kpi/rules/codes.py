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
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = re.compile(  # what spreadsheets make of 「1-1」, and write into a CSV
    r"(?:\d{4}[-/年])?0?(\d{1,2})[-/月]0?(\d{1,2})日?$", re.ASCII
)
_ENGLISH_DAY = re.compile(r"(\d{1,2})-([A-Z]{3})$|([A-Z]{3})-(\d{2})$", re.ASCII | re.IGNORECASE)
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
    """A number as it stands in a cell, where a program may have made a day of it.

    「2026-05-03」「5月3日」「3-May」 → 「5-3」.
    """
    said = unicodedata.normalize("NFKC", text)
    found = _DAY.match(said)
    if found:
        return "-".join(found.groups())
    return _of_english_day(said) or plain_code(text)


def _of_english_day(text: str) -> str:
    """「1-Jan」 of 1-1, 「Jan-32」 of 1-32: as an English spreadsheet writes them; "" otherwise."""
    found = _ENGLISH_DAY.match(text)
    if found is None:
        return ""
    day, name, other_name, year = found.groups()
    month = (name or other_name).lower()
    if month not in _MONTHS:
        return ""
    return f"{_MONTHS.index(month) + 1}-{int(day or year)}"


def plain_words(text: str) -> str:
    """Words to look for, the numbers in them without the mark: 「KPI1-1 窓口」 → 「1-1 窓口」."""
    return _WORD.sub("", text)
