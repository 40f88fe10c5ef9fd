"""Sheets for people.

表紙, 総括表, KPI実績, 要対応一覧. They print without touching the page set-up.
"""

from django.utils import timezone
from openpyxl.utils import get_column_letter

from foundation.japanese.calendar import (
    fiscal_months,
    fiscal_year_name,
    fiscal_year_short,
    month_name,
    wareki_date,
    wareki_month,
    wareki_short,
)
from foundation.sheets.book import Column, fit_height, print_setup, put, write_table
from foundation.sheets.styles import number_format
from headquarters.reports.model import MonthlyReport, digest

SAMPLE = "見本データ（数値・課名・氏名・日付は架空です）"
MONTHLY, ANNUAL = "月次進捗報告書", "年次進捗報告書"
SIGNS = (
    ("－", "該当なし"),
    ("0", "零（実績が0）"),
    ("未入力", "測定時期が来たのに値がない"),
    ("測定時期前", "まだ測定する時期ではない"),
    ("▲", "負の数"),
)


def heading(sheet, report: MonthlyReport, title: str, columns: int) -> int:
    """Title, month and the sample mark in rows 1–2; returns the next free row."""
    put(sheet.cell(1, 1), title, "dx-title")
    state = f"第{report.edition}版" if report.edition else "速報（締め前）"
    text = f"{report.plan}　{wareki_date(report.as_of)}時点　{state}"
    put(sheet.cell(2, 1), text + (f"　{SAMPLE}" if report.sample else ""), "dx-subtitle")
    sheet.row_dimensions[1].height = 26
    return 4


def _lines(sheet, row, pairs):
    for label, text in pairs:
        put(sheet.cell(row, 1), label, "dx-head")
        put(sheet.cell(row, 2), text, "dx-body")
        fit_height(sheet, row, least=22)
        row += 1
    return row


def milestone_words(item) -> str:
    """A milestone in one line: name, plan, forecast or completion, state."""
    text = f"{item.name}（計画 {wareki_short(item.approved_on)}"
    if item.completed_on:
        text += f"、完了 {wareki_short(item.completed_on)}"
    elif item.forecast_on:
        text += f"、見込 {wareki_short(item.forecast_on)}"
    return f"{'！' if item.late else ''}{text}、{item.state}）"


def cover_sheet(book, report: MonthlyReport, *, title: str = MONTHLY) -> None:
    """表紙: what, when, which edition, the legend and what to mind."""
    sheet = book.create_sheet("表紙")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 66
    row = heading(sheet, report, title, 2)
    made = timezone.localtime(report.made_at)
    counts = "・".join(f"{letter} {count}" for letter, count in report.counts.items())
    missing = sum(item.kind == "missing" for item in report.attention)
    row = (
        _lines(
            sheet,
            row,
            (
                ("計画", report.plan),
                ("団体", f"{report.municipality}（{report.municipality_code}）"),
                ("対象月", f"{wareki_month(report.month)}末時点"),
                ("版", f"第{report.edition}版" if report.edition else "速報（締め前）"),
                ("作成日時", f"{wareki_date(made.date())} {made:%H:%M}"),
                *(
                    (("締めた人", report.closed_by), ("照合値", digest(report)[:12]))
                    if report.edition
                    else ()
                ),
                (
                    "KPIの評価",
                    f"{len(report.indicators)}指標中 {report.judged} 評価済み（{counts}）",
                ),
                ("評価対象外の理由", report.not_judged_words or "なし"),
                (
                    "マイルストーン",
                    f"全{len(report.milestones)}件、"
                    f"遅延{sum(row.late for row in report.milestones)}件",
                ),
                ("注記", f"要確認 {report.open_points}件、未入力 {missing}件"),
            ),
        )
        + 1
    )
    put(sheet.cell(row, 1), "評価区分", "dx-head")
    put(
        sheet.cell(row, 2),
        "達成率（年度の途中は期待値、年度末は年度目標に対する率。小数第1位に四捨五入）",
        "dx-body",
    )
    for band in report.bands:
        row += 1
        put(sheet.cell(row, 1), f"{band.letter} {band.name}", grade_style(band.letter))
        put(
            sheet.cell(row, 2),
            f"{band.threshold}％以上" if band.threshold is not None else "それ未満",
            "dx-body",
        )
    row = _lines(sheet, row + 2, SIGNS)
    _since(sheet, row + 1, report)
    print_setup(sheet, landscape=False, one_page=True)


SHOWN = 15


def _since(sheet, row, report):
    """What changed since the edition before.

    Corrections, targets, grades, milestones, judgements.
    """
    if report.since is None:
        return
    changes = report.since.changes
    put(sheet.cell(row, 1), "前の版から", "dx-head")
    put(sheet.cell(row, 2), f"{report.since.label}から変わったところ {len(changes)}件", "dx-body")
    lines = [(row.kind, f"{row.subject}：{row.before} → {row.after}") for row in changes[:SHOWN]]
    if len(changes) > SHOWN:
        lines.append(
            ("ほか", f"{len(changes) - SHOWN}件（画面の「版を比べる」で全件を見られます）")
        )
    _lines(sheet, row + 1, lines)


