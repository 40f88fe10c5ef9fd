"""How the months were collected: entered, handed in, sent back, confirmed, closed, corrected."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from foundation.accounts.models import Department
from foundation.accounts.permissions import Permission
from foundation.japanese.calendar import add_months, fiscal_year, last_of_month
from foundation.japanese.numbers import round_half_up
from foundation.japanese.workdays import next_working_day
from foundation.records.actions import local_day
from foundation.records.conflict import Conflict
from foundation.records.uploads import checked
from headquarters.reports.actions import close_month
from headquarters.sample.figures import entry_of
from headquarters.sample.story import Event, Story, dice
from kpi import reading
from kpi.actions import attach_evidence, definition_for, record_value
from kpi.choices import Direction, Maturity
from kpi.forecasts.actions import NewForecast, record_forecast
from kpi.forecasts.outlook import ASKED_IN
from kpi.models import Definition, Indicator, KpiValue, Reopening, Target
from kpi.models.readings import rule_of
from kpi.month.reopenings import decide_reopening, request_reopening
from kpi.months import MonthState
from kpi.rules.checks import Entry
from kpi.rules.counting import is_due
from kpi.submissions import change_submission, standings

ENTERED, EXPECTED, HANDED_IN, CONFIRMED, CLOSED = (2, 6), 7, 9, 10, 15  # days of the next month


def events(story: Story) -> Iterator[Event]:
    """Everything of all months."""
    for month in story.months:
        yield from _entries(story, month)
        if month.month in ASKED_IN:
            yield Event(_after(story, month, EXPECTED, 11), partial(_look_ahead, story, month))
        yield Event(_after(story, month, HANDED_IN, 16, 15), partial(_hand_in, story, month))
    for month in story.closed:
        yield Event(_after(story, month, CONFIRMED, 17), partial(_confirm, story, month))
        yield Event(_after(story, month, CLOSED, 17, 10), partial(_close, story, month, ""))
    yield from _sent_back(story)
    yield from _evidence(story)
    yield from _correction(story)


def _after(story: Story, month: date, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of a working day in the month after `month`."""
    following = add_months(month, 1).replace(day=day)
    return story.within(next_working_day(following), hour, minute)


def _entries(story: Story, month: date) -> Iterator[Event]:
    rows = Definition.objects.in_force(month).select_related("indicator")
    for definition in rows.order_by("indicator__order"):
        code, chance = definition.indicator.code, dice("when", definition.indicator.code, month)
        entry = entry_of(story, definition, month)
        if entry is None or not is_due(rule_of(definition), month):
            continue
        day, hour, minute = chance.randint(*ENTERED), chance.randint(9, 15), chance.randint(0, 59)
        at = _after(story, month, day, hour, minute)
        both = story.town.data["together"]
        if code == both["code"] and month == story.until:
            yield Event(at, partial(_enter_together, story, month, entry))
        else:
            yield Event(at, partial(_enter, story, definition.indicator, month, entry))


def _enter(story: Story, indicator: Indicator, month: date, entry: Entry, at: datetime) -> None:
    """Enter one cell, with a comment where the portal asks for one."""
    definition = definition_for(indicator, month)
    by = story.town.acting(definition.responsible, Permission.ENTER_VALUES)
    save = partial(record_value, by=by, indicator=indicator, month=month, on=local_day(at), at=at)
    saved = save(seen_version=0, entry=entry)
    if saved.warnings and saved.value is not None:
        why = "incident" if definition.direction == Direction.ZERO else "moved"
        explained = replace(entry, note=story.town.data["explanations"][why])
        save(seen_version=saved.value.version, entry=explained)


def _look_ahead(story: Story, month: date, at: datetime) -> None:
    """年度末見込: what some departments expect, as a share of the year's target."""
    targets = Target.objects.filter(fiscal_year=fiscal_year(month), value__isnull=False)
    for row in targets.filter(version=1).select_related("indicator").order_by("indicator__order"):
        share, reason = story.town.data["forecasts"].get(row.indicator.code, (None, ""))
        if share is None or row.value is None:
            continue
        definition = definition_for(row.indicator, month)
        value = round_half_up(row.value * Decimal(share), definition.decimals)
        record_forecast(
            by=story.town.acting(definition.responsible, Permission.ENTER_VALUES),
            indicator=row.indicator,
            month=month,
            new=NewForecast(value=value, reason=reason),
            on=local_day(at),
            at=at,
        )


def _enter_together(story: Story, month: date, entry: Entry, at: datetime) -> None:
    """Two people open the same cell; the second is told of the first, and keeps the own figure."""
    both = story.town.data["together"]
    indicator = Indicator.objects.get(code=both["code"])
    save = partial(record_value, indicator=indicator, month=month, on=local_day(at), at=at)
    heard = replace(
        entry,
        value=(entry.value or 0) + Decimal(both["difference"]),
        maturity=Maturity.PROVISIONAL,
        note=both["note"],
    )
    save(by=story.town.users[both["first"]], entry=heard, seen_version=0)
    other = story.town.users[both["then"]]
    later = min(at + timedelta(minutes=2), story.end)
    try:
        save(by=other, entry=entry, seen_version=0, at=later)
    except Conflict as met:
        save(by=other, entry=entry, seen_version=met.current.version, at=later)


