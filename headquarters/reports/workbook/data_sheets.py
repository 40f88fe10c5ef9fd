"""Sheets for machines: KPIデータ, 見込データ, 工程データ, コード表, データ定義, 更新履歴.

One table each from A1, typed, long, coded. Follows 行政データにおける機械可読性に関するルール
(令和8年3月31日).
"""

from datetime import date
from typing import NamedTuple

from django.utils import timezone

from foundation.sheets.book import Column, data_sheet
from foundation.sheets.columns import Coded, day, number, text
from headquarters.reports.codes import CODED, grades_of
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.kpi_data import kpi_columns, kpi_rows
from headquarters.reports.workbook.outlook_data import outlook_columns
from headquarters.reports.workbook.paper import one_page
from headquarters.reports.workbook.step_data import step_columns, step_rows

KPI_DATA, OUTLOOK_DATA, STEP_DATA = "KPIデータ", "見込データ", "工程データ"


class CodeRow(NamedTuple):
    """A row of コード表."""

    item: str
    code: str
    label: str


class ColumnRow(NamedTuple):
    """A row of データ定義: a column of a data sheet, `place` from the left."""

    sheet: str
    place: int
    column: Column


class FormatChange(NamedTuple):
    """A format of the data sheets: since when, and what became different."""

    number: int
    since: date
    text: str


class UpdateRow(NamedTuple):
    """A row of 更新履歴: of the format, or of the report."""

    item: str
    format_number: int
    month: str | None
    version: str | None
    day: date
    text: str


def kpi_data_sheet(book, report: MonthlyReport) -> None:
    """KPIデータ: one row per indicator and month since the plan's start."""
    data_sheet(
        book,
        KPI_DATA,
        kpi_columns(report),
        kpi_rows(report),
    )


def outlook_data_sheet(book, report: MonthlyReport) -> None:
    """見込データ: one row per indicator, what stands beside its judgement in the month."""
    data_sheet(
        book,
        OUTLOOK_DATA,
        outlook_columns(report),
        report.indicators,
    )


def step_data_sheet(book, report: MonthlyReport) -> None:
    """工程データ: one row per milestone, or per step without one."""
    data_sheet(
        book,
        STEP_DATA,
        step_columns(report),
        step_rows(report),
    )


def code_lists(report: MonthlyReport) -> tuple[Coded, ...]:
    """Every closed list of which the data sheets take values."""
    return (grades_of(report), *CODED)


def code_sheet(book, report: MonthlyReport) -> None:
    """コード表: every value of every coded column."""
    rows = [
        CodeRow(each.item, choice.code, choice.label)
        for each in code_lists(report)
        for choice in each.choices
    ]
    sheet = data_sheet(
        book,
        "コード表",
        [
            text("項目", "item", lambda r: r.item, 22),
            text("コード", "code", lambda r: r.code, 24),
            text("表示名", "label", lambda r: r.label, 40),
        ],
        rows,
    )
    one_page(sheet, len(rows))


def data_columns(report: MonthlyReport) -> dict[str, list[Column]]:
    """{name of a data sheet: its columns}."""
    return {
        KPI_DATA: kpi_columns(report),
        OUTLOOK_DATA: outlook_columns(report),
        STEP_DATA: step_columns(report),
    }


def _meaning(row: ColumnRow) -> str:
    """What a column means; of a code, where it is explained."""
    column = row.column
    explained = f"コード表の「{column.codes}」のコード" if column.codes else ""
    return "。".join(filter(None, (column.meaning, explained))) or column.header