def grade_style(grade) -> str:
    """The style of a grade's cell."""
    return f"dx-grade-{grade}" if grade in ("A", "B", "C", "D") else "dx-center"


def summary_sheet(book, report: MonthlyReport) -> None:
    """総括表: one measure a row, grouped by policy, on one A4 landscape page."""
    sheet = book.create_sheet("総括表")
    letters = [*(band.letter for band in report.bands), "－"]
    heads = [
        "No",
        "個別施策",
        "所管課",
        *letters,
        "節目 完了/予定",
        "工程表",
        "自動判定",
        "自動判定の理由",
        "自己評価",
        "本部評価",
        "前月からの変化",
        "主な課題",
    ]
    widths = [4, 24, 12, *([4.5] * len(letters)), 9, 11, 7, 32, 7, 7, 13, 30]
    row = heading(sheet, report, f"総括表（{fiscal_year_name(report.fiscal_year)}）", len(heads))
    for number, (head, width) in enumerate(zip(heads, widths, strict=True), 1):
        put(sheet.cell(row, number), head, "dx-head")
        sheet.column_dimensions[get_column_letter(number)].width = width
    fit_height(sheet, row)
    head_row = row
    for policy in report.policies:
        row += 1
        for number in range(1, len(heads) + 1):
            sheet.cell(row, number).style = "dx-group"
        put(sheet.cell(row, 1), f"基本方針{policy.number}　{policy.name}", "dx-group")
        sheet.row_dimensions[row].height = 20
        for measure in (item for item in report.measures if item.policy == policy.number):
            row += 1
            _summary_row(sheet, row, report, measure, letters)
            fit_height(sheet, row, least=32)
    print_setup(sheet, one_page=True, repeat_rows=f"1:{head_row}")
    sheet.print_area = f"A1:{get_column_letter(len(heads))}{row}"
    sheet.freeze_panes = sheet.cell(head_row + 1, 3)


def _moved(indicators) -> str:
    """前月からの変化: how many grades went up or down against the month before, as now known."""
    up = down = 0
    for row in indicators:
        if len(row.months) > 1 and row.months[-2].grade and row.grade:
            up += row.grade < row.months[-2].grade
            down += row.grade > row.months[-2].grade
    return "・".join(([f"改善{up}"] if up else []) + ([f"悪化{down}"] if down else [])) or "－"


def _summary_row(sheet, row, report, measure, letters):
    indicators = report.indicators_of(measure.number)
    items = [item for step in report.steps_of(measure.number) for item in step.milestones]
    done = sum(item.completed_on is not None for item in items)
    issues = [item for item in report.attention if item.measure == measure.number and item.response]
    review = report.review_of(measure.number)
    values = [
        (measure.number, "dx-center"),
        (measure.name, "dx-body"),
        (measure.department, "dx-body"),
        *(
            (sum((item.grade or "－") == letter for item in indicators), "dx-center")
            for letter in letters
        ),
        (f"{done}/{len(items)}" if items else "未設定", "dx-center"),
        (measure.roadmap_state, "dx-center"),
        (measure.verdict or "－", grade_style(measure.verdict)),
        (measure.why, "dx-body"),
        (review.self_grade or "－" if review else "－", "dx-center"),
        (review.headquarters_grade or "－" if review else "－", "dx-center"),
        (_moved(indicators), "dx-center"),
        ("／".join(item.response for item in issues[:2]) or "－", "dx-body"),
    ]
    for number, (value, style) in enumerate(values, 1):
        put(sheet.cell(row, number), value, style)


def _target(indicator, year):
    return next((row.value for row in indicator.targets if row.fiscal_year == year), None)


def _reported(cell, decimals):
    """What a month's cell shows: the number, the ratio in percent, or the state in words."""
    if cell is None:
        return None
    if cell.value is not None:
        return cell.value
    if cell.numerator is not None:
        return (
            (cell.numerator / cell.denominator * 100).quantize(
                cell.numerator.__class__(1).scaleb(-decimals)
            )
            if cell.denominator
            else "算定不能"
        )
    return cell.missing_reason or {"測定時期前": "－"}.get(cell.state, cell.state)


def _kpi_columns(report):
    years = sorted(
        {row.fiscal_year for item in report.indicators for row in item.targets}
        | {report.fiscal_year}
    )
    columns = [
        Column("番号", "code", lambda row: row.code, "dx-center", width=5.5),
        Column("指標", "name", lambda row: row.name, width=24),
        Column("単位", "unit", lambda row: row.unit, "dx-center", width=5.5),
        Column("数え方", "counting", lambda row: row.counting, "dx-small", width=13),
        Column(
            "基準値",
            "baseline",
            lambda row: row.baseline if row.baseline is not None else "－",
            "dx-number",
            width=8,
        ),
    ]
    columns += [
        Column(
            f"{fiscal_year_short(year)}目標",
            f"target_{year}",
            lambda row, year=year: (
                _target(row, year) if _target(row, year) is not None else "未設定"
            ),
            "dx-number",
            width=7.5,
        )
        for year in years
    ]
    columns += [
        Column(
            month_name(month),
            f"m{month:%Y%m}",
            lambda row, month=month: _reported(
                next((cell for cell in row.months if cell.month == month), None), row.decimals
            ),
            "dx-number",
            width=7,
        )
        for month in fiscal_months(report.fiscal_year)
    ]
    return columns + [
        Column(
            "年度の値",
            "actual",
            lambda row: row.actual if row.actual is not None else "－",
            "dx-number",
            width=9,
        ),
        Column(
            "期待値",
            "expectation",
            lambda row: row.expectation if row.expectation is not None else "－",
            "dx-number",
            width=8,
        ),
        Column(
            "達成率（％）",
            "rate",
            lambda row: row.rate if row.rate is not None else "－",
            "dx-number",
            width=9,
        ),
        Column("評価", "grade", lambda row: row.grade or row.not_judged, "dx-center", width=10),
    ]


