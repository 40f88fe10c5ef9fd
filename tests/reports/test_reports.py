"""MonthlyReport, dashboard and workbook: one number, one way; typed, printable, the same bytes."""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go
import pytest
import time_machine
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from foundation.accounts.models import User
from headquarters.reports.changes import compare
from headquarters.reports.monthly import gather
from headquarters.reports.pages import charts
from headquarters.reports.pages.indicator_chart import indicator_chart
from headquarters.reports.stored import (
    NO_DECISION,
    NO_EXPECTATION,
    NOT_IN_4,
    NOT_IN_5,
    NOT_IN_6,
    NOT_IN_CELLS_OF_6,
    WORDS_SINCE_2,
    dump,
    parse,
)
from headquarters.reports.workbook import assembly
from headquarters.reviews.models import Review
from kpi.actions import record_value
from kpi.models import Indicator, KpiValue
from kpi.rules.checks import Entry
from kpi.rules.codes import plain_code
from measures.charts import population
from measures.models import Plan
from tests.conftest import AFTER, MONTH
from tests.pages import page_text
from tests.sample_town import load_town

SHEETS = [
    "表紙",
    "総括表",
    "KPI実績",
    "KPI月別",
    "年度末見込",
    "工程表",
    *(f"施策{n}" for n in range(1, 11)),
    "要対応一覧",
    "KPIデータ",
    "見込データ",
    "工程データ",
    "コード表",
    "データ定義",
    "更新履歴",
]
MACHINES, HIDDEN = SHEETS[-6:], "照合"
pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # what is drawn, not what is stored


@pytest.fixture
def sample():
    load_town()
    return User.objects.get(username="jimukyoku")


def book(report):
    return load_workbook(io.BytesIO(assembly.workbook(report)))


def rows(sheet):
    heads = [cell.value for cell in sheet[1]]
    return [
        dict(zip(heads, [cell.value for cell in line], strict=True))
        for line in sheet.iter_rows(min_row=2)
    ]


def test_the_report_survives_json(sample):
    report = gather(MONTH, on=AFTER, whole_plan=True)
    assert parse(dump(report)) == report
    assert dump(parse(dump(report))) == dump(report)
    with pytest.raises(ValueError, match="形式"):
        parse(dump(report).replace('"format_version": 8', '"format_version": 99'))


def test_counts_say_n_judged_of_23(sample):
    report = gather(MONTH, on=AFTER)
    assert sum(report.counts.values()) == len(report.indicators) == 23
    assert report.judged + sum(report.not_judged.values()) == 23
    assert report.not_judged == {"目標未設定": 5}


def test_without_targets_nothing_is_judged():
    report = gather(MONTH, on=AFTER)
    assert report.judged == 0
    assert report.not_judged == {"目標未設定": 23}
    assert all(row.verdict is None for row in report.measures)
    assert {row.department for row in report.measures} == {"所管課未定"}
    assert len(assembly.workbook(report)) > 5000


def test_every_number_of_the_workbook_is_that_of_the_report(sample):
    report = gather(MONTH, on=AFTER, whole_plan=True)
    data = rows(book(report)["KPIデータ"])
    assert len(data) == 23 * 7
    by_key = {(plain_code(row["指標番号"]), row["年月"]): row for row in data}
    for indicator in report.indicators:
        for cell in indicator.months:
            row = by_key[indicator.code, f"{cell.month:%Y-%m}"]
            for head, value in (
                ("実績値", cell.value),
                ("分子", cell.numerator),
                ("分母", cell.denominator),
                ("達成率（％）", cell.rate),
                ("目標の下限", cell.lower),
                ("期待値", cell.expectation),
            ):
                assert (row[head] is None) == (value is None), (indicator.code, head)
                if value is not None:
                    assert Decimal(str(row[head])) == value
            assert row["評価区分"] == cell.grade
    assert by_key["7-2", "2026-10"]["実績値"] == 0  # 0 is not blank
    assert by_key["8-1", "2026-10"]["実績値"] is None


