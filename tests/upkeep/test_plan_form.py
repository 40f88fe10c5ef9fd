"""計画の様式: a plan leaves as a workbook and comes into an empty database as what it was."""

import io
import zipfile
from datetime import date
from functools import cache

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from foundation.records.models import HistoryEntry
from headquarters.upkeep.plan_form.drawing import HEAD_ROW, plan_workbook
from headquarters.upkeep.plan_form.gathering import empty_rows, rows_of
from headquarters.upkeep.plan_form.sheets import (
    INDICATORS,
    MEASURES,
    NAME_ALONE,
    PLAN,
    POINTS,
    SHEETS,
    STEPS,
    TARGETS,
)
from kpi.models import Definition, Indicator, Target
from measures.models import Measure, Plan
from measures.setting import PlanSetting, versions_now
from tests.sample_town import load_town
from tests.upkeep.invented import (
    GRADES,
    OF_THE_PLAN,
    TITLE,
    invented,
    without_plan,
    without_town,
)

pytestmark = pytest.mark.django_db
NOW = "2026-11-20 01:00+00:00"
TODAY = date(2026, 11, 20)
FIRST_ROW = HEAD_ROW + 1


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock.move_to(NOW)


def facts():
    """Every row of the plan, as what it says: what it leans on by its name, no ids, no moments."""
    found = []
    for label in OF_THE_PLAN:
        for model in apps.get_app_config(label).get_models():
            rows = sorted(_said(row) for row in model._base_manager.all())
            found += [(model._meta.label, *row) for row in rows]
    return found


def _said(row):
    said = []
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in ("created_at", "subject_id"):
            continue
        said.append((field.name, str(getattr(row, field.name))))
    return (*said, str(getattr(row, "subject", "")))


@cache
def drawn() -> bytes:
    """The form of the invented plan."""
    return plan_workbook(invented(), name=TITLE, at=timezone.now())


def form(tmp_path):
    """The same on the disk."""
    file = tmp_path / "plan.xlsx"
    file.write_bytes(drawn())
    return file


def loaded(file, **options):
    call_command("load_plan", str(file), verbosity=0, **options)


def test_this_plan_goes_out_and_comes_back_row_by_row(tmp_path):
    before = facts()
    assert len(before) > 300
    call_command("plan_form", str(tmp_path / "plan.xlsx"), verbosity=0)
    without_plan()
    assert facts() == []
    loaded(tmp_path / "plan.xlsx")
    assert facts() == before


@pytest.mark.pure
def test_a_plan_that_was_lived_with_goes_out_as_it_stands(tmp_path):
    """Targets, definitions, settled points: what comes back gives the same form again."""
    load_town()
    plan = Plan.objects.current()
    rows = rows_of(plan, TODAY)
    assert sum(row.get("value") is not None for row in rows[TARGETS.title]) > 50
    content = plan_workbook(rows, name=plan.title, at=timezone.now())
    (tmp_path / "plan.xlsx").write_bytes(content)
    without_town()
    loaded(tmp_path / "plan.xlsx")
    again = rows_of(Plan.objects.current(), TODAY)
    assert again == rows
    assert plan_workbook(again, name=plan.title, at=timezone.now()) == content


def test_an_invented_plan_comes_in_with_its_own_years_grades_and_numbers(tmp_path):
    without_plan()
    loaded(form(tmp_path), first_month=date(2030, 6, 1))
    plan = Plan.objects.get()
    assert (plan.title, list(plan.fiscal_years)) == (TITLE, [2030, 2031, 2032, 2033])
    assert (Measure.objects.count(), Indicator.objects.count()) == (5, 8)
    assert {row.from_month for row in Definition.objects.all()} == {date(2030, 4, 1)}
    assert Definition.objects.get(indicator__code="1-2").numerator_source.code == "1-1"
    assert Target.objects.count() == 6
    settings = versions_now().in_month(date(2030, 5, 1))
    assert tuple(band.name for band in settings.grades) == GRADES
    assert (settings.deadline.day, settings.first_month) == (15, date(2030, 6, 1))
    assert not PlanSetting.objects.exclude(decided_on=None).exists()
    told = HistoryEntry.objects.filter(action="plan.load").latest("id")
    assert told.after["様式"] == "plan.xlsx"
    assert invented_again(rows_of(plan, TODAY)) == invented_again(invented())


def invented_again(rows):
    """Rows without what is blank, and without what a form says for itself."""
    return {
        title: [
            {name: value for name, value in row.items() if value not in (None, "", False)}
            for row in each
            if title != TARGETS.title or row.get("value") or row.get("lower") or row.get("none")
        ]
        for title, each in _without_names(rows).items()
    }