def kpi_sheet(book, report: MonthlyReport) -> None:
    """KPI実績: targets, this year's months, rate and grade of every indicator, A4 landscape."""
    sheet = book.create_sheet("KPI実績")
    row = heading(sheet, report, "KPI実績", 24)
    columns = _kpi_columns(report)
    last = write_table(sheet, columns, report.indicators, start=row)
    names = [column.name for column in columns]
    for line, indicator in enumerate(report.indicators, row + 1):
        form = number_format(indicator.decimals)
        for number, name in enumerate(names, 1):
            cell = sheet.cell(line, number)
            if name == "rate":
                cell.number_format = number_format(1)
            elif name == "expectation":
                cell.number_format = number_format(max(1, indicator.decimals))
            elif name == "grade":
                cell.style = grade_style(indicator.grade)
            elif name in ("baseline", "actual") or name.startswith(("target_", "m2")):
                cell.number_format = form
        fit_height(sheet, line, least=24)
    fit_height(sheet, row)
    print_setup(sheet, repeat_rows=f"1:{row}")
    sheet.print_area = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.freeze_panes = sheet.cell(row + 1, 3)


ATTENTION = [
    Column("状態", "kind", lambda row: row.label, "dx-center", width=14),
    Column("施策", "measure", lambda row: row.measure, "dx-center", width=6),
    Column("対象", "subject", lambda row: row.subject, width=36),
    Column("事実", "fact", lambda row: row.fact, width=44),
    Column("所管課の対応", "response", lambda row: row.response or "記入なし", width=40),
    Column("所管課", "department", lambda row: row.department, width=16),
    Column(
        "期日",
        "due_on",
        lambda row: wareki_short(row.due_on) if row.due_on else "－",
        "dx-center",
        width=12,
    ),
]


def attention_sheet(book, report: MonthlyReport) -> None:
    """要対応一覧: C, D, late, slipping, stale, 未入力."""
    sheet = book.create_sheet("要対応一覧")
    row = heading(sheet, report, f"要対応一覧（{len(report.attention)}件）", len(ATTENTION))
    last = write_table(sheet, ATTENTION, report.attention, start=row)
    for line in range(row, last + 1):
        fit_height(sheet, line, least=22)
    print_setup(sheet, repeat_rows=f"1:{row}")
    sheet.print_area = f"A1:G{last}"
    sheet.freeze_panes = sheet.cell(row + 1, 1)


REVIEWS = [
    Column("施策", "measure", lambda row: row.measure, "dx-center", width=6),
    Column("評価サイクル", "cycle", lambda row: row.cycle, width=20),
    Column("状態", "state", lambda row: row.state, "dx-center", width=11),
    Column("自己評価", "self_grade", lambda row: row.self_grade or "－", "dx-center", width=8),
    Column(
        "本部評価",
        "headquarters_grade",
        lambda row: row.headquarters_grade or "－",
        "dx-center",
        width=8,
    ),
    Column(
        "今後の方向性",
        "next_direction",
        lambda row: row.next_direction or "－",
        "dx-center",
        width=10,
    ),
    Column("取組実績", "done_text", lambda row: row.done_text, width=36),
    Column("要因分析", "analysis", lambda row: row.analysis, width=36),
    Column("今後の対応", "next_action", lambda row: row.next_action, width=36),
    Column(
        "本部のコメント",
        "headquarters_comment",
        lambda row: row.headquarters_comment or "－",
        width=26,
    ),
]


def review_sheet(book, report: MonthlyReport) -> None:
    """評価一覧 (annual): every sheet handed in during the fiscal year."""
    sheet = book.create_sheet("評価一覧")
    row = heading(
        sheet, report, f"評価一覧（{fiscal_year_name(report.fiscal_year)}）", len(REVIEWS)
    )
    last = write_table(sheet, REVIEWS, report.reviews, start=row)
    for line in range(row, last + 1):
        fit_height(sheet, line, least=22)
    if not report.reviews:
        put(sheet.cell(last + 1, 1), "この年度に提出されたPDCAシートはありません。", "dx-subtitle")
        last += 1
    print_setup(sheet, repeat_rows=f"1:{row}")
    sheet.print_area = f"A1:{get_column_letter(len(REVIEWS))}{last}"
    sheet.freeze_panes = sheet.cell(row + 1, 1)