def test_data_sheets_are_machine_readable(sample):
    made = book(gather(MONTH, on=AFTER, whole_plan=True))
    assert made.sheetnames == [*SHEETS, HIDDEN]
    for name in MACHINES:
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
    assert assembly.workbook(gather(MONTH, on=AFTER)) == assembly.workbook(gather(MONTH, on=AFTER))


def test_hostile_text_stays_text(sample):
    row = KpiValue.objects.get(indicator__code="1-2", month=MONTH)
    note = "=cmd|' /C calc'!A0 " + "長" * 900 + "\x0b<script>\r\n二行目"
    record_value(
        by=sample,
        indicator=row.indicator,
        month=MONTH,
        seen_version=row.version,
        on=date(2026, 11, 6),
        entry=Entry(value=row.value, note=note),
    )
    data = rows(book(gather(MONTH, on=AFTER))["KPIデータ"])
    found = next(
        line for line in data if line["指標番号"] == "KPI1-2" and line["年月"] == "2026-10"
    )
    assert found["備考"] == note.replace("\x0b", "").replace("\r\n", " ")


def test_sample_data_says_so_everywhere(sample, sign_in):
    report = gather(MONTH, on=AFTER)
    assert "見本データ" in assembly.file_name(report)
    made = book(report)
    for name in SHEETS[:-6]:
        assert "見本データ" in made[name]["A2"].value
    client = sign_in(sample)
    for address in (
        "/",
        "/dashboard/?at=2026-10",
        "/kpis/",
        "/roadmap/",
        "/plan/",
        "/accounts/users/",
    ):
        assert "見本データ" in client.get(address).content.decode()
    call_command("unload_sample", verbosity=0)
    assert "見本データ" not in client.get("/accounts/login/").content.decode()


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice がありません")
def test_libreoffice_opens_it_and_prints_the_promised_pages(sample, tmp_path):
    path = tmp_path / "report.xlsx"
    path.write_bytes(assembly.workbook(gather(MONTH, on=AFTER, whole_plan=True)))
    told = _printed(path)
    pages = Counter(foot for foot, _ in told)
    assert (pages["総括表"], pages["工程表"], pages["表紙"], pages["コード表"]) == (1, 1, 1, 1)
    assert all(1 <= pages[f"施策{number}"] <= 2 for number in range(1, 11))
    assert {size for foot, size in told if foot == "総括表"} == {(842, 595)}
    assert {size for foot, size in told if foot == "工程表"} == {(1191, 842)}
    assert {size for foot, size in told if foot.startswith("施策")} == {(595, 842)}


PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">\s*<word[^>]*>([^<]*)')


