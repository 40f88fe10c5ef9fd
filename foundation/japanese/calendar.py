"""Fiscal years, months and eras. Pure; time is always an argument (docs/rules.md §1).

A month is the `date` of its first day everywhere. A fiscal year n runs from 1 April n to 31 March
n+1.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import MAXYEAR, MINYEAR, date, datetime
from functools import lru_cache

# (first day, kanji, letter), newest first
ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 10, 23), "明治", "M"),
)
WEEKDAYS = "月火水木金土日"
CHECK_DATE = "日付を確認してください"
LAST_SENSIBLE = date(2199, 12, 31)
FIRST_INDEX, LAST_INDEX = MINYEAR * 12, MAXYEAR * 12 + 11
LONGEST_SPAN = 1200  # months
MONTH_HELP = "「令和8年10月」「R8.10」「2026-10」「2026/10」のように入力してください。"
DATE_HELP = "「令和8年11月3日」「R8.11.3」「2026-11-03」「2026/11/3」のように入力してください。"
_WESTERN = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$", re.ASCII)
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR])(\d{1,2}|元)(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$",
    re.I | re.ASCII,
)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])$", re.ASCII)
_TYPED_MONTH = re.compile(
    r"(?:(\d{4})|(明治|大正|昭和|平成|令和|[MTSHR])(\d{1,2}|元))(?:[-/.]|年)(\d{1,2})月?$",
    re.I | re.ASCII,
)
_SHORT = re.compile(r"(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$", re.ASCII)
_WEEKDAY = re.compile(r"\(([月火水木金土日])(?:曜日?)?\)$")
_DASHES = str.maketrans(dict.fromkeys("−‐‑–—―ー", "-"))

LONGEST_TYPED = 100


def time_of_day(moment: datetime) -> str:
    """「11月6日 10時05分」 of a local moment."""
    return f"{moment.month}月{moment.day}日 {moment.hour:02d}時{moment.minute:02d}分"


def first_of_month(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def as_of_words(month: date, on: date) -> str:
    """The day as of which a month is seen on the day `on`: 「令和8年10月31日時点」, while it runs
    「令和8年11月27日現在」.
    """
    end = last_of_month(month)
    return f"{wareki_date(end)}時点" if on > end else f"{wareki_date(on)}現在"


def add_months(day: date, number: int) -> date:
    """The first of the month `number` months after that of `day` (negative: before).

    Stops at the first and the last month a date can have, so that a mistyped date breaks no page.
    """
    index = day.year * 12 + day.month - 1 + number
    year, month = divmod(min(max(index, FIRST_INDEX), LAST_INDEX), 12)

    return date(year, month + 1, 1)


def month_span(first: date, last: date) -> list[date]:
    """Firsts of month from `first` to `last`, both inclusive; [] when last is before first.

    At most a hundred years of them: what is longer comes from a mistyped date.
    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, number) for number in range(min(max(0, count), LONGEST_SPAN))]


def fiscal_year(on: date) -> int:
    """The fiscal year (western) that contains `on`."""
    return on.year if on.month >= 4 else on.year - 1


def fiscal_year_start(year: int) -> date:
    """1 April of fiscal year `year`."""
    return date(max(year, MINYEAR), 4, 1)


def fiscal_year_end(year: int) -> date:
    """31 March that ends fiscal year `year`."""
    ends_in = min(year + 1, MAXYEAR)
    return date(ends_in, 3, 31)


def fiscal_months(year: int) -> list[date]:
    """The twelve months of fiscal year `year`, April first."""
    return list(_fiscal_months(year))


@lru_cache(maxsize=256)
def _fiscal_months(year: int) -> tuple[date, ...]:
    return tuple(month_span(fiscal_year_start(year), fiscal_year_end(year)))


def quarter(on: date) -> int:
    """The fiscal quarter 1–4: Q1 = April to June."""
    return (on.month - 4) % 12 // 3 + 1


def era_year(on: date) -> tuple[str, str, int]:
    """(era in kanji, its letter, year of the era) of a day; ValueError before Meiji."""
    for start, kanji, letter in ERAS:
        if on >= start:
            return kanji, letter, on.year - start.year + 1
    raise ValueError("明治より前の日付は表せません。")


def is_sensible(on: date) -> bool:
    """Can the day have been meant? A mistyped year may stand in an old row."""
    return ERAS[-1][0] <= on <= LAST_SENSIBLE


def _said(on: date, words: Callable[[str, str, int], str]) -> str:
    """The day in words; what cannot have been meant asks to be looked at, and never raises."""
    return words(*era_year(on)) if is_sensible(on) else CHECK_DATE


def _year_name(kanji: str, year: int) -> str:
    return f"{kanji}{'元' if year == 1 else year}年"


def wareki_date(on: date) -> str:
    """「令和8年10月5日」."""
    return _said(on, lambda kanji, _, year: f"{_year_name(kanji, year)}{on.month}月{on.day}日")


def wareki_month(on: date) -> str:
    """「令和8年10月」."""
    return _said(on, lambda kanji, _, year: f"{_year_name(kanji, year)}{on.month}月")


def wareki_short(on: date) -> str:
    """「R8.10.5」."""
    return _said(on, lambda _, letter, year: f"{letter}{year}.{on.month}.{on.day}")