def _without_names(rows):
    kept = {title: [dict(row) for row in each] for title, each in rows.items()}
    for row in kept[TARGETS.title]:
        row.pop(NAME_ALONE, None)
    kept[TARGETS.title].sort(key=lambda row: (row["code"], row["fiscal_year"]))
    for row in kept[INDICATORS.title]:
        for usual in ("method", "baseline_span"):
            row.pop(usual, None)
    return kept


def test_a_database_with_a_plan_is_refused_in_one_sentence(tmp_path):
    before = facts()
    with pytest.raises(CommandError, match="すでに計画「大崎町DX推進計画」があります") as refused:
        loaded(form(tmp_path))
    assert "\n" not in str(refused.value)
    assert facts() == before


def test_the_plan_of_the_program_does_not_join_another_one(tmp_path):
    without_plan()
    loaded(form(tmp_path))
    with pytest.raises(CommandError, match=f"別の計画「{TITLE}」があります"):
        call_command("load_plan", verbosity=0)
    assert Plan.objects.count() == 1


@pytest.mark.pure
def test_an_empty_form_has_every_sheet_and_says_what_is_missing(tmp_path):
    call_command("plan_form", str(tmp_path / "empty.xlsx"), empty=True, verbosity=0)
    book = load_workbook(tmp_path / "empty.xlsx")
    assert book.sheetnames == ["はじめに", *(sheet.title for sheet in SHEETS)]
    assert "大崎町" not in every_text(book)
    assert not any(sheet.merged_cells.ranges for sheet in book)
    without_plan()
    said = refusal(tmp_path / "empty.xlsx")
    assert "計画!B5：計画名を入力してください" in said
    assert "何も読み込んでいません" in said


def every_text(book):
    return "".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    )


def refusal(file):
    """What the command says of a form that it does not take; nothing is loaded."""
    with pytest.raises(CommandError) as refused:
        loaded(file)
    assert facts() == []
    return str(refused.value)


@pytest.fixture
def spoilt(tmp_path):
    """`spoilt((sheet, column, row of the form, value), …)` → what is said of the invented plan
    with these cells changed.
    """
    without_plan()
    file = form(tmp_path)

    def change(*cells):
        book = load_workbook(file)
        for sheet, name, row, value in cells:
            numbers = [column.name for column in sheet.columns]
            letter = get_column_letter(numbers.index(name) + 1)
            place = f"{letter}{FIRST_ROW + row}"
            if sheet is PLAN:
                place = f"B{FIRST_ROW + numbers.index(name)}"
            book[sheet.title][place] = value
        book.save(tmp_path / "spoilt.xlsx")
        return refusal(tmp_path / "spoilt.xlsx")

    return change


@pytest.mark.pure
@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ((PLAN, "last_fiscal_year", 0, "R10"), "計画!B10：最終年度は初年度以後にしてください。"),
        ((PLAN, "first_fiscal_year", 0, "来年"), "計画!B9：初年度：「来年」は年度として読めません"),
        ((PLAN, "from_B", 0, 96), "評価Bの下限は、評価Aの下限より低くしてください。"),
        ((PLAN, "grade_D", 0, "達成"), "評価Aと評価Dが同じ名前です"),
        ((PLAN, "deadline_day", 0, 31), "計画!B26：提出期限（翌月の日）：28以下の数字に"),
        ((PLAN, "deadline_hour", 0, "夕方"), "「夕方」は時刻として読めません"),
        ((MEASURES, "policy", 2, 9), "施策!B7：基本方針の番号「9」は、「基本方針」のシートに"),
        ((MEASURES, "number", 1, 1), "施策!A6：5行目と同じ番号です。"),
        ((MEASURES, "summary", 0, None), "施策!E5：概要を入力してください。"),
        ((MEASURES, "name", 0, "長" * 101), "施策!C5：名称：101字あります。100字までに"),
        ((MEASURES, "name", 0, "=A1"), "施策!C5：数式が入っています。"),
        ((INDICATORS, "kind", 0, "整数"), "「整数」は選べません。数値、割合から選んでください。"),
        ((INDICATORS, "denominator_label", 1, None), "分子と分母の名称を入力し"),
        ((INDICATORS, "numerator_source", 1, "9-9"), "指標の番号「9-9」は、「指標」のシートに"),
        ((INDICATORS, "decimals", 0, 9), "小数桁：4以下の数字に"),
        ((INDICATORS, "baseline_value", 0, "約12"), "基準値：「約12」は数字として読めません"),
        ((INDICATORS, "measured_from", 6, "いつか"), "「いつか」は月として読めません"),
        (
            (TARGETS, "fiscal_year", 0, "R20"),
            "令和20年度は、計画期間（令和12年度～令和15年度）の外です",
        ),
        ((TARGETS, "upper", 3, 5), "上限は下限以上にしてください。"),
        ((TARGETS, "reason", 4, None), "決定日・決定した会議等・理由を入力してください。"),
        ((STEPS, "last_month", 0, None), "工程表!G5：開始月と終了月は、両方入力するか"),
        ((STEPS, "first_month", 0, "R2.4"), "工程表!F5：令和11年4月1日から令和17年3月31日まで"),
        ((STEPS, "last_month", 0, "R12.3"), "終了月は開始月以後にしてください。"),
        ((STEPS, "recurrence", 0, "毎日"), "「毎日」は選べません。なし、毎年、適宜から"),
        ((POINTS, "key", 0, "1-9"), "工程表「1-9」は、「工程表」のシートにありません"),
    ],
)
def test_what_is_wrong_is_told_with_its_cell_and_how_to_mend_it(spoilt, cell, said):
    assert said in spoilt(cell)


