"""The sheets for machines: the 30 national rules, ranges, codes, what the hidden sheet carries."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from foundation.accounts.models import User
from headquarters.reports.actions import close_month
from headquarters.reports.editions import report_of, whole_report
from headquarters.reports.workbook import assembly
from kpi.models import KpiValue
from tests.conftest import AFTER, MONTH
from tests.reports.machine_rules import FILE_RULES, RULES, broken, dicts
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # what is drawn, not what is stored
DATA_SHEETS = ["KPIデータ", "見込データ", "工程データ", "コード表", "データ定義", "更新履歴"]
HOSTILE = "=cmd|' /C calc'!A0\r\n<script>\x0b１－１ 髙①😀_x000D_"


@pytest.fixture
def report():
    load_town()
    return whole_report(MONTH, on=AFTER)


def opened(content):
    return load_workbook(io.BytesIO(content))


def test_all_rules_hold_in_every_sheet(report):
    assert len(RULES) + len(FILE_RULES) + 3 == 30  # 1-01 by opening; 1-14, 1-15: tests of lists
    content = assembly.data_workbook(report)
    assert broken(content) == {}
    assert opened(content).sheetnames == DATA_SHEETS
    assert assembly.data_workbook(report) == content


def test_hostile_texts_and_ranges_break_none(report):
    """Every text of an indicator and a step is hostile, and a target is a range."""
    first, *others = report.indicators
    cells = tuple(
        replace(cell, note=HOSTILE, target=None, lower=Decimal(60), upper=Decimal("80.5"))
        for cell in first.months
    )
    spoilt = replace(first, name=HOSTILE, source=HOSTILE, department=HOSTILE, months=cells)
    steps = tuple(replace(row, name=HOSTILE, department=HOSTILE) for row in report.steps)
    content = assembly.data_workbook(replace(report, indicators=(spoilt, *others), steps=steps))
    assert {rule for rule, _ in broken(content)} <= {"1-08 characters"}  # they are the person's
    row = dicts(opened(content)["KPIデータ"])[0]
    assert (row["年度目標"], row["目標の下限"], row["目標の上限"]) == (None, 60, 80.5)
    assert row["指標名"] == "=cmd|' /C calc'!A0 <script>１－１ 髙①😀_x000D_"


def test_reasons_and_maturity_stand_in_words_and_as_codes(report):
    rows = dicts(opened(assembly.data_workbook(report))["KPIデータ"])
    said = {(row["値なしの理由"], row["値なしの理由コード"]) for row in rows}
    assert said <= {(None, None), *MISSING}
    assert len(said) > 1
    assert ("暫定", "provisional") in {(row["確定区分"], row["確定区分コード"]) for row in rows}
    assert all(row["指標番号"].startswith("KPI") for row in rows)


MISSING = {
    ("測定不能", "unmeasurable"),
    ("対象外", "not_applicable"),
    ("調査未実施", "survey_not_done"),
    ("集計中", "counting"),
}


def test_only_the_full_workbook_carries_the_hidden_sheet(report):
    book = opened(assembly.workbook(report))
    sheet, rows = book["照合"], dicts(book["照合"])
    assert sheet.sheet_state == "veryHidden"
    assert len(rows) == sum(len(row.months) for row in report.indicators)
    stored = KpiValue.objects.get(indicator__code="1-2", month=MONTH)
    (row,) = (each for each in rows if (each["指標番号"], each["年月"]) == ("KPI1-2", "2026-10"))
    assert (row["指標ID"], row["値の版"], row["実績値"], row["確定区分コード"]) == (
        stored.indicator_id,
        stored.version,
        stored.value,
        stored.maturity,
    )
    assert {(each["版"], each["改訂番号"]) for each in rows} == {(None, report.revision)}
    assert report.revision
    blank = [each for each in rows if each["値の版"] == 0]
    assert blank
    assert all(each["実績値"] is None for each in blank)


def test_no_border_is_written_without_its_sides(report):
    for content in (assembly.workbook(report), assembly.data_workbook(report)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            styles = archive.read("xl/styles.xml").decode()
        assert "<border/>" not in styles.replace(" ", "")
        assert styles.count("<border>") + styles.count("<border ") == styles.count("<left")


def test_of_an_edition_the_data_come_from_what_is_stored(report, client, tmp_path):
    user = User.objects.get(username="jimukyoku")
    client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
    edition = close_month(by=user, month=MONTH, on=date(2026, 11, 20), reason="試し")
    KpiValue.objects.filter(indicator__code="1-2", month=MONTH).update(note="後から")
    address = f"/reports/2026-10/editions/{edition.number}/?format=data"
    answer = client.get(address)
    assert "%E3%83%87%E3%83%BC%E3%82%BF%E3%81%AE%E3%81%BF" in answer["Content-Disposition"]
    assert answer.content == assembly.data_workbook(report_of(edition))
    assert client.get("/reports/2026-10/workbook/?format=data").content == answer.content
    live = client.get("/reports/2026-10/workbook/?format=data&live=1").content
    assert live != answer.content
    assert opened(live).sheetnames == DATA_SHEETS
    assert "format=data" in client.get("/reports/").content.decode()
