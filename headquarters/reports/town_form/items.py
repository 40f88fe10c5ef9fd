"""What a form can ask for by name: every value of a `MonthlyReport` that has one.

A name may not look like a cell (「KPI1」 is one in Excel), so all have an underscore. Made from the
report: an indicator that comes gets its names, one that has ended has none any more.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from foundation.japanese.calendar import (
    fiscal_months,
    fiscal_year_name,
    fiscal_year_short,
    last_of_month,
    wareki_date,
    wareki_month,
)
from foundation.japanese.numbers import decimals_of, format_number
from foundation.records.actions import local_day
from foundation.sheets.cell_writing import Value
from foundation.sheets.columns import DAY, NUMBER, TEXT
from foundation.sheets.named import NamedCell
from headquarters.reports import codes
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import (
    AttentionRow,
    IndicatorRow,
    MeasureRow,
    MonthCell,
    ReviewRow,
    StepRow,
    TargetRow,
)
from headquarters.reports.workbook.parts import SAMPLE
from kpi.rules.codes import machine_code

NOT_OF_NAMES = re.compile(r"[^\w.]")
OURS = re.compile(r"(?:報告|集計|kpi[0-9_]+|施策[0-9]+|基本方針[0-9]+|要対応[0-9]+)_")
DIGITS = 2  # decimals at most on pages; a cell shows what its own number format says
ATTENTION = 20  # rows of 要対応 that have names
CASES, POINTS, PERCENT, OWN = "件", "施策", "％", "（指標の単位）"


@dataclass(frozen=True)
class Item:
    """A value with the name by which a form asks for it.

    `group`: under which heading it is listed; `kind` and `unit` as columns have them.
    """

    group: str
    name: str
    meaning: str
    kind: str
    unit: str
    value: Value

    @property
    def shown(self) -> str:
        """The value as a page shows it; nothing for an empty cell."""
        return in_words(self.value)


@dataclass(frozen=True)
class Asked:
    """What is asked of every row of a kind: the end of the name, and how the value is read."""

    end: str
    meaning: str
    getter: Callable[[Any], Value]
    kind: str = TEXT
    unit: str = ""


def items_of(report: MonthlyReport) -> list[Item]:
    """Everything that has a name, in the order of the list."""
    return [
        *_named(
            "報告書",
            "報告",
            REPORT,
            report,
        ),
        *_named("集計", "集計", TOTALS, report),
        *_grades(report),
        *_policies(report),
        *(each for row in report.measures for each in _measure(report, row)),
        *(each for row in report.indicators for each in _indicator(report, row)),
        *_attention(report),
    ]


def values_of(report: MonthlyReport) -> dict[str, Value]:
    """{name: value} of a report."""
    return {item.name: item.value for item in items_of(report)}


def in_words(value: Value) -> str:
    """A value as a page shows it; nothing for an empty cell."""
    if isinstance(value, date):
        return wareki_date(value)
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        return format_number(
            number,
            min(DIGITS, max(0, decimals_of(number))),
        )
    return value or ""


def looks_ours(cell: NamedCell) -> bool:
    """Does the name begin like one of the list, known or not?"""
    return OURS.match(cell.key) is not None


def prefix_of(code: str) -> str:
    """「KPI1_1」, with which the names of an indicator begin."""
    return NOT_OF_NAMES.sub("_", machine_code(code))


def _named(group: str, prefix: str, asked: Sequence[Asked], row: Any) -> Iterator[Item]:
    """The items of one row."""
    for each in asked:
        name = f"{prefix}_{each.end}"
        unit = row.unit if each.unit == OWN else each.unit
        yield Item(group, name, each.meaning, each.kind, unit, _blank(each.getter(row)))


def _blank(value: Value) -> Value:
    return None if value == "" else value


REPORT = (
    Asked("計画名", "計画の名称", lambda r: r.plan),
    Asked("団体名", "町の名称", lambda r: r.municipality),
    Asked("団体コード", "全国地方公共団体コード", lambda r: r.municipality_code),
    Asked("年月", "報告の月（和暦の文字）", lambda r: wareki_month(r.month)),
    Asked("月末日", "報告の月の末日", lambda r: last_of_month(r.month), DAY),
    Asked("月", "報告の月の数字", lambda r: r.month.month, NUMBER, "月"),
    Asked("年度", "報告の月の年度（和暦と西暦の文字）", lambda r: fiscal_year_name(r.fiscal_year)),
    Asked("年度_西暦", "報告の月の年度（西暦の数字）", lambda r: r.fiscal_year, NUMBER, "年度"),
    Asked("時点", "いつの時点の内容か（文字）", lambda r: r.as_of_words),
    Asked("基準日", "いつの時点の内容か（日付）", lambda r: r.as_of, DAY),
    Asked("版", "第n版、締める前は速報", lambda r: r.version),
    Asked("版の説明", "版を説明つきで", lambda r: r.version_words),
    Asked("版番号", "版の番号（速報は空白）", lambda r: r.edition, NUMBER),
    Asked("作成日", "版を作った日（速報は最後に変わった日）", lambda r: local_day(r.made_at), DAY),
    Asked("締めた人", "締めた人（速報は空白）", lambda r: r.closed_by),
    Asked("要確認件数", "計画で決まっていないことの件数", lambda r: r.open_points, NUMBER, CASES),
    Asked("見本", "見本データのときだけ、その旨", lambda r: SAMPLE if r.sample else ""),
)

TOTALS = (
    Asked("施策数", "個別施策の数", lambda r: len(r.measures), NUMBER, POINTS),
    Asked("指標数", "指標の数", lambda r: len(r.indicators), NUMBER, CASES),
    Asked("判定あり", "区分の付いた指標の数", lambda r: r.judged, NUMBER, CASES),
    Asked("判定なし", "区分のない指標の数", lambda r: r.counts["－"], NUMBER, CASES),
    Asked("判定なしの内訳", "区分のない理由と数", lambda r: r.not_judged_words),
    Asked("要対応件数", "要対応一覧の件数", lambda r: len(r.attention), NUMBER, CASES),
    Asked("マイルストーン数", "マイルストーンの数", lambda r: len(r.milestones), NUMBER, CASES),
    Asked(
        "マイルストーン完了",
        "完了したマイルストーンの数",
        lambda r: sum(row.completed_on is not None for row in r.milestones),
        NUMBER,
        CASES,
    ),
    Asked(
        "マイルストーン遅延",
        "計画日を過ぎて未完了のマイルストーンの数",
        lambda r: sum(row.late for row in r.milestones),
        NUMBER,
        CASES,
    ),
)


def _grades(report: MonthlyReport) -> Iterator[Item]:
    """How many indicators have each grade."""
    for band in report.bands:
        meaning = f"区分{band.letter}（{band.name}）の指標の数"
        count = report.counts[band.letter]
        yield Item("集計", f"集計_判定{band.letter}", meaning, NUMBER, CASES, count)


def _policies(report: MonthlyReport) -> Iterator[Item]:
    for row in report.policies:
        name = f"基本方針{row.number}_名称"
        yield Item(
            "基本方針",
            name,
            "基本方針の名称",
            TEXT,
            "",
            row.name,
        )


MEASURE = (
    Asked("名称", "個別施策の名称", lambda r: r.name),
    Asked("基本方針", "基本方針の番号", lambda r: r.policy, NUMBER),
    Asked("所管課", "所管課", lambda r: r.department),
    Asked("自動判定", "自動判定の区分", lambda r: r.verdict),
    Asked("自動判定の理由", "自動判定の理由の文", lambda r: r.why),
    Asked("工程", "工程の状況", lambda r: r.roadmap_state),
    Asked("概要", "計画書の施策の概要", lambda r: r.summary),
)
REVIEW = (
    Asked("評価の回", "PDCAシートの評価の回", lambda r: r.cycle),
    Asked("自己評価", "自己評価の区分", lambda r: r.self_grade),
    Asked("自己評価の理由", "自己評価の理由", lambda r: r.self_grade_reason),
    Asked("本部評価", "推進本部の評価の区分", lambda r: r.headquarters_grade),
    Asked("本部コメント", "推進本部のコメント", lambda r: r.headquarters_comment),
    Asked("取組実績", "PDCAシートの実施したこと", lambda r: r.done_text),
    Asked("要因分析", "PDCAシートの要因の分析", lambda r: r.analysis),
    Asked("次の取組", "PDCAシートの次の取組", lambda r: r.next_action),
    Asked("今後の方向性", "今後の方向性", lambda r: r.next_direction),
)
NO_REVIEW = ReviewRow(0, "", date.min, *[""] * 10)


STEP = (
    Asked("名称", "工程の名称（工程は工程表の順）", lambda r: r.name),
    Asked("状態", "工程の状態", lambda r: r.state),
    Asked("開始", "計画の開始の月（その月の1日の日付）", lambda r: r.first_month, DAY),
    Asked(
        "終了",
        "計画の終了の月（その月の末日）",
        lambda r: last_of_month(r.last_month) if r.last_month else None,
        DAY,
    ),
    Asked("マイルストーン", "マイルストーンと、その状況", lambda r: _milestones(r)),
)


def _milestones(row: StepRow) -> str:
    """「要綱の決定：予定どおり」, a line for each."""
    said = (f"{each.name}：{each.sentence or each.state}" for each in row.milestones)
    return "\n".join(said)


def _measure(report: MonthlyReport, row: MeasureRow) -> Iterator[Item]:
    group, prefix = f"施策{row.number} {row.name}", f"施策{row.number}"
    yield from _named(group, prefix, MEASURE, row)
    yield from _named(group, prefix, REVIEW, report.review_of(row.number) or NO_REVIEW)
    for number, step in enumerate(report.steps_of(row.number), 1):
        yield from _named(group, f"{prefix}_工程{number}", STEP, step)


def _cell(row: IndicatorRow) -> MonthCell | None:
    return row.months[-1] if row.months else None


def _of_month(name: str) -> Callable[[IndicatorRow], Any]:
    """The getter of something that the report's month says."""
    return lambda row: getattr(
        _cell(row),
        name,
        None,
    )