def wareki_month_in_names(month: date) -> str:
    """「R8-10」: as names of files say a month, in the order of time."""
    return f"{fiscal_year_short(month.year)}-{month.month:02d}"


def wareki_month_short(on: date) -> str:
    """「R8.10」."""
    return _said(on, lambda _, letter, year: f"{letter}{year}.{on.month}")


def month_name(on: date) -> str:
    """「10月」."""
    return f"{on.month}月"


def date_with_weekday(on: date) -> str:
    """「11月10日（火）」."""
    words = f"{on.month}月{on.day}日（{WEEKDAYS[on.weekday()]}）"
    return words if is_sensible(on) else CHECK_DATE


def fiscal_year_name(year: int) -> str:
    """「令和8年度」; the era is that of the year's larger part (2019: 令和元年度)."""
    return _said(_may(year), lambda kanji, _, number: f"{_year_name(kanji, number)}度")


def months_of_years(years: Iterable[int]) -> list[date]:
    """Every month of these fiscal years, in their order."""
    return [month for year in years for month in fiscal_months(year)]


def fiscal_year_label(year: int) -> str:
    """「令和8年度（2026年度）」."""
    return f"{fiscal_year_name(year)}（{year}年度）"


def fiscal_year_short(year: int) -> str:
    """「R8」."""
    return _said(_may(year), lambda _, letter, number: f"{letter}{number}")


def _may(year: int) -> date:
    """The day that names a fiscal year: May belongs to its larger part."""
    return date(
        min(max(year, MINYEAR), MAXYEAR),
        5,
        1,
    )


def parse_month(text: str) -> date:
    """ "2026-10" → 2026-10-01: how addresses and machines write a month. ValueError otherwise."""
    match = _MONTH.match(text)
    if not match:
        raise ValueError(f"「{text}」は月として読めません。{MONTH_HELP}")
    return date(
        int(match[1]),
        int(match[2]),
        1,
    )


def _check_length(text: str) -> None:
    """Whoever types more than this has pasted something else; nothing is spent on reading it."""
    if len(text) > LONGEST_TYPED:
        raise ValueError(f"長すぎます（{LONGEST_TYPED}字まで）。日付か月だけを入力してください。")


def read_month(text: str) -> date:
    """A month typed by a person: 2026-10, 2026/10, R8.10, 令和8年10月, 2026年10月, full-width too.

    ValueError with a Japanese sentence.
    """
    _check_length(text)
    match = _TYPED_MONTH.match(_plain(text))
    if not match:
        raise ValueError(f"「{text}」は月として読めません。{MONTH_HELP}")
    western, era, number, month = match.groups()
    try:
        year = int(western) if western else _western_year(era, number)
        found = date(year, int(month), 1)
    except ValueError:
        raise ValueError(f"「{text}」という月はありません。年と月を確かめてください。") from None
    if era and not (_in_era(found, era) or _in_era(last_of_month(found), era)):
        raise ValueError(f"「{text}」という月はありません。元号と年を確かめてください。")

    return found


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


def _plain(text: str) -> str:
    """Typed text without blanks and invisible signs, its dashes and digits as ASCII.

    Marks like ① stay what they are: they are no digits.
    """
    folded = "".join(
        sign if unicodedata.category(sign) == "No" else unicodedata.normalize("NFKC", sign)
        for sign in text
    ).translate(_DASHES)
    return "".join(sign for sign in folded if unicodedata.category(sign) not in ("Cf", "Zs", "Cc"))


def parse_date(text: str, *, near: date | None = None) -> date:
    """A date typed by a person.

    Western or era, full-width or not, with or without its weekday. 「11/3」 is read as the one
    nearest to `near` (of two equally near the later). ValueError with a Japanese sentence.
    """
    _check_length(text)
    plain = _plain(text)
    weekday = _WEEKDAY.search(plain)
    day = _day(
        text,
        plain[: weekday.start()] if weekday else plain,
        near,
    )
    if weekday and WEEKDAYS[day.weekday()] != weekday[1]:
        right = f"{wareki_date(day)}は{WEEKDAYS[day.weekday()]}曜日です"
        raise ValueError(f"「{text}」の曜日が合いません（{right}）。日を確かめてください。")
    return day


def _day(text: str, plain: str, near: date | None) -> date:
    western, era, short = _WESTERN.match(plain), _ERA.match(plain), _SHORT.match(plain)
    gone = ValueError(f"「{text}」という日はありません。月と日を確かめてください。")
    if short and near is not None:
        found = _nearest(int(short[1]), int(short[2]), near)
        if found is None:
            raise gone
        return found
    if not western and not era:
        raise ValueError(f"「{text}」は日付として読めません。{DATE_HELP}")
    try:
        if western:
            return date(*(int(part) for part in western.groups()))
        assert era, "one of the two has matched"
        day = date(_western_year(era[1], era[2]), int(era[3]), int(era[4]))
    except ValueError:
        raise gone from None
    if not _in_era(day, era[1]):
        raise ValueError(f"「{text}」という日はありません。元号と年を確かめてください。")
    return day


def _nearest(month: int, day: int, near: date) -> date | None:
    """The day of that month nearest to `near`, or None when no year has it."""
    found = []
    for year in range(near.year - 4, near.year + 5):  # 29 February comes every four years
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(
        found,
        key=lambda each: (abs(each - near), near - each),
        default=None,
    )
