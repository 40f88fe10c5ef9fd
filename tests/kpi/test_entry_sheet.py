"""The entry sheet 入力様式 goes out: what is open in it, what it says, what it carries back."""

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from foundation.accounts.models import Department, User
from foundation.japanese.numbers import format_number
from foundation.sheets.texts import leaving
from kpi.choices import MissingReason, ReopeningState
from kpi.entry.grid import load_rows
from kpi.identity import known_value
from kpi.intake.checks import check_of
from kpi.intake.columns import (
    CLEAR,
    CODE,
    ENTRY_COLUMNS,
    HEADS,
    NUMBERS,
    SHEET,
    asked_fields,
)
from kpi.intake.covering import archive, lines_of
from kpi.intake.identity import COLUMNS, UnknownSheet, identity_of
from kpi.intake.rows import sheets_of
from kpi.intake.sheet import HEAD_ROW, entry_workbook, file_name
from kpi.models import Definition, Indicator, KpiValue, Reopening, ReportingMonth
from tests.conftest import MONTH
from tests.sample_town import load_town

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.pure,  # what is drawn, not what is stored
    pytest.mark.standing_town,
]
AT = datetime.fromisoformat("2026-11-27T09:30:00+09:00")
SEPTEMBER = date(2026, 9, 1)
HOSTILE = "=cmd|' /C calc'!A0\r\n<script>\x0b１－１ 髙①😀_x000D_ ../..\u202e"
soffice = pytest.mark.skipif(
    not shutil.which("soffice") or not shutil.which("pdfinfo"),
    reason="LibreOffice または pdfinfo がありません",
)


@pytest.fixture(autouse=True)
def town():
    load_town()


def sheet_of(name, month=MONTH):
    (found,) = (each for each in sheets_of(month, issued_at=AT) if each.name == name)
    return found


def opened(content):
    return load_workbook(io.BytesIO(content))


def cells_of(book):
    """{number of the indicator: {field: cell}} of the sheet that people fill in."""
    paper = book[SHEET]
    heads = {cell.value: cell.column for cell in paper[HEAD_ROW]}
    return {
        line[heads[CODE] - 1].value: {HEADS[h]: line[c - 1] for h, c in heads.items() if h in HEADS}
        for line in paper.iter_rows(min_row=HEAD_ROW + 1)
    }


def identity_in(book):
    return identity_of(book["照合"].iter_rows(values_only=True))


def test_every_department_gets_its_rows_and_only_what_may_be_typed_is_open():
    sheets = sheets_of(MONTH, issued_at=AT)
    assert len(sheets) > 4
    assert sum(len(sheet.rows) for sheet in sheets) == Indicator.objects.count()
    for sheet in sheets:
        content = entry_workbook(sheet)
        assert content == entry_workbook(sheet_of(sheet.name))
        book = opened(content)
        paper, cells = book[SHEET], cells_of(book)
        assert paper.protection.sheet
        assert paper.protection.password is None
        assert list(cells) == [row.indicator.code for row in sheet.rows]
        unlocked = {c.coordinate for line in paper for c in line if not c.protection.locked}
        wanted = {
            cells[row.indicator.code][name].coordinate
            for row in sheet.rows
            for name in row.open_fields
        }
        assert unlocked == wanted
        checked = {str(rule.sqref) for rule in paper.data_validations.dataValidation}
        assert checked == wanted
        assert all(row.errorTitle and row.error for row in paper.data_validations.dataValidation)
        heads = {cell.value: cell for cell in paper[HEAD_ROW]}
        assert all(heads[column.header].comment for column in ENTRY_COLUMNS)


def test_the_hidden_sheet_says_what_the_cells_show():
    for sheet in sheets_of(MONTH, issued_at=AT):
        book = opened(entry_workbook(sheet))
        identity, cells = identity_in(book), cells_of(book)
        assert book["照合"].sheet_state == "veryHidden"
        assert (identity.month, identity.issued_at) == (MONTH, AT)
        assert (identity.department, identity.revision) == (sheet.department.code, sheet.revision)
        for row in sheet.rows:
            known = identity.row(f"KPI{row.indicator.code}")
            stored = KpiValue.objects.filter(indicator=row.indicator, month=MONTH).first()
            assert known == known_value(row.indicator, MONTH, stored)
            shown = cells[row.indicator.code]
            for name in asked_fields(row.definition) & set(NUMBERS):
                number = shown[name].value
                assert (None if number is None else Decimal(str(number))) == getattr(known, name)
            assert (shown["note"].value or "") == known.note
            assert bool(shown["missing_reason"].value) == bool(known.missing_reason)


def test_a_ratio_asks_for_its_parts_and_never_for_a_numerator_that_is_read():
    cells = cells_of(opened(entry_workbook(sheet_of("企画調整課"))))
    locked = {name: cell.protection.locked for name, cell in cells["1-3"].items()}
    assert {name for name, shut in locked.items() if shut} == {"value", "numerator"}
    assert cells["1-3"]["numerator"].value == cells["1-2"]["value"].value
    assert cells["1-3"]["value"].value is None
    assert cells["1-2"]["numerator"].fill.patternType == "lightUp"
    assert cells["1-2"]["value"].border.left.style == "medium"  # seen without colours too


