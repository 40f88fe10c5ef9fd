"""年度末見込: one table, one door, the locks of its month, and where it is shown."""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from foundation.accounts.models import Department, User
from foundation.records.models import HistoryEntry
from headquarters.reports.monthly import gather
from kpi import reading
from kpi.actions import Locked, record_value
from kpi.forecasts.actions import NewForecast, record_forecast
from kpi.models import Indicator, YearEndForecast
from kpi.rules.checks import Entry
from kpi.submissions import change_submission

pytestmark = [pytest.mark.django_db, pytest.mark.standing_town]
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
ON = date(2026, 11, 20)
PAGE = "/kpis/entry/2026-10/forecasts/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        yield


@pytest.fixture
def town():
    return {row.username: row for row in User.objects.all()}


def said(code, value="900", *, by, month=OCTOBER, reason="増える見込み", **others):
    """Record a forecast of an indicator."""
    numbers = {"value": D(value)} if value is not None else {}
    new = NewForecast(**(numbers | {"reason": reason} | others))
    return record_forecast(
        by=by, indicator=Indicator.objects.get(code=code), month=month, new=new, on=ON
    )


def posted(client, **typed):
    """What the page of forecasts sends when this was typed: {code: {field: text}}."""
    page = client.get(PAGE).context["table"]
    data = {}
    for row in page.shown:
        form = row.form
        data |= {box.html_name: box.value() or "" for box in (*form.boxes, form["reason"])}
        data[form.hidden_key] = form.drawn()
    data |= {f"{code}-{name}": text for code, row in typed.items() for name, text in row.items()}
    return data


@pytest.mark.parametrize(
    ("code", "new", "field"),
    [
        ("1-2", {"value": None}, "value"),
        ("1-2", {"reason": ""}, "reason"),
        ("1-2", {"value": "-5"}, "value"),
        ("1-2", {"value": "10.5"}, "value"),  # counted in whole things
        ("1-3", {"value": None}, "numerator"),
        ("1-3", {"value": None, "numerator": D(5)}, "denominator"),
        ("1-3", {"value": None, "numerator": D(0), "denominator": D(0)}, "denominator"),
        ("1-3", {"value": None, "numerator": D(9), "denominator": D(5)}, "numerator"),
    ],
)
def test_what_cannot_be_is_refused_by_name(town, code, new, field):
    with pytest.raises(ValidationError) as refused:
        said(code, by=town["kikaku-tanto"], **new)
    assert list(refused.value.message_dict) == [field]
    assert not YearEndForecast.objects.filter(month=OCTOBER).exists()


def test_one_a_month_and_the_newest_of_the_year_holds(town):
    by = town["kikaku-tanto"]
    said("1-2", "900", by=by)
    said("1-2", "950", by=by, reason="広報で増える")
    row = YearEndForecast.objects.get(indicator__code="1-2", month=OCTOBER)
    assert (row.value, row.reason, row.recorded_by) == (950, "広報で増える", by)
    entries = HistoryEntry.objects.filter(action="kpi.forecast", month=OCTOBER)
    assert [entry.after["年度末見込"] for entry in entries.order_by("pk")] == ["900", "950"]
    at = {
        month: next(r for r in gather(month, on=ON).indicators if r.code == "1-2").forecast
        for month in (SEPTEMBER, OCTOBER)
    }
    assert [at[month].figure for month in at] == [1260, 950]
    assert (at[SEPTEMBER].rate, at[SEPTEMBER].reached) == (D("105.0"), True)
    assert at[OCTOBER].words == "目標の79.2％（見込）"


def test_what_is_said_again_changes_nothing_and_empty_takes_it_back(town):
    by = town["kikaku-tanto"]
    first = said("1-2", by=by)
    assert said("1-2", by=by).version == first.version
    assert said("1-2", None, by=by, reason="") is None
    assert not YearEndForecast.objects.filter(month=OCTOBER).exists()
    newest = HistoryEntry.objects.filter(action="kpi.forecast").first()
    assert (newest.before["年度末見込"], newest.after) == ("900", {})