def definition_sheet(book, report: MonthlyReport) -> None:
    """データ定義: name, kind, unit and meaning of every column of the data sheets; their source."""
    updated_on = timezone.localtime(report.made_at).date()
    data_sheet(
        book,
        "データ定義",
        [
            text("シート", "sheet", lambda r: r.sheet, 12),
            number("列の順番", "place", lambda r: r.place, "番目", width=8),
            text("項目名", "header", lambda r: r.column.header, 24),
            text("物理名", "name", lambda r: r.column.name, 24),
            text("データの型", "kind", lambda r: r.column.kind, 10),
            text("単位", "unit", lambda r: r.column.unit, 16),
            text("意味", "meaning", _meaning, 60),
            text("コード表の項目", "codes", lambda r: r.column.codes, 18),
            text("文字コード", "encoding", lambda _: "UTF-8（xlsx、BOMなし）", 20),
            text("出典", "source", lambda _: report.plan, 24),
            text("作成者", "publisher", lambda _: report.municipality, 10),
            day("更新日", "updated_on", lambda _: updated_on),
            number("形式", "format", lambda _: report.format_version, "番号", width=6),
        ],
        [
            ColumnRow(
                sheet,
                place,
                column,
            )
            for sheet, columns in data_columns(report).items()
            for place, column in enumerate(columns, 1)
        ],
    )


FORMATS = (
    FormatChange(1, date(2026, 11, 23), "最初の形式"),
    FormatChange(
        2,
        date(2026, 11, 24),
        "データのシートの文字列から改行を除いた。列の追加・削除・名称の変更はない",
    ),
    FormatChange(
        3,
        date(2026, 11, 27),
        "KPI実績の割合を画面と同じ四捨五入にし、コード表の「確定」の符号を final とした。"
        "データのシートの列は変わらない",
    ),
    FormatChange(
        5,
        date(2026, 11, 27),
        "画面で版を見るための項目を版に加えた。データのシートの列は変わらない",
    ),
    FormatChange(
        6,
        date(2026, 11, 27),
        "KPIデータに「前年同月」の列を、見込データのシート（年度末見込、計画全体の進捗）を加えた",
    ),
    FormatChange(
        7,
        date(2026, 11, 27),
        "指標番号をKPI1-1の形にした（1-1は表計算ソフトで日付になるため）。"
        "選択肢の項目にコードの列（物理名の末尾が _code）を、"
        "どのシートにも報告の年月・時点・基準日・見本データを加えた。"
        "KPIデータに目標の下限・上限、期待値、分子と分母の単位を、"
        "見込データに施策、差の単位、比べられるかを、"
        "工程データに工程とマイルストーンのID、遅延を加え、状態を工程とマイルストーンに分けた。"
        "KPIデータの「担当課」を「入力課」、「暫定確定」を「確定区分」、"
        "工程データの「担当課」を「所管課」、「延期回数」を「延期回数（回）」、"
        "見込データの「同じく率（％）」を「このままのペースの率（％）」に改めた。"
        "データ定義の「出典・更新」を出典・作成者・更新日・形式に、"
        "更新履歴の「名称」を形式・年月・時点に分けた",
    ),
    FormatChange(
        8,
        date(2026, 11, 28),
        "KPIデータに「年度の値の確定区分」を加えた（暫定の月の値が入っていれば暫定）",
    ),
)


def _updates(report: MonthlyReport) -> list[UpdateRow]:
    """Every format so far, and this report's own making."""
    made_on = timezone.localtime(report.made_at).date()
    formats = [
        UpdateRow(
            "形式",
            each.number,
            None,
            None,
            each.since,
            each.text,
        )
        for each in FORMATS
        if each.number <= report.format_version
    ]
    said = f"{report.as_of:%Y-%m-%d}時点"
    own = (report.format_version, f"{report.month:%Y-%m}", report.version)
    return [*formats, UpdateRow("報告", *own, made_on, said)]


def update_sheet(book, report: MonthlyReport) -> None:
    """更新履歴: every format of the data sheets so far, and this report's own making."""
    data_sheet(
        book,
        "更新履歴",
        [
            text("区分", "item", lambda r: r.item, 8),
            number("形式", "format", lambda r: r.format_number, "番号", width=6),
            text("年月", "month", lambda r: r.month, 10),
            text("時点", "version", lambda r: r.version, 10),
            day("日付", "updated_on", lambda r: r.day),
            text("内容", "description", lambda r: r.text, 100),
        ],
        _updates(report),
    )