def test_the_months_before_are_those_of_the_grid():
    grid = load_rows(MONTH, User.objects.get(username="jimukyoku"), now=AT)
    seen = set()
    for sheet in sheets_of(MONTH, issued_at=AT):
        for row in sheet.rows:
            beside, shown = grid.row(row.indicator.code), row.past(1)
            figure, definition = beside.past[-1], row.definition
            kind = figure if figure in ("－", "理由") else definition.kind
            seen.add(str(kind))
            if kind == "number":
                assert format_number(shown, definition.decimals) == figure
            elif kind == "ratio":
                assert shown.startswith(f"{figure}{definition.unit}\n")
            else:
                assert shown == "－" if kind == "－" else shown in MissingReason.labels
            assert row.target.removesuffix(definition.unit)
    assert seen >= {"－", "number", "ratio"}


def test_what_is_handed_in_closed_or_not_asked_is_locked_and_says_why():
    handed_in = sheet_of("保健福祉課")
    assert not handed_in.open
    assert any("提出済み" in row.status for row in handed_in.rows)
    assert any("測定時期ではありません" in row.status for row in handed_in.rows)
    closed = sheet_of("総務課", SEPTEMBER)
    assert not closed.open
    assert "締め済み" in closed.why_shut or "測定時期" in closed.why_shut
    row = next(row for row in closed.rows if "締め済み" in row.shut)
    settled = ReportingMonth.objects.get(month=SEPTEMBER)
    Reopening.objects.create(
        indicator=row.indicator,
        month=SEPTEMBER,
        reason="転記の誤り",
        state=ReopeningState.ALLOWED,
        requested_by=User.objects.get(username="soumu-kacho"),
        requested_at=AT,
        decided_at=AT,
        decided_revision=settled.locked_revision + 1,
        expires_at="2026-12-04T00:00:00Z",
    )
    again = sheet_of("総務課", SEPTEMBER)
    assert [each.indicator for each in again.open] == [row.indicator]


def test_hostile_texts_stay_texts_in_cells_names_and_files():
    department = Department.objects.get(name="企画調整課")
    Department.objects.filter(pk=department.pk).update(name=HOSTILE)
    Indicator.objects.filter(code="1-1").update(name=HOSTILE)
    KpiValue.objects.filter(indicator__code="1-1", month=MONTH).update(note=HOSTILE)
    sheet = next(
        each for each in sheets_of(MONTH, issued_at=AT) if each.department.pk == department.pk
    )
    sheet = replace(sheet, department=Department(pk=1, code="x", name=HOSTILE))
    book = opened(entry_workbook(sheet))
    assert all(cell.data_type != "f" for paper in book for line in paper for cell in line)
    cells, known = cells_of(book), identity_in(book).row("1-1")
    assert cells["1-1"]["note"].value == leaving(HOSTILE) == known.note
    (line,) = lines_of([sheet])
    assert not set(line.file) & set('/\\<>|":*?\n\r\x0b\u202e')
    with zipfile.ZipFile(io.BytesIO(archive([sheet]))) as found:
        assert found.testzip() is None
        assert line.file in found.namelist()


def test_the_archive_holds_a_sheet_for_everybody_who_can_enter_and_a_list_of_all():
    sheets = sheets_of(MONTH, issued_at=AT)
    content = archive(sheets)
    assert content == archive(sheets_of(MONTH, issued_at=AT))
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        first, *names = found.namelist()
        listed = opened(found.read(first))["一覧"]
        heads, *rows = listed.iter_rows(values_only=True)
    told = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [row["課"] for row in told] == [sheet.name for sheet in sheets]
    assert [row["ファイル名"] for row in told if row["ファイル名"]] == names
    assert len(names) == sum(bool(sheet.open) for sheet in sheets)
    assert all(row["備考"] for row in told if not row["ファイル名"])
    assert file_name(sheets[0]) == "大崎町DX推進計画_入力様式_R8-10_総務課_見本データ"


def test_two_departments_of_one_name_do_not_share_a_file():
    sheet = sheet_of("総務課")
    first, second = lines_of([sheet, sheet])
    assert first.file != second.file