def test_who_may_say_it_and_when(town):
    with pytest.raises(PermissionDenied):
        said("7-2", "0", by=town["kikaku-tanto"])
    with pytest.raises(Locked):  # September is closed
        said("1-2", by=town["jimukyoku"], month=SEPTEMBER)
    with pytest.raises(ValidationError, match="まだ始まっていません"):
        said("1-2", by=town["jimukyoku"], month=date(2026, 12, 1))
    record_value_of("8-1", town["kikaku-tanto"])
    change_submission(
        by=town["kikaku-kacho"],
        department=Department.objects.get(code="kikaku"),
        month=OCTOBER,
        name="submit",
    )
    with pytest.raises(Locked):
        said("1-2", by=town["kikaku-tanto"])
    with pytest.raises(Locked):
        said("1-2", by=town["jimukyoku"])


def record_value_of(code, by):
    """Fill what the department still lacks in October."""
    row = Indicator.objects.get(code=code)
    entry = Entry(value=D(2), note="聞き取りによる")
    record_value(by=by, indicator=row, month=OCTOBER, seen_version=0, entry=entry, on=ON)


def test_the_page_saves_all_or_nothing(town, sign_in):
    client = sign_in(town["kikaku-tanto"])
    ratio = {"numerator": "900", "denominator": "4,500", "reason": "申請が増える"}
    good = {"1-2": {"value": "１，３００件", "reason": "増える"}, "1-3": ratio}
    bad = good | {"8-1": {"value": "三十", "reason": ""}}
    answer = client.post(PAGE, posted(client, **bad))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "まだ何も保存していません" in text and "三十" in text and "１，３００件" in text
    assert not YearEndForecast.objects.filter(month=OCTOBER).exists()
    assert client.post(PAGE, posted(client, **good)).status_code == 302
    rows = YearEndForecast.objects.filter(month=OCTOBER).order_by("indicator__code")
    assert [(row.value, row.numerator, row.denominator) for row in rows] == [
        (1300, None, None),
        (None, 900, 4500),
    ]
    facts = reading.load(OCTOBER, on=ON, indicator=Indicator.objects.get(code="1-3"))[0]
    assert facts.definition.expected["reason"] == "申請が増える"


def test_two_at_once_are_told_of_each_other(town, sign_in):
    client = sign_in(town["kikaku-tanto"])
    data = posted(client, **{"1-2": {"value": "1300", "reason": "増える"}})
    said("1-2", "1000", by=town["jimukyoku"])
    answer = client.post(PAGE, data)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "あなたの入力は残っています" in text and "1300" in text and "1,000" in text
    assert YearEndForecast.objects.get(month=OCTOBER).value == 1000


def test_a_row_of_another_department_is_403(town, sign_in):
    client = sign_in(town["kikaku-tanto"])
    data = posted(client)
    other = sign_in(town["jimukyoku"])
    data |= posted(other, **{"7-2": {"value": "0", "reason": "なし"}})
    assert sign_in(town["kikaku-tanto"]).post(PAGE, data).status_code == 403


def test_a_closed_month_is_read_only(town, sign_in):
    page = sign_in(town["kikaku-tanto"]).get("/kpis/entry/2026-09/forecasts/").content.decode()
    assert "いまは直せません" in page and "1,260" in page and 'type="submit">保存する' not in page


def test_where_it_is_shown(town, sign_in):
    client = sign_in(town["jimukyoku"])
    page = client.get("/kpis/1-2/?at=2026-10").content.decode()
    for words in (
        "年度末見込",
        "1,260件",
        "目標の105.0％（見込）",
        "このままのペースなら",
        "前年同月",
    ):
        assert words in page
    board = client.get("/dashboard/?at=2026-10")
    ahead = board.context["ahead"]
    assert ahead.known >= len(ahead.short) > 0
    short = client.get("/kpis/?at=2026-10&ahead=short").content.decode()
    assert f'data-rows="{len(ahead.short)}"' in short
    assert "年度末見込" in client.get(reverse("kpi:entry", args=[OCTOBER])).content.decode()