@pytest.mark.pure
def test_many_faults_are_told_at_once(spoilt):
    said = spoilt(
        (PLAN, "municipality", 0, None),
        (MEASURES, "policy", 0, 7),
        (INDICATORS, "unit", 4, None),
        (STEPS, "measure", 0, 8),
    )
    lines = said.splitlines()
    assert "直すところが" in lines[0]
    assert [line.split("!")[0] for line in lines[1:]] == ["計画", "施策", "指標", "工程表"]


@pytest.mark.pure
def test_a_day_that_a_spreadsheet_made_of_a_number_is_the_number(spoilt, tmp_path):
    """1-2 typed into a cell that is no text becomes 2 January."""
    said = spoilt(
        (INDICATORS, "code", 1, date(2030, 1, 2)),
        (PLAN, "municipality", 0, None),
    )
    assert [line.split("：")[0] for line in said.splitlines()[1:]] == ["計画!B6"]


def changed(file, name, change):
    """The archive with one part changed or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.namelist():
            if part != name:
                target.writestr(part, source.read(part))
        target.writestr(name, change)
    return out.getvalue()


@pytest.mark.pure
def test_merged_cells_macros_and_other_files_are_refused(tmp_path):
    without_plan()
    file = form(tmp_path)
    book = load_workbook(file)
    book[MEASURES.title].merge_cells("D5:D6")
    book.save(tmp_path / "merged.xlsx")
    assert "結合したセルがあります" in refusal(tmp_path / "merged.xlsx")
    hostile = tmp_path / "hostile.xlsx"
    hostile.write_bytes(changed(file, "xl/vbaProject.bin", b"x"))
    assert "マクロ等のプログラムを含むファイルは取り込めません" in refusal(hostile)
    hostile.write_bytes(b"PK" + b"\0" * 6 * 1024 * 1024)
    assert "大きすぎます" in refusal(hostile)
    hostile.write_text("計画", encoding="utf-8")
    assert "Excelのファイル（.xlsx）ではありません" in refusal(hostile)
    assert "読めません" in refusal(tmp_path / "nowhere.xlsx")


@pytest.mark.pure
def test_a_workbook_of_another_kind_and_lost_heads_are_named(tmp_path):
    without_plan()
    other = Workbook()
    other.save(tmp_path / "other.xlsx")
    assert "計画：このシートがありません" in refusal(tmp_path / "other.xlsx")
    book = load_workbook(form(tmp_path))
    book[MEASURES.title].cell(HEAD_ROW, 3).value = "なまえ"
    del book[STEPS.title]
    book.save(tmp_path / "lost.xlsx")
    said = refusal(tmp_path / "lost.xlsx")
    assert "施策：見出し「名称」の列がありません" in said
    assert "工程表：このシートがありません" in said


@pytest.mark.pure
def test_rows_may_be_moved_and_left_blank(tmp_path):
    without_plan()
    book = load_workbook(form(tmp_path))
    book[MEASURES.title].insert_rows(HEAD_ROW + 2, 3)
    book[INDICATORS.title].insert_cols(3)
    book.save(tmp_path / "moved.xlsx")
    loaded(tmp_path / "moved.xlsx")
    assert Measure.objects.count() == 5
    assert Indicator.objects.count() == 8


@pytest.mark.pure
def test_the_same_plan_and_moment_give_the_same_bytes_and_a_file_is_never_overwritten(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        call_command("plan_form", str(tmp_path / name), verbosity=0)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with pytest.raises(CommandError, match="すでにあります"):
        call_command("plan_form", str(tmp_path / "a.xlsx"), verbosity=0)
    without_plan()
    with pytest.raises(CommandError, match="--empty"):
        call_command("plan_form", str(tmp_path / "c.xlsx"), verbosity=0)


@pytest.mark.pure
def test_a_cell_of_a_form_offers_what_its_list_holds():
    book = load_workbook(io.BytesIO(plan_workbook(empty_rows(), name="", at=timezone.now())))
    checks = book[INDICATORS.title].data_validations.dataValidation
    offered = {str(check.formula1) for check in checks}
    assert '"数値,割合"' in offered
    assert '"増加,減少,維持,ゼロ"' in offered
    assert '"はい"' in offered
    assert all(len(formula) <= 255 for formula in offered)