def _printed(path):
    """(the first word of its footer, its size) of each page, as LibreOffice prints it."""
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{path.parent}/lo",
            "--convert-to",
            "pdf",
            "--outdir",
            str(path.parent),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    told = subprocess.run(
        ["pdftotext", "-raw", "-bbox", str(path.with_suffix(".pdf")), "-"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    assert "###" not in told
    return [(foot, (round(float(w)), round(float(h)))) for w, h, foot in PAGE.findall(told)]


def test_measure_sheets_show_the_plans_words_the_figures_and_a_chart_with_axes(sample):
    report = gather(MONTH, on=AFTER, whole_plan=True)
    content = assembly.workbook(report)
    made = load_workbook(io.BytesIO(content))
    for measure in report.measures:
        texts = {
            cell.value
            for line in made[f"施策{measure.number}"].iter_rows()
            for cell in line
            if cell.value is not None
        }
        assert {measure.summary, measure.department, "確認欄", "所管課長"} <= texts
        assert {row.name for row in report.indicators_of(measure.number)} <= texts
        assert {
            float(row.rate) for row in report.indicators_of(measure.number) if row.rate is not None
        } <= {float(text) for text in texts if isinstance(text, (int, float))}
    charts = len(
        [row for row in report.indicators if any(cell.actual is not None for cell in row.months)]
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        drawn = [
            archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith("xl/charts/chart")
        ]
    assert len(drawn) == charts > 10
    for xml in drawn:
        assert '<c:delete val="1"' not in xml.replace("<delete", "<c:delete")
        assert xml.count('delete val="0"') >= 2  # without it Excel hides the axes
        assert 'min val="0"' in xml


def test_what_moved_since_the_month_before_is_counted(sample):
    sheet = book(gather(MONTH, on=AFTER, whole_plan=True))["総括表"]
    heads = next(
        [cell.value for cell in line] for line in sheet.iter_rows() if line[0].value == "No"
    )
    moved = {
        line[0].value: line[heads.index("前月から\nの変化")].value
        for line in sheet.iter_rows(min_row=5)
    }
    assert (moved[10], moved[5], moved[1]) == ("改善1", "悪化1", "－")


def test_handed_in_sheets_are_in_the_workbook_and_drafts_are_not(sample):
    handed_in = Review.objects.exclude(state="draft")
    for row in Review.objects.filter(measure__number__in=(1, 9)):
        Review.objects.filter(pk=row.pk).update(analysis=f"=要因{row.measure.number}")
    report = gather(MONTH, on=AFTER, whole_plan=True)
    assert [
        (row.measure, row.headquarters_grade, row.next_direction) for row in report.reviews
    ] == [
        (row.measure.number, row.headquarters_grade, row.get_next_direction_display())
        for row in handed_in.order_by("measure__number")
    ]
    assert {row.measure for row in report.reviews} == {1, 2, 3, 4, 5, 7, 8}
    assert gather(MONTH, on=AFTER).reviews == ()
    assert (
        gather(date(2026, 8, 1), on=AFTER, whole_plan=True).reviews == ()
    )  # asked as of September
    made = load_workbook(io.BytesIO(assembly.annual_workbook(report)))
    cells = [cell for line in made["施策1"].iter_rows() for cell in line if cell.value == "=要因1"]
    assert [cell.data_type for cell in cells] == ["s"]
    assert "=要因9" not in {
        cell.value for sheet in made for line in sheet.iter_rows() for cell in line
    }
    assert made["評価一覧"]["A5"].value == 1
    assert [row.kind for row in compare(gather(MONTH, on=AFTER), report)].count("PDCA") == 7


def _without(rows, names):
    for row in rows:
        for name in names:
            row.pop(name, None)


def _in_format_7(report):
    """The report's JSON as the code before format 8 wrote it."""
    data = json.loads(dump(report)) | {"format_version": 7, "made_as": 7}
    _without(data["indicators"], ["actual_maturity"])
    for row in data["indicators"]:
        _without(row["months"], ["actual_maturity"])
    return data


def _in_format_6(report):
    """The same as the code before format 7 wrote it."""
    data = _in_format_7(report) | {"format_version": 6, "made_as": 6}
    del data["revision"]
    _without(data["indicators"], NOT_IN_6)
    for row in data["indicators"]:
        _without(row["months"], NOT_IN_CELLS_OF_6)
    return data


def _in_format_5(report):
    """The same as the code before format 6 wrote it."""
    data = _in_format_6(report) | {"format_version": 5, "made_as": 5}
    _without(data["indicators"], NOT_IN_5)
    for row in data["indicators"]:
        _without(row["months"], ["last_year"])
    return data


def _in_format_4(report):
    """The same as the code before format 5 wrote it."""
    data = _in_format_5(report) | {"format_version": 4}
    del data["made_as"]
    for name, new in NOT_IN_4.items():
        _without(data[name], new)
    for row in data["indicators"]:
        _without(row["targets"], NO_DECISION)
        _without(row["months"], NO_EXPECTATION)
    for row in data["steps"]:
        _without(row["milestones"], ["id", "days_late"])
    return data


def _in_format_1(report):
    """The same as the first release wrote it."""
    data = _in_format_4(report) | {"format_version": 1}
    for name in ("reviews", "since", "closed_by", "runs"):
        del data[name]
    _without(data["measures"], WORDS_SINCE_2)
    for row in data["indicators"]:
        row["baseline"] = row.pop("baseline_value")
        _without(row["months"], ["figure"])
    return data


@pytest.mark.parametrize(
    ("written", "number"),
    [(_in_format_1, 1), (_in_format_4, 4), (_in_format_5, 5), (_in_format_6, 6), (_in_format_7, 7)],
)
def test_a_report_of_an_older_format_can_still_be_read_and_drawn(sample, written, number):
    report = gather(MONTH, on=AFTER, whole_plan=True)
    old = parse(json.dumps(written(report)))
    assert (old.format_version, old.made_as) == (8, number)
    for before, now in zip(old.indicators, report.indicators, strict=True):
        assert (before.code, before.actual, before.rate, before.grade, before.upper) == (
            now.code,
            now.actual,
            now.rate,
            now.grade,
            now.upper,
        )
        assert [cell.figure for cell in before.months] == [cell.figure for cell in now.months]
    assert len(assembly.workbook(old)) > 5000
    assert len(assembly.data_workbook(old)) > 5000


def test_the_command_says_what_is_wrong(sample, tmp_path):
    for month, word in (("2026-13", "読めません"), ("2025-04", "計画期間の外")):
        with pytest.raises(CommandError, match=word):
            call_command("export_month", month, out=str(tmp_path / "x.xlsx"))
    with pytest.raises(CommandError, match="書けません"):
        call_command("export_month", "2026-10", out="/nowhere/x.xlsx")


def test_a_folder_gets_a_file_for_each_month(sample, tmp_path):
    for month in ("2026-09", "2026-10", "2026-10"):
        call_command("export_month", month, out=str(tmp_path), verbosity=0)
    september, october = sorted(path.name for path in tmp_path.glob("*.xlsx"))
    assert ("R8-09" in september, "R8-10" in october) == (True, True)
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_schedule_takes_the_month_that_has_just_ended(sample, tmp_path):
    with time_machine.travel(
        "2026-10-31 15:30+00:00", tick=False
    ):  # 1 November in Japan, still October in UTC
        call_command("export_month", "last", out=str(tmp_path / "x.xlsx"), verbosity=0)
    assert {row["年月"] for row in rows(load_workbook(tmp_path / "x.xlsx")["KPIデータ"])} >= {
        "2026-10"
    }


def test_figures_are_valid_plotly(sample):
    report = gather(MONTH, on=AFTER)
    figures = [
        charts.grades_chart(report),
        charts.rates_chart(report),
        population(Plan.objects.get().statistics.all()),
    ]
    figures += [indicator_chart(row, MONTH) for row in report.indicators]
    for figure in figures:
        go.Figure(figure)


def test_dashboard_shows_the_numbers_and_why(sample, sign_in):
    text = page_text(sign_in(sample).get("/dashboard/?at=2026-10"))
    assert 'data-count="18"' in text
    assert 'data-count="23"' in text
    assert "目標未設定5" in text
    assert "システム調査が72日遅れる見込みです" in text
    assert "10月分 <b>速報</b>" in text


def test_text_of_people_is_escaped(sample, sign_in):
    Indicator.objects.filter(code="1-1").update(name="<script>alert(1)</script>")
    client = sign_in(sample)
    for address in (
        "/dashboard/?at=2026-10",
        "/kpis/?at=2026-10",
        "/kpis/1-1/?at=2026-10",
        "/kpis/entry/2026-10/",
        "/",
    ):
        assert "<script>alert(1)" not in client.get(address).content.decode(), address
