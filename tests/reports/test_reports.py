"""MonthlyReport, dashboard and workbook: one number, one way; typed, printable, the same bytes."""

import csv
import io
import shutil
import subprocess
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go
import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from accounts.models import User
from kpi.actions import record_value
from kpi.charts import indicator_chart
from kpi.checks import Entry
from kpi.models import Indicator, KpiValue
from kpi.reading import load
from measures.charts import population
from measures.models import Plan
from reports import charts, excel
from reports.model import dump, parse
from reports.monthly import gather
from tests.conftest import MONTH

SHEETS = ["表紙", "総括表", "KPI実績", "工程表", "要対応一覧", "KPIデータ", "工程データ", "コード表", "データ定義"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def sample():
    call_command("load_sample", until="2026-10", verbosity=0)
    return User.objects.get(username="jimukyoku")


def book(report):
    return load_workbook(io.BytesIO(excel.workbook(report)))


def rows(sheet):
    heads = [cell.value for cell in sheet[1]]
    return [dict(zip(heads, [cell.value for cell in line], strict=True)) for line in sheet.iter_rows(min_row=2)]


def test_the_report_survives_json(sample):
    report = gather(MONTH, whole_plan=True)
    assert parse(dump(report)) == report
    assert dump(parse(dump(report))) == dump(report)
    with pytest.raises(ValueError, match="形式"):
        parse(dump(report).replace('"format_version": 1', '"format_version": 99'))


def test_counts_say_n_judged_of_23(sample):
    report = gather(MONTH)
    assert sum(report.counts.values()) == len(report.indicators) == 23
    assert report.judged + sum(report.not_judged.values()) == 23
    assert report.not_judged == {"目標未設定": 5}


def test_without_targets_nothing_is_judged():
    report = gather(MONTH)
    assert report.judged == 0
    assert report.not_judged == {"目標未設定": 23}
    assert all(row.verdict is None for row in report.measures)
    assert {row.department for row in report.measures} == {"所管課未定"}
    assert len(excel.workbook(report)) > 5000


def test_every_number_of_the_workbook_is_that_of_the_report(sample):
    report = gather(MONTH, whole_plan=True)
    data = rows(book(report)["KPIデータ"])
    assert len(data) == 23 * 7
    by_key = {(row["指標番号"], row["年月"]): row for row in data}
    for indicator in report.indicators:
        for cell in indicator.months:
            row = by_key[indicator.code, f"{cell.month:%Y-%m}"]
            for head, value in (("実績値", cell.value), ("分子", cell.numerator), ("分母", cell.denominator), ("達成率（％）", cell.rate)):
                assert (row[head] is None) == (value is None), (indicator.code, head)
                if value is not None:
                    assert Decimal(str(row[head])) == value
            assert row["評価区分"] == cell.grade
    assert by_key["7-2", "2026-10"]["実績値"] == 0  # 0 is not blank
    assert by_key["8-1", "2026-10"]["実績値"] is None


def test_data_sheets_are_machine_readable(sample):
    made = book(gather(MONTH, whole_plan=True))
    assert made.sheetnames == SHEETS
    for name in SHEETS[5:]:
        sheet = made[name]
        heads = [cell.value for cell in sheet[1]]
        assert len(set(heads)) == len(heads)
        assert all(heads)
        assert not sheet.merged_cells.ranges
        assert sheet.auto_filter.ref
        assert not sheet._charts
        for line in sheet.iter_rows(min_row=2):
            for cell in line:
                assert cell.data_type != "f"
                assert not (isinstance(cell.value, str) and "\n" in cell.value)
    defined = {row["物理名"] for row in rows(made["データ定義"])}
    assert {"value", "numerator", "denominator", "grade", "approved_on"} <= defined
    assert all(name.isascii() for name in defined)


def test_a_plain_reader_gets_typed_columns(sample, tmp_path):
    path = tmp_path / "r.xlsx"
    call_command("export_month", "2026-10", out=str(path), verbosity=0)
    data = rows(load_workbook(path, read_only=False)["KPIデータ"])
    kinds = {type(row["実績値"]) for row in data}
    assert kinds <= {int, float, type(None)}
    text = io.StringIO()
    csv.DictWriter(text, data[0].keys()).writerows(data)
    assert text.getvalue().count("\n") == len(data)


def test_the_same_data_gives_the_same_bytes(sample):
    assert excel.workbook(gather(MONTH)) == excel.workbook(gather(MONTH))


def test_hostile_text_stays_text(sample):
    row = KpiValue.objects.get(indicator__code="1-2", month=MONTH)
    note = "=cmd|' /C calc'!A0 " + "長" * 900 + "\x0b<script>"
    record_value(by=sample, indicator=row.indicator, month=MONTH, seen_version=row.version, on=date(2026, 11, 6),
                 entry=Entry(value=row.value, note=note))
    data = rows(book(gather(MONTH))["KPIデータ"])
    found = next(line for line in data if line["指標番号"] == "1-2" and line["年月"] == "2026-10")
    assert found["備考"] == note.replace("\x0b", "")


def test_sample_data_says_so_everywhere(sample, sign_in):
    report = gather(MONTH)
    assert "見本データ" in excel.file_name(report)
    made = book(report)
    for name in SHEETS[:5]:
        assert "見本データ" in made[name]["A2"].value
    client = sign_in(sample)
    for address in ("/", "/dashboard/?month=2026-10", "/kpis/", "/roadmap/", "/plan/", "/accounts/users/"):
        assert "見本データ" in client.get(address).content.decode()
    call_command("unload_sample", verbosity=0)
    assert "見本データ" not in client.get("/accounts/login/").content.decode()


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice がありません")
def test_libreoffice_opens_it_and_prints_the_promised_pages(sample, tmp_path):
    made = book(gather(MONTH))
    pages = {}
    for name, size in (("総括表", "841.89 x 595.304"), ("工程表", "1190.55 x 841.89")):
        only = load_workbook(io.BytesIO(excel.workbook(gather(MONTH))))
        for other in made.sheetnames:
            if other != name:
                del only[other]
        path = tmp_path / f"{len(pages)}.xlsx"
        only.save(path)
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/lo", "--convert-to", "pdf", "--outdir",
                        str(tmp_path), str(path)], check=True, capture_output=True, timeout=180)
        told = subprocess.run(["pdfinfo", str(path.with_suffix(".pdf"))], check=True, capture_output=True, text=True).stdout
        pages[name] = int(told.split("Pages:")[1].split()[0])
        shown = told.split("Page size:")[1].split("pts")[0].strip()
        assert [round(float(part)) for part in shown.split(" x ")] == [round(float(part)) for part in size.split(" x ")]
    assert pages == {"総括表": 1, "工程表": 1}


