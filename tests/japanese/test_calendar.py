"""Fiscal years, eras, dates as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.japanese import calendar
from foundation.japanese.workdays import is_working_day, next_working_day, working_days_left

pytestmark = pytest.mark.pure
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "year", "quarter"),
    [
        (date(2026, 3, 31), 2025, 4),
        (date(2026, 4, 1), 2026, 1),
        (date(2026, 6, 30), 2026, 1),
        (date(2026, 7, 1), 2026, 2),
        (date(2026, 12, 31), 2026, 3),
        (date(2027, 1, 1), 2026, 4),
        (date(2028, 2, 29), 2027, 4),
        (date(2030, 3, 31), 2029, 4),
    ],
)
def test_fiscal_year_and_quarter(day, year, quarter):
    assert (calendar.fiscal_year(day), calendar.quarter(day)) == (year, quarter)
    assert calendar.fiscal_year_start(year) <= day <= calendar.fiscal_year_end(year)


def test_labels():
    assert calendar.fiscal_year_label(2026) == "令和8年度（2026年度）"
    assert calendar.fiscal_year_label(2019) == "令和元年度（2019年度）"
    assert calendar.fiscal_year_short(2026) == "R8"
    assert calendar.wareki_date(date(2026, 10, 5)) == "令和8年10月5日"
    assert calendar.wareki_short(date(2026, 10, 5)) == "R8.10.5"
    assert calendar.wareki_month(date(2019, 5, 1)) == "令和元年5月"
    assert calendar.date_with_weekday(date(2026, 11, 10)) == "11月10日（火）"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
    ],
)
def test_era_borders(day, text):
    assert calendar.wareki_date(day) == text
    assert calendar.parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03",
        "2026/11/3",
        "2026.11.3",
        "2026年11月3日",
        "令和8年11月3日",
        "R8.11.3",
        "r8/11/3",
        "Ｒ８．１１．３",
        "２０２６年１１月３日",
        " 令和8年 11月 3日 ",
    ],
)
def test_dates_that_are_read(text):
    assert calendar.parse_date(text) == date(2026, 11, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "11/3",
        "2026-13-01",
        "2026-02-29",
        "令和8年2月30日",
        "平成40年1月1日",
        "令和元年4月30日",
        "X8.1.1",
        "明日",
        "20261103",
        "2026-11-03-04",
    ],
)
def test_dates_that_are_refused_say_why(text):
    with pytest.raises(ValueError, match="日付として読めません|という日はありません"):
        calendar.parse_date(text)


@given(DAYS)
def test_every_day_survives_writing_and_reading(day):
    for text in (calendar.wareki_date(day), calendar.wareki_short(day), day.isoformat()):
        assert calendar.parse_date(text) == day
    assert day in {calendar.first_of_month(day) + timedelta(days=n) for n in range(31)}
    assert calendar.parse_month(calendar.format_month(day)) == calendar.first_of_month(day)


@given(DAYS, st.integers(-400, 400))
def test_months_add_up(day, number):
    assert calendar.add_months(
        calendar.add_months(day, number), -number
    ) == calendar.first_of_month(day)
    assert (calendar.last_of_month(day) + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 9, 22), False),
        (date(2027, 3, 22), False),
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2027, 1, 3), False),
        (date(2027, 1, 4), True),
        (date(2026, 11, 3), False),
        (date(2026, 11, 14), False),
    ],
)
def test_working_days(day, open_):
    assert is_working_day(day) is open_


def test_deadlines():
    assert next_working_day(date(2026, 10, 10)) == date(
        2026, 10, 13
    )  # Saturday, Sunday, スポーツの日
    assert working_days_left(date(2026, 11, 6), date(2026, 11, 10)) == 2
    assert working_days_left(date(2026, 11, 10), date(2026, 11, 10)) == 0
    assert working_days_left(date(2026, 11, 12), date(2026, 11, 10)) == 0


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和8年11月3日（火）", date(2026, 11, 3)),
        ("11月3日", date(2026, 11, 3)),
        ("11/3", date(2026, 11, 3)),
        ("１１／３", date(2026, 11, 3)),
        ("11ー3", date(2026, 11, 3)),
        ("2026ー11ー3", date(2026, 11, 3)),
        ("2026–11–3", date(2026, 11, 3)),
        ("2026−11‐3", date(2026, 11, 3)),
        ("R8ー11ー3", date(2026, 11, 3)),
        ("\u200b2026/11/3\ufeff", date(2026, 11, 3)),
        ("1/15", date(2027, 1, 15)),
        ("2/29", date(2028, 2, 29)),
    ],
)
def test_dates_as_people_and_input_methods_write_them(text, day):
    assert calendar.parse_date(text, near=date(2026, 11, 27)) == day


@pytest.mark.parametrize(
    ("near", "day"),
    [
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2026, 6, 30), date(2026, 1, 1)),
        (date(2026, 7, 3), date(2027, 1, 1)),
        (date(2028, 7, 2), date(2029, 1, 1)),  # 183 days either way: the later
    ],
)
def test_a_day_without_its_year_is_the_nearest_one(near, day):
    assert calendar.parse_date("1/1", near=near) == day


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("令和8年11月3日（水）", "曜日が合いません"),
        ("2/30", "という日はありません"),
        ("13/1", "という日はありません"),
        ("R8.10", "日付として読めません"),
        ("１１月", "日付として読めません"),
        ("①/3", "日付として読めません"),
    ],
)
def test_dates_that_cannot_be_are_refused(text, word):
    with pytest.raises(ValueError, match=word):
        calendar.parse_date(text, near=date(2026, 11, 27))


@pytest.mark.parametrize(
    "text",
    [
        "2026-10",
        "2026/10",
        "2026.10",
        "2026年10月",
        "R8.10",
        "r8/10",
        "令和8年10月",
        "令和８年１０月",
        "２０２６－１０",
        "2026ー10",
        " R8. 10 ",
    ],
)
def test_months_that_are_read(text):
    assert calendar.read_month(text) == date(2026, 10, 1)


@pytest.mark.parametrize("text", ["", "10", "2026-13", "R8.0", "平成40年1月", "2026-10-1", "X8.1"])
def test_months_that_are_refused(text):
    with pytest.raises(ValueError, match="月"):
        calendar.read_month(text)


ABSURD = [date(1, 1, 1), date(1027, 1, 15), date(2200, 1, 1), date(9999, 12, 31)]


@pytest.mark.parametrize("day", ABSURD)
def test_a_mistyped_year_breaks_nothing_that_is_shown(day):
    for words in (
        calendar.wareki_date,
        calendar.wareki_month,
        calendar.wareki_short,
        calendar.wareki_month_short,
        calendar.date_with_weekday,
    ):
        assert words(day) == "日付を確認してください"
    for number in (-13, -1, 0, 1, 13):
        assert calendar.add_months(day, number).day == 1
    assert calendar.last_of_month(day) >= day
    assert calendar.fiscal_year_end(calendar.fiscal_year(day)).month == 3
    assert len(calendar.month_span(date(2026, 4, 1), day)) <= calendar.LONGEST_SPAN
    assert calendar.fiscal_year_name(calendar.fiscal_year(day))
    assert working_days_left(date(2026, 11, 27), day) <= 366


@given(st.text(max_size=14))
def test_any_text_is_a_day_or_a_sentence(text):
    for read in (calendar.parse_date, calendar.read_month):
        try:
            assert isinstance(read(text), date)
        except ValueError as error:
            assert "月" in str(error)