def _departments(month: date) -> list[Department]:
    """Whoever has something to report for a month and nothing left to fill in."""
    board = standings(reading.load(month, on=add_months(month, 1)), MonthState.load(month), None)
    return [row.department for row in board if row.department and not row.lacks]


def _hand_in(story: Story, month: date, at: datetime) -> None:
    """Everybody hands in; of the last month only some, and one is sent back.

    Nothing of a month that still runs.
    """
    if local_day(at) <= last_of_month(month):
        return
    last = story.town.data["submissions_last"]
    for department in _departments(month):
        if month == story.until and department.code not in last:
            continue
        _submit(
            story,
            department,
            month,
            at,
        )
        returned = last[department.code] if month == story.until else ""
        if isinstance(returned, list):
            _return(story, department, month, returned[1], returned[2], at)


def _submit(
    story: Story, department: Department, month: date, at: datetime, *, reply: str = ""
) -> None:
    """Hand in, the second time with an answer to the return."""
    by = story.town.acting(department, Permission.SUBMIT_VALUES)
    change_submission(
        by=by,
        department=department,
        month=month,
        name="submit",
        reply=reply,
        at=at,
    )


def _return(
    story: Story, department: Department, month: date, code: str, reason: str, at: datetime
) -> None:
    change_submission(
        by=story.town.keeper,
        department=department,
        month=month,
        name="return",
        row_reasons={code: reason},
        at=at,
    )


def _sent_back(story: Story) -> Iterator[Event]:
    """One department of an earlier month is sent back, answers and hands in again."""
    for code, told in story.town.data["returned_before"].items():
        month = story.month(told["months"])
        if story.has(month):
            department = story.town.departments[code]
            back = partial(_return, story, department, month, told["code"], told["reason"])
            yield Event(_after(story, month, HANDED_IN, 16, 30), back)
            again = partial(_submit, story, department, month, reply=told["reply"])
            yield Event(_after(story, month, HANDED_IN, 16, 50), again)


def _confirm(story: Story, month: date, at: datetime) -> None:
    for department in _departments(month):
        change_submission(
            by=story.town.keeper, department=department, month=month, name="confirm", at=at
        )


def _close(story: Story, month: date, reason: str, at: datetime) -> None:
    close_month(by=story.town.keeper, month=month, on=local_day(at), reason=reason, at=at)


def _evidence(story: Story) -> Iterator[Event]:
    for told in story.town.data["evidence"]:
        month = story.month(told["months"])
        if story.has(month):
            yield Event(_after(story, month, ENTERED[1], 16), partial(_attach, story, month, told))


def _attach(story: Story, month: date, told: dict, at: datetime) -> None:
    """A small table beside a figure, where the figure is asked for."""
    indicator = Indicator.objects.get(code=told["code"])
    if not KpiValue.objects.filter(indicator=indicator, month=month).exists():
        return
    text = io.StringIO()
    csv.writer(text).writerows([*told["rows"], ["見本データ", ""]])
    department = definition_for(indicator, month).responsible
    attach_evidence(
        by=story.town.acting(department, Permission.ENTER_VALUES),
        indicator=indicator,
        month=month,
        file=checked(told["name"], text.getvalue().encode("utf-8-sig")),
        on=local_day(at),
        at=at,
    )


def _correction(story: Story) -> Iterator[Event]:
    """例外の申請: a month that was closed is asked for, opened, corrected and closed again."""
    told = story.town.data["correction"]
    month, during = story.month(told["months"]), story.month(told["months"] + 1)
    if not story.has(month):
        return
    for hour, act in ((9, _ask), (11, _allow), (14, _correct), (16, _close_again)):
        at = _after(story, during, CLOSED + 3, hour)
        yield Event(at, partial(act, story, month, told))


def _ask(story: Story, month: date, told: dict, at: datetime) -> None:
    request_reopening(
        by=story.town.users[told["by"]],
        indicator=Indicator.objects.get(code=told["code"]),
        month=month,
        reason=told["reason"],
        at=at,
    )


def _allow(story: Story, month: date, told: dict, at: datetime) -> None:
    asked, day = Reopening.objects.get(month=month), local_day(at)
    decide_reopening(
        by=story.town.keeper,
        pk=asked.pk,
        allow=True,
        on=day,
        until=day + timedelta(days=3),
        answer=told["answer"],
        at=at,
    )


def _correct(story: Story, month: date, told: dict, at: datetime) -> None:
    row = KpiValue.objects.select_related("indicator").get(
        indicator__code=told["code"], month=month
    )
    entry = Entry(
        numerator=(row.numerator or 0) + Decimal(told["added"]),
        denominator=row.denominator,
        note=told["reason"],
    )
    record_value(
        by=story.town.users[told["by"]],
        indicator=row.indicator,
        month=month,
        seen_version=row.version,
        entry=entry,
        on=local_day(at),
        at=at,
    )


def _close_again(story: Story, month: date, told: dict, at: datetime) -> None:
    _close(story, month, told["closing"], at)