def test_the_command_says_what_is_wrong(sample, tmp_path):
    for month, word in (("2026-13", "読めません"), ("2025-04", "計画期間の外")):
        with pytest.raises(CommandError, match=word):
            call_command("export_month", month, out=str(tmp_path / "x.xlsx"))
    with pytest.raises(CommandError, match="書けません"):
        call_command("export_month", "2026-10", out="/nowhere/x.xlsx")


def test_figures_are_valid_plotly(sample):
    report = gather(MONTH)
    figures = [charts.grades_chart(report), charts.rates_chart(report), population(Plan.objects.get().statistics.all())]
    figures += [indicator_chart(facts) for facts in load(MONTH)]
    for figure in figures:
        go.Figure(figure)


def test_dashboard_shows_the_numbers_and_why(sample, sign_in):
    text = sign_in(sample).get("/dashboard/?month=2026-10").content.decode()
    assert "23指標中 18 評価済み" in text
    assert "目標未設定5" in text
    assert "システム調査が72日遅れの見込み" in text
    assert "速報（締め前）" in text


def test_text_of_people_is_escaped(sample, sign_in):
    Indicator.objects.filter(code="1-1").update(name="<script>alert(1)</script>")
    client = sign_in(sample)
    for address in ("/dashboard/?month=2026-10", "/kpis/?month=2026-10", "/kpis/1-1/?month=2026-10", "/kpis/entry/2026-10/", "/"):
        assert "<script>alert(1)" not in client.get(address).content.decode(), address