def test_a_month_costs_eight_questions_at_most(django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        for sheet in sheets_of(MONTH, issued_at=AT):
            entry_workbook(sheet)


@pytest.mark.parametrize(
    ("changes", "formula"),
    [
        ({"unit": "件"}, 'IF(ISNUMBER(I8),AND(I8>=0,ROUND(I8,0)=I8),I8="クリア")'),
        ({"unit": "時間", "decimals": 1}, 'IF(ISNUMBER(I8),AND(I8>=0,ROUND(I8,1)=I8),I8="クリア")'),
        (  # 85% is 0.85 to a spreadsheet
            {"unit": "％", "decimals": 1},
            'IF(ISNUMBER(I8),AND(I8>=0,ROUND(I8,3)=I8),I8="クリア")',
        ),
        (
            {"unit": "人", "may_be_negative": True},
            'IF(ISNUMBER(I8),AND(ROUND(I8,0)=I8),I8="クリア")',
        ),
    ],
)
def test_a_number_is_checked_while_it_is_typed(changes, formula):
    check = check_of(Definition(**changes), "value", "I8")
    assert check.formula1 == formula
    assert CLEAR in check.error
    assert len(check.error) <= 255
    assert len(check.errorTitle) <= 32


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("指標ID", None),
        ("指標ID", "x"),
        ("様式", None),
        ("様式", "other"),
        ("形式", "x"),
        ("報告の年月", "いつか"),
        ("年月", None),
        ("取得日時", "2026-11-27T09:30:00"),
        ("取得日時", None),
        ("値の版", None),
        ("実績値", "多い"),
        ("値なしの理由コード", "bad"),
        ("確定区分コード", "bad"),
        ("備考", ...),
    ],
)
def test_a_spoilt_hidden_sheet_is_refused_in_words(head, value):
    rows = [list(row) for row in opened(entry_workbook(sheet_of("税務課")))["照合"].values]
    place = rows[0].index(head)
    for row in rows if value is ... else rows[1:]:
        row[place] = value
    with pytest.raises(UnknownSheet):
        identity_of(rows)


def test_nothing_at_all_is_no_identity():
    for rows in ([], [[]], [[column.header for column in COLUMNS]]):
        with pytest.raises(UnknownSheet):
            identity_of(rows)


def enter(client, username):
    user = User.objects.get(username=username)
    client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
    return client


def test_people_see_their_own_department_and_the_secretariat_all(client):
    soumu, zeimu = (Department.objects.get(name=name).pk for name in ("総務課", "税務課"))
    address = f"/kpis/intake/2026-10/sheets/{soumu}/"
    page = enter(client, "soumu-kacho").get("/kpis/intake/?month=2026-10").content.decode()
    assert address in page
    assert f"/sheets/{zeimu}/" not in page
    assert "全課をまとめて" not in page
    answer = client.get(address)
    assert "R8-10_%E7%B7%8F%E5%8B%99%E8%AA%B2" in answer["Content-Disposition"]
    assert identity_in(opened(answer.content)).department_name == "総務課"
    assert client.get(f"/kpis/intake/2026-10/sheets/{zeimu}/").status_code == 404
    assert client.get("/kpis/intake/2026-10/sheets/0/").status_code == 404
    assert client.get("/kpis/intake/2026-10/sheets/").status_code == 403
    page = enter(client, "jimukyoku").get("/kpis/intake/?month=2026-10").content.decode()
    assert page.count("の入力様式、Excel") == len(sheets_of(MONTH, issued_at=timezone.now()))
    answer = client.get("/kpis/intake/2026-10/sheets/")
    assert answer["Content-Type"] == "application/zip"
    assert zipfile.is_zipfile(io.BytesIO(answer.content))


@pytest.mark.parametrize(
    "path",
    [
        "?month=2019-01",
        "?month=2029-12",
        "?month=いつか",
        "2019-01/sheets/",
        "2029-12/sheets/1/",
        "2026-10/sheets/99999999999999999999/",
        "2026-13/sheets/1/",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    assert enter(client, "jimukyoku").get(f"/kpis/intake/{path}").status_code == 404


def test_who_only_reads_is_not_offered_a_sheet(client):
    page = enter(client, "etsuran").get("/kpis/entry/2026-10/").content.decode()
    assert "/kpis/intake/" not in page
    assert client.get("/kpis/intake/").status_code == 403


def test_the_pages_of_entry_and_of_the_months_lead_to_it(client):
    enter(client, "jimukyoku")
    for address in ("/kpis/entry/2026-10/", "/kpis/months/"):
        assert "/kpis/intake/?month=2026-10" in client.get(address).content.decode()


@soffice
def test_libreoffice_prints_it_on_a4_landscape_and_keeps_what_it_carries(tmp_path):
    sheet = sheet_of("総務課")
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(entry_workbook(sheet))
    for kind in ("pdf", "xlsx:Calc MS Excel 2007 XML"):
        _converted(path, tmp_path / "out", kind)
    said = subprocess.run(
        ["pdfinfo", tmp_path / "out" / "sheet.pdf"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert "841.89 x 595" in said
    assert int(said.split("Pages:")[1].split()[0]) <= 2
    saved = opened((tmp_path / "out" / "sheet.xlsx").read_bytes())
    before = opened(path.read_bytes())
    assert identity_in(saved) == identity_in(before)
    for code, cells in cells_of(before).items():
        for name, cell in cells.items():
            again = cells_of(saved)[code][name]
            assert (again.value, again.protection.locked) == (cell.value, cell.protection.locked)
    assert saved[SHEET].protection.sheet


def _converted(path, folder, kind):
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            folder,
            path,
        ],
        capture_output=True,
        timeout=180,
        check=True,
    )
