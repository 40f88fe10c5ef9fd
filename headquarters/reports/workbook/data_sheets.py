"""Sheets for machines: KPIデータ, 工程データ, コード表, データ定義, 更新履歴. One table from A1,
typed, long, coded.

Follows 行政データにおける機械可読性に関するルール (令和8年3月31日).
"""

from datetime import date
from typing import NamedTuple

from django.utils import timezone

from foundation.japanese.calendar import fiscal_year
from foundation.sheets.book import Column, data_sheet
from foundation.sheets.styles import ISO_DATE
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow, MilestoneRow, MonthCell, StepRow
from headquarters.reports.workbook.outlook_sheet import outlook_data_columns
from headquarters.reports.workbook.paper import one_page
from kpi.choices import CellState, Direction, Kind, Maturity, MissingReason, NotJudged
from roadmap.choices import MilestoneState, Recurrence


class KpiRow(NamedTuple):
    """A row of KPIデータ."""

    indicator: IndicatorRow
    cell: MonthCell


class DatedRow(NamedTuple):
    """A row of 工程データ. `item`: None for a step without milestones."""

    step: StepRow
    item: MilestoneRow | None


class CodeRow(NamedTuple):
    """A row of コード表."""

    item: str
    code: str
    label: str


class ColumnRow(NamedTuple):
    """A row of データ定義: a column of a data sheet."""

    sheet: str
    column: Column


class FormatChange(NamedTuple):
    """A format of the data sheets: since when, and what became different."""

    number: int
    since: date
    text: str


class UpdateRow(NamedTuple):
    """A row of 更新履歴."""

    item: str
    name: str
    day: date
    text: str


def _iso(month: date | None) -> str | None:
    return f"{month:%Y-%m}" if month else None


def _of_item(name: str):
    """Getter of a field of the milestone; empty where the step has none, or no text."""

    def get(row: DatedRow):
        value = getattr(
            row.item,
            name,
            None,
        )
        return None if value == "" else value

    return get


def _kpi_columns(report):
    measures = {row.number: row.name for row in report.measures}
    return [
        Column(
            "全国地方公共団体コード",
            "municipality_code",
            lambda r: report.municipality_code,
            width=12,
        ),
        Column("団体名", "municipality", lambda r: report.municipality, width=10),
        Column("年度（西暦）", "fiscal_year", lambda r: fiscal_year(r.cell.month), width=10),
        Column("年月", "month", lambda r: _iso(r.cell.month), width=10),
        Column("施策番号", "measure_number", lambda r: r.indicator.measure, width=8),
        Column("施策名", "measure_name", lambda r: measures[r.indicator.measure], width=24),
        Column("指標番号", "indicator_code", lambda r: r.indicator.code, width=8),
        Column("指標名", "indicator_name", lambda r: r.indicator.name, width=30),
        Column("担当課", "department", lambda r: r.indicator.department, width=14),
        Column("単位", "unit", lambda r: r.indicator.unit, width=6),
        Column("種類", "kind", lambda r: r.indicator.kind, width=6),
        Column("方向性", "direction", lambda r: r.indicator.direction, width=6),
        Column("入力の状態", "cell_state", lambda r: r.cell.state, width=12),
        Column("実績値", "value", lambda r: r.cell.value, width=10),
        Column("分子", "numerator", lambda r: r.cell.numerator, width=10),
        Column("分母", "denominator", lambda r: r.cell.denominator, width=10),
        Column("値なしの理由", "missing_reason", lambda r: r.cell.missing_reason or None, width=12),
        Column("暫定確定", "maturity", lambda r: r.cell.maturity or None, width=8),
        Column("年度の値", "year_to_date", lambda r: r.cell.actual, width=10),
        Column("前年同月", "last_year", lambda r: r.cell.last_year, width=10),
        Column("年度目標", "target", lambda r: r.cell.target, width=10),
        Column("達成率（％）", "achievement_rate", lambda r: r.cell.rate, width=10),
        Column("評価区分", "grade", lambda r: r.cell.grade, width=8),
        Column("評価対象外の理由", "not_evaluated", lambda r: r.cell.not_judged or None, width=14),
        Column("測定時点", "as_of", lambda r: r.cell.as_of, number_format=ISO_DATE, width=12),
        Column("出典", "data_source", lambda r: r.indicator.source or None, width=16),
        Column("備考", "note", lambda r: r.cell.note or None, width=30),
        Column("見本データ", "is_sample", lambda r: "はい" if report.sample else "いいえ", width=8),
    ]


def kpi_data_sheet(book, report: MonthlyReport) -> None:
    """KPIデータ: one row per indicator and month since the plan's start."""
    rows = [KpiRow(indicator, cell) for indicator in report.indicators for cell in indicator.months]
    data_sheet(book, "KPIデータ", _kpi_columns(report), rows)