def _beside(part: str, name: str) -> Callable[[IndicatorRow], Any]:
    """The getter of something beside the judgement."""
    return lambda row: getattr(getattr(row, part), name, None)


INDICATOR = (
    Asked("番号", "指標の番号（例：1-1）", lambda r: r.code),
    Asked("指標名", "指標の名称", lambda r: r.name),
    Asked("単位", "指標の単位", lambda r: r.unit),
    Asked("所管課", "値を入力する課", lambda r: r.department),
    Asked("基準値", "計画の基準値", lambda r: r.baseline_value, NUMBER, OWN),
    Asked("目標", "年度の目標（範囲の目標は空白）", lambda r: r.target, NUMBER, OWN),
    Asked("目標下限", "範囲の目標の下限", lambda r: r.lower, NUMBER, OWN),
    Asked("目標上限", "範囲の目標の上限", lambda r: r.upper, NUMBER, OWN),
    Asked("期待値", "その月までに届いているはずの値", lambda r: r.expectation, NUMBER, OWN),
    Asked("実績", "その月までの年度の実績", lambda r: r.actual, NUMBER, OWN),
    Asked(
        "実績の月",
        "実績が何月までの値か（その月の1日の日付）",
        lambda r: r.actual_of or r.judged_until,
        DAY,
    ),
    Asked("当月", "その月だけの値", _of_month("figure"), NUMBER, OWN),
    Asked("前年同月", "前年の同じ月の値", _beside("last_year", "before"), NUMBER, OWN),
    Asked("達成率", "達成率（83.3％は83.3）", lambda r: r.rate, NUMBER, PERCENT),
    Asked("判定", "区分（A～D、ないときは空白）", lambda r: r.grade),
    Asked("判定なしの理由", "区分のない理由", lambda r: "" if r.grade else r.not_judged),
    Asked("判定の文", "評価の文", lambda r: r.sentence),
    Asked("入力の状態", "その月の値の状態", lambda r: codes.CELL_STATES.label_of(r.state)),
    Asked("確定区分", "その月の値が確定か暫定か", _of_month("maturity")),
    Asked("値なしの理由", "その月の値がない理由", _of_month("missing_reason")),
    Asked("提出", "課の提出の状態", lambda r: r.submission),
    Asked("メモ", "その月の値のメモ", _of_month("note")),
    Asked("公表用の文", "その月の値の公表用の文", _of_month("public_note")),
    Asked("年度末見込", "課が見込む年度末の値", _beside("forecast", "figure"), NUMBER, OWN),
    Asked("年度末見込の理由", "課の見込みの理由", _beside("forecast", "reason")),
)


