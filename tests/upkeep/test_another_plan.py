"""The portal under another plan: no page, workbook or public edition says a word of this town's.

The plan is invented (`invented.py`); its years are R12 to R15.
"""

import io
import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from foundation.accounts.models import Department, Membership, Role
from headquarters.desk.reminders import digests
from headquarters.meetings.actions import create_meeting
from headquarters.reports.actions import close_month
from headquarters.reports.editions import report_of, reports_until
from headquarters.reports.models import Edition
from headquarters.reports.public.folder import bundle
from headquarters.reports.town_form.example import example_form
from headquarters.reports.workbook.assembly import file_name, workbook
from headquarters.reviews.cycles import create_cycle, open_cycle
from headquarters.upkeep.plan_form.drawing import plan_workbook
from headquarters.upkeep.plan_form.loading import load_form
from headquarters.upkeep.plan_form.reading import read_form
from headquarters.upkeep.plan_form.sheets import PLAN, STEPS
from kpi.actions import record_value
from kpi.models import Indicator
from kpi.rules.checks import Entry
from kpi.setup.sheets.rows import target_sheet_of
from kpi.setup.sheets.workbook import file_name as target_name
from kpi.setup.sheets.workbook import target_workbook
from measures.leads import name_lead
from measures.loading import fixture
from measures.models import Measure, Plan
from measures.naming import PlanNames, heard
from osaki_dx.refusals import page
from tests.people import make_user
from tests.reports.public_files import files
from tests.upkeep.invented import MEASURE_NAMES, TITLE, invented, without_plan
from tests.walking import pages

pytestmark = [pytest.mark.django_db, pytest.mark.pure]
NOW = "2030-11-20 01:00+00:00"
TODAY, OCTOBER = date(2030, 11, 20), date(2030, 10, 1)


def words_of_this_town() -> list[str]:
    """What only this town's plan says: its names, those of its parts, its years."""
    plan, parts = fixture("10_plan.json"), fixture("20_measures.json")
    names = [row["name"] for row in (*parts["policies"], *parts["measures"])]
    names += [row["name"] for row in fixture("50_indicators.json")]
    names += [row["name"] for row in fixture("60_steps.json")]
    told = [plan[name] for name in ("title", "vision", "secretariat", "headquarters")]
    return ["大崎", "デジタル推進係", *told, *(name for name in names if len(name) > 4)]


EXAMPLE = re.compile(r"例：[^<>\"]*|「[^」]*」「R8\.[^」]*」[^。]*。")  # how something is written
YEARS = re.compile(r"令和(?:8|9|10|11)年|2026|2029|\bR(?:8|9|10|11)\b|4つの基本|10の個別|23指標")


@pytest.fixture
def town():
    """The invented plan in use: somebody who keeps it, a department, values, a closed month."""
    without_plan()
    with time_machine.travel(NOW, tick=False):
        load()
        yield in_use()


def load(rows=None):
    """The form into the database."""
    content = plan_workbook(rows or invented(), name=TITLE, at=timezone.now())
    load_form(read_form(content), file_name="plan.xlsx", at=timezone.now())


def in_use():
    """Who keeps the plan."""
    office = Department.objects.create(code="kikaku", name="企画課", sort_order=1)
    keeper = make_user("jimukyoku", "試験 太郎", Role.SECRETARIAT, office)
    make_user("kacho", "試験 花子", Role.DEPARTMENT_HEAD, office, "企画課長")
    for measure in Measure.objects.all():
        name_lead(by=keeper, measure=measure, department=office, starts_on=date(2030, 4, 1))
    for month in (date(2030, 9, 1), OCTOBER):
        for code, entry in VALUES.items():
            record_value(
                by=keeper,
                indicator=Indicator.objects.get(code=code),
                month=month,
                seen_version=0,
                entry=entry,
                on=TODAY,
            )
    cycle = create_cycle(by=keeper, plan=Plan.objects.get(), fiscal_year=2030, kind="mid")
    open_cycle(by=keeper, cycle=cycle, on=TODAY)
    Membership.objects.update(valid_from=date(2030, 4, 1))
    create_meeting(
        by=keeper,
        plan=Plan.objects.get(),
        title="第1回",
        held_on=date(2030, 11, 25),
        place="会議室",
        month=OCTOBER,
    )
    close_month(by=keeper, month=OCTOBER, on=TODAY, reason="試験")
    return keeper


VALUES = {
    "1-1": Entry(value=Decimal(7)),
    "1-2": Entry(denominator=Decimal(9)),
    "2-1": Entry(value=Decimal(30)),
    "3-1": Entry(value=Decimal(1)),
    "3-2": Entry(numerator=Decimal(3), denominator=Decimal(4)),
}


def strange(place: str, text: str) -> list[str]:
    """Words of this town's plan in a text."""
    said = EXAMPLE.sub("", text)
    found = [word for word in words_of_this_town() if word in said]
    years = [said[max(0, year.start() - 60) : year.end() + 20] for year in YEARS.finditer(said)]
    return [f"{place}: {word}" for word in (*found, *years)]