def _step_columns(report):
    return [
        Column(
            "全国地方公共団体コード",
            "municipality_code",
            lambda r: report.municipality_code,
            width=12,
        ),
        Column("団体名", "municipality", lambda r: report.municipality, width=10),
        Column("基準日", "as_of", lambda r: report.as_of, number_format=ISO_DATE, width=12),
        Column("施策番号", "measure_number", lambda r: r.step.measure, width=8),
        Column("工程名", "step", lambda r: r.step.name, width=30),
        Column("繰返し", "recurrence", lambda r: r.step.recurrence, width=8),
        Column("開始月", "first_month", lambda r: _iso(r.step.first_month), width=10),
        Column("終了月", "last_month", lambda r: _iso(r.step.last_month), width=10),
        Column("担当課", "department", lambda r: r.step.department, width=14),
        Column("マイルストーン", "milestone", _of_item("name"), width=24),
        Column("当初計画", "original_on", _of_item("original_on"), number_format=ISO_DATE),
        Column("現行計画", "approved_on", _of_item("approved_on"), number_format=ISO_DATE),
        Column("見込", "forecast_on", _of_item("forecast_on"), number_format=ISO_DATE),
        Column("実績", "completed_on", _of_item("completed_on"), number_format=ISO_DATE),
        Column("状態", "state", lambda r: r.item.state if r.item else r.step.state, width=12),
        Column("ずれ（日）", "slip_days", _of_item("slip"), width=10),
        Column("延期回数", "postponements", _of_item("postponements"), width=10),
        Column("理由", "reason", _of_item("reason"), width=30),
    ]


def step_data_sheet(book, report: MonthlyReport) -> None:
    """工程データ: one row per milestone, or per step without one."""
    rows = [DatedRow(step, item) for step in report.steps for item in (step.milestones or (None,))]
    data_sheet(book, "工程データ", _step_columns(report), rows)


CHOICES = (
    ("種類", Kind),
    ("方向性", Direction),
    ("入力の状態", CellState),
    ("値なしの理由", MissingReason),
    ("暫定確定", Maturity),
    ("評価対象外の理由", NotJudged),
    ("状態（マイルストーン）", MilestoneState),
    ("繰返し", Recurrence),
)


def code_sheet(book, report: MonthlyReport) -> None:
    """コード表: every value of every coded column."""
    rows = [
        CodeRow(
            "評価区分",
            band.letter,
            f"{band.name}（{band.threshold}％以上）" if band.threshold is not None else band.name,
        )
        for band in report.bands
    ]
    rows += [
        CodeRow(name, choice.value, str(choice.label))
        for name, choices in CHOICES
        for choice in choices
    ]
    rows.append(CodeRow("状態（マイルストーン）", "late", "遅延"))
    sheet = data_sheet(
        book,
        "コード表",
        [
            Column("項目", "item", lambda r: r.item, width=20),
            Column("コード", "code", lambda r: r.code, width=18),
            Column("表示名", "label", lambda r: r.label, width=30),
        ],
        rows,
    )
    one_page(sheet, len(rows))


MEANING = {
    "value": "その月に報告された値。割合の指標では空欄（分子・分母を見る）",
    "year_to_date": "数え方のきまりで求めた、その月末時点の年度の値",
    "target": "その年度の目標（その月に有効な版）",
    "achievement_rate": "その月末時点の達成率（％）。"
    "年度の途中は期待値、年度末は年度目標に対する率",
    "last_year": "前の年度の同じ月の値。合計する指標では、4月からその月までの合計",
    "same_month_last_year": "前の年度の同じ月の値。合計する指標では、4月からその月までの合計",
    "difference": "比較の月の値から前年同月を引いた差。割合ではポイント",
    "year_end_forecast": "課が述べた年度末の見込。評価には使わない",
    "forecast_rate": "年度末見込の、年度目標に対する率。評価には使わない",
    "projection": "これまでのペースが年度末まで続いたときの値。評価には使わない",
    "final_progress": "基準値から最終目標までのうち、年度末に達した割合",
    "plan_elapsed": "計画期間のうち、年度末までに過ぎた年度の割合",
    "cell_state": "空欄の理由を区別する（0と空欄は別）",
    "slip_days": "見込または実績から現行計画を引いた日数。負は早い",
}


def definition_sheet(book, report: MonthlyReport) -> None:
    """データ定義: name and meaning of every column of the data sheets, source, update."""
    rows = [ColumnRow("KPIデータ", column) for column in _kpi_columns(report)]
    rows += [ColumnRow("見込データ", column) for column in outlook_data_columns(report)]
    rows += [ColumnRow("工程データ", column) for column in _step_columns(report)]
    day = timezone.localtime(report.made_at).date()
    made = f"{day:%Y-%m-%d}更新、形式{report.format_version}"
    source = f"{report.plan}（{report.municipality}）、{made}"
    data_sheet(
        book,
        "データ定義",
        [
            Column("シート", "sheet", lambda r: r.sheet, width=14),
            Column("項目名", "header", lambda r: r.column.header, width=22),
            Column("物理名", "name", lambda r: r.column.name, width=20),
            Column(
                "意味", "meaning", lambda r: MEANING.get(r.column.name, r.column.header), width=60
            ),
            Column("文字コード", "encoding", lambda r: "UTF-8（xlsx）", width=14),
            Column("出典・更新", "source", lambda r: source, width=50),
        ],
        rows,
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
)


def update_sheet(book, report: MonthlyReport) -> None:
    """更新履歴: every format of the data sheets so far, and this report's own making."""
    rows = [
        UpdateRow("形式", f"形式{each.number}", each.since, each.text)
        for each in FORMATS
        if each.number <= report.format_version
    ]
    rows.append(
        UpdateRow(
            "報告",
            f"{report.month:%Y-%m} {report.version}",
            timezone.localtime(report.made_at).date(),
            f"{report.as_of:%Y-%m-%d}時点",
        )
    )
    data_sheet(
        book,
        "更新履歴",
        [
            Column("区分", "item", lambda r: r.item, width=10),
            Column("名称", "name", lambda r: r.name, width=20),
            Column("日付", "updated_on", lambda r: r.day, number_format=ISO_DATE, width=12),
            Column("内容", "description", lambda r: r.text, width=60),
        ],
        rows,
    )
