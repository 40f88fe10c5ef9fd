"""Fiscal years, months and eras. Pure; time is always an argument (docs/rules.md §1).

A month is the `date` of its first day everywhere. A fiscal year n runs from 1 April n to 31 March
n+1.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta

# (first day, kanji, letter), newest first
ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 10, 23), "明治", "M"),
)
WEEKDAYS = "月火水木金土日"
DATE_HELP = "「令和8年11月3日」「R8.11.3」「2026-11-03」「2026/11/3」のように入力してください。"
_WESTERN = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$")
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR])(\d{1,2}|元)(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$",
    re.I,
)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])$")


def time_of_day(moment: datetime) -> str:
    """「11月6日 10時05分」 of a local moment."""
    return f"{moment.month}月{moment.day}日 {moment.hour:02d}時{moment.minute:02d}分"


def first_of_month(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    return add_months(day, 1) - timedelta(days=1)


def add_months(day: date, number: int) -> date:
    """The first of the month `number` months after that of `day` (negative: before)."""
    index = day.year * 12 + day.month - 1 + number
    return date(index // 12, index % 12 + 1, 1)


def month_span(first: date, last: date) -> list[date]:
    """Firsts of month from `first` to `last`, both inclusive; [] when last is before first."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, number) for number in range(max(0, count))]


def fiscal_year(on: date) -> int:
    """The fiscal year (western) that contains `on`."""
    return on.year if on.month >= 4 else on.year - 1


def fiscal_year_start(year: int) -> date:
    """1 April of fiscal year `year`."""
    return date(year, 4, 1)


def fiscal_year_end(year: int) -> date:
    """31 March that ends fiscal year `year`."""
    return date(year + 1, 3, 31)


def fiscal_months(year: int) -> list[date]:
    """The twelve months of fiscal year `year`, April first."""
    return month_span(fiscal_year_start(year), fiscal_year_end(year))


def quarter(on: date) -> int:
    """The fiscal quarter 1–4: Q1 = April to June."""
    return (on.month - 4) % 12 // 3 + 1


def era_year(on: date) -> tuple[str, str, int]:
    """(era in kanji, its letter, year of the era) of a day; ValueError before Meiji."""
    for start, kanji, letter in ERAS:
        if on >= start:
            return kanji, letter, on.year - start.year + 1
    raise ValueError("明治より前の日付は表せません。")


def _year_name(on: date) -> str:
    kanji, _, year = era_year(on)
    return f"{kanji}{'元' if year == 1 else year}年"


def wareki_date(on: date) -> str:
    """「令和8年10月5日」."""
    return f"{_year_name(on)}{on.month}月{on.day}日"


def wareki_month(on: date) -> str:
    """「令和8年10月」."""
    return f"{_year_name(on)}{on.month}月"


def wareki_short(on: date) -> str:
    """「R8.10.5」."""
    _, letter, year = era_year(on)
    return f"{letter}{year}.{on.month}.{on.day}"


def wareki_month_short(on: date) -> str:
    """「R8.10」."""
    _, letter, year = era_year(on)
    return f"{letter}{year}.{on.month}"


def month_name(on: date) -> str:
    """「10月」."""
    return f"{on.month}月"


def date_with_weekday(on: date) -> str:
    """「11月10日（火）」."""
    return f"{on.month}月{on.day}日（{WEEKDAYS[on.weekday()]}）"


def fiscal_year_name(year: int) -> str:
    """「令和8年度」; the era is that of the year's larger part (2019: 令和元年度)."""
    kanji, _, number = era_year(date(year, 5, 1))
    return f"{kanji}{'元' if number == 1 else number}年度"


def fiscal_year_label(year: int) -> str:
    """「令和8年度（2026年度）」."""
    return f"{fiscal_year_name(year)}（{year}年度）"


def fiscal_year_short(year: int) -> str:
    """「R8」."""
    _, letter, number = era_year(date(year, 5, 1))
    return f"{letter}{number}"


def parse_month(text: str) -> date:
    """ "2026-10" → 2026-10-01; ValueError otherwise."""
    match = _MONTH.match(text)
    if not match:
        raise ValueError(f"「{text}」は月として読めません。「2026-10」のように入力してください。")
    return date(int(match[1]), int(match[2]), 1)


def format_month(month: date) -> str:
    """2026-10-01 → "2026-10"."""
    return f"{month:%Y-%m}"


def _western_year(era: str, number: str) -> int:
    for start, kanji, letter in ERAS:
        if era.upper() in (kanji, letter):
            return start.year + (1 if number == "元" else int(number)) - 1
    raise ValueError(era)


def _in_era(day: date, era: str) -> bool:
    kanji, letter, _ = era_year(day)
    return era.upper() in (kanji, letter)


def parse_date(text: str) -> date:
    """A date typed by a person.

    Western or era, full-width or not. ValueError with a Japanese sentence.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    western, era = _WESTERN.match(plain), _ERA.match(plain)
    if not western and not era:
        raise ValueError(f"「{text}」は日付として読めません。{DATE_HELP}")
    try:
        if western:
            return date(*(int(part) for part in western.groups()))
        assert era, "one of the two has matched"
        day = date(_western_year(era[1], era[2]), int(era[3]), int(era[4]))
    except ValueError:
        raise ValueError(f"「{text}」という日はありません。月と日を確かめてください。") from None
    if not _in_era(day, era[1]):
        raise ValueError(f"「{text}」という日はありません。元号と年を確かめてください。")
    return day