def _indicator(report: MonthlyReport, row: IndicatorRow) -> Iterator[Item]:
    group, prefix = f"KPI {row.code} {row.name}", prefix_of(row.code)
    yield from _named(group, prefix, INDICATOR, row)
    for target in row.targets:
        yield _year_target(group, prefix, row, target)
    figures = {cell.month: cell.figure for cell in row.months}
    for month in fiscal_months(report.fiscal_year):
        name, meaning = f"{prefix}_{month.month}月", f"年度の{month.month}月だけの値"
        yield Item(group, name, meaning, NUMBER, row.unit, figures.get(month))


def _year_target(group: str, prefix: str, row: IndicatorRow, target: TargetRow) -> Item:
    year = fiscal_year_short(target.fiscal_year)
    meaning = f"{fiscal_year_name(target.fiscal_year)}の目標（範囲の目標は空白）"
    return Item(group, f"{prefix}_目標_{year}", meaning, NUMBER, row.unit, target.value)


ATTENDED = (
    Asked("区分", "要対応の区分（遅延など）", lambda r: r.label),
    Asked("対象", "指標かマイルストーン", lambda r: r.subject),
    Asked("内容", "何が起きているか", lambda r: r.fact),
    Asked("対応", "課の対応", lambda r: r.response),
    Asked("所管課", "所管課", lambda r: r.department),
    Asked("期限", "期限", lambda r: r.due_on, DAY),
)
NOTHING = AttentionRow("", "", 0, "", "", "", "", "", None)


def _attention(report: MonthlyReport) -> Iterator[Item]:
    """The first rows of 要対応一覧; those behind its end are blank."""
    for number in range(1, ATTENTION + 1):
        row = report.attention[number - 1 : number]
        yield from _named("要対応", f"要対応{number}", ATTENDED, row[0] if row else NOTHING)