def test_no_page_says_a_word_of_this_towns_plan(town, sign_in):
    client, wrong, seen = sign_in(town), [], set()
    for place, text in pages(client, 2):
        if place.startswith("/history/"):
            continue  # which goes on: what was loaded before this plan stands in it
        seen.add(place)
        wrong += strange(place, text)
    assert len(seen) > 60
    assert not wrong, "\n".join(wrong)


def test_the_doors_before_signing_in_are_those_of_the_plan(town, client):
    login = client.get(reverse("accounts:login")).content.decode()
    assert TITLE in login.replace("\n", "")
    assert all(name in login for name in MEASURE_NAMES)
    assert "令和12年4月～令和16年3月" in login
    assert strange("login", login) == []
    refused = page(413).decode() + page(500).decode()
    assert TITLE in refused
    assert "事務局（企画課試験係）" in refused
    assert strange("refused", refused) == []


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_pages_that_ask_nothing_say_what_was_heard_last(town, client, name):
    neutral = render_to_string(name, {"plan_names": PlanNames()})
    assert "事務局に知らせて" in neutral
    assert strange(name, neutral) == []
    client.get(reverse("accounts:login"))
    said = render_to_string(name, {"plan_names": heard()})
    assert "試験町<wbr>DX計画" in said
    assert "事務局（企画課試験係）に知らせて" in said


def test_the_workbook_and_its_name_are_those_of_the_plan(town):
    report = report_of(Edition.objects.newest(OCTOBER))
    content = workbook(report)
    text = "\n".join(map(str, values_in(content)))
    assert TITLE in text
    assert all(name in text for name in MEASURE_NAMES)
    assert "ほぼ達成" in text
    assert strange("workbook", text) == []
    assert file_name(report).startswith(f"{TITLE}_進捗報告_R12-10")
    assert strange("form", form_text(report)) == []


def form_text(report) -> str:
    """The example of the town's own form."""
    return "\n".join(map(str, values_in(example_form(report))))


def test_the_public_edition_is_that_of_the_plan(town):
    found = files(bundle(reports_until(Edition.objects.newest(OCTOBER))))
    text = "\n".join(found.values())
    assert "999999" in text
    assert TITLE in text
    assert strange("public", text) == []


def test_the_sheets_that_come_back_are_called_after_the_plan(town):
    sheet = target_sheet_of(timezone.now())
    assert target_name(sheet).startswith(f"{TITLE}_年度目標様式_R12-11")
    text = "".join(map(str, values_in(target_workbook(sheet))))
    assert "R12" in text
    assert strange("sheets", text) == []


def values_in(content):
    """What stands in the cells of a book; when its format changed is told of the program."""
    book = load_workbook(io.BytesIO(content))
    sheets = [sheet for sheet in book if sheet.title != OF_THE_PROGRAM]
    return [cell.value for each in sheets for row in each.iter_rows() for cell in row if cell.value]


OF_THE_PROGRAM = "更新履歴"


def test_reminders_are_signed_by_the_office_of_the_plan(town):
    found = [digest for day in DAYS for digest in digests(day)]
    assert found
    for digest in found:
        assert digest.subject.startswith(f"【{TITLE}】")
        assert "企画課試験係" in digest.text
        assert strange(digest.title, digest.text) == []


DAYS = [date(2030, 12, day) for day in range(1, 31)]


def test_the_sample_is_for_its_own_plan_only(town):
    with pytest.raises(CommandError, match="「大崎町DX推進計画」のために作ったものです"):
        call_command("load_sample", verbosity=0)


@pytest.mark.parametrize("last_year", [2031, 2035])
def test_a_plan_of_other_lengths_is_drawn_whole(last_year, sign_in):
    """Two years, and six."""
    without_plan()
    rows = invented()
    rows[PLAN.title][0]["last_fiscal_year"] = last_year
    rows[STEPS.title][2]["last_month"] = date(last_year + 1, 3, 1)
    with time_machine.travel(NOW, tick=False):
        load(rows)
        client = sign_in(in_use())
        for place in ("/roadmap/", "/kpis/targets/", "/roadmap/?view=table"):
            text = client.get(place).content.decode()
            assert f"R{last_year - 2018}" in text or f"令和{last_year - 2018}年度" in text, place
            assert f"令和{last_year - 2017}年度" not in text, place
            assert "4か年" not in text, place
        report = report_of(Edition.objects.newest(OCTOBER))
        sheet = load_workbook(io.BytesIO(workbook(report)))["工程表"]
        heads = [str(cell.value) for row in sheet.iter_rows(max_row=6) for cell in row]
        named = [head.split("\n")[0] for head in heads if YEAR_HEAD.fullmatch(head)]
        assert named == [f"R{year - 2018}" for year in range(2030, last_year + 1)]


YEAR_HEAD = re.compile(r"R\d+\n4月")
