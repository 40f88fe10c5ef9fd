"""What a report says, fact by fact, so that two reports can be laid side by side.

One table of kinds: values, targets, definitions, flags, departments, grades, milestones, steps,
verdicts, PDCA sheets, bands. Pure over `MonthlyReport`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.japanese.calendar import fiscal_year_short, wareki_month_short, wareki_short
from foundation.japanese.numbers import format_number, format_plain
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow, StepRow
from kpi.words import NO_TARGET_WANTED


@dataclass(frozen=True)
class Fact:
    """One thing that a report says: of what, in words.

    `code`, `month` and `indicator` (its id) lead to its history.
    """

    subject: str
    text: str
    code: str = ""
    month: date | None = None
    indicator: int | None = None


Facts = dict[tuple, Fact]
ABSENT = "－"


def _words(pairs) -> str:
    """「メモ 支所の分を含む、公表用の文 …」 of (label, text), the empty ones left out."""
    return "、".join(f"{label} {text}".strip() for label, text in pairs if text) or ABSENT


def _day(day: date | None) -> str:
    return wareki_short(day) if day else ""


def _key(row: IndicatorRow) -> int | str:
    """What makes an indicator the same in two reports: its id; without ids its number."""
    return row.id or row.code


def _step_key(step: StepRow) -> tuple:
    """The same of a step: its id, else its measure and name."""
    return (step.id,) if step.id else (step.measure, step.name)


def _cell(cell) -> str:
    if cell.missing_reason:
        return cell.missing_reason
    if cell.numerator is not None:
        return f"{format_plain(cell.numerator)}／{format_plain(cell.denominator)}"
    return ABSENT if cell.value is None else format_plain(cell.value)


def _remarks(cell) -> str:
    return _words(
        (
            ("", cell.maturity),
            ("測定時点", _day(cell.as_of)),
            ("メモ", cell.note),
            ("公表用の文", cell.public_note),
        )
    )


def _of_cells(text: Callable) -> Callable[[MonthlyReport], Facts]:
    """Facts of every indicator in every month, in these words."""

    def facts(report: MonthlyReport) -> Facts:
        return {
            (_key(row), cell.month): Fact(
                f"{row.code} {row.name}（{wareki_month_short(cell.month)}）",
                text(cell),
                row.code,
                cell.month,
                row.id,
            )
            for row in report.indicators
            for cell in row.months
        }

    return facts


def _of_indicators(text: Callable) -> Callable[[MonthlyReport], Facts]:
    """Facts of every indicator, in these words."""

    def facts(report: MonthlyReport) -> Facts:
        return {
            (_key(row),): Fact(f"{row.code} {row.name}", text(row), row.code, None, row.id)
            for row in report.indicators
        }

    return facts


def _number(value: Decimal | None) -> str:
    return "" if value is None else format_plain(value)


def _target(row) -> str:
    if row.none:
        return NO_TARGET_WANTED
    text = _number(row.value)
    if row.value is None:
        text = f"{_number(row.lower)}～{_number(row.upper)}"
    return text if row.midyear is None else f"{text}（9月末 {_number(row.midyear)}）"


def _targets(report: MonthlyReport) -> Facts:
    return {
        (_key(row), each.fiscal_year): Fact(
            f"{row.code} {row.name}（{fiscal_year_short(each.fiscal_year)}）",
            _target(each),
            row.code,
            None,
            row.id,
        )
        for row in report.indicators
        for each in row.targets
    }


DEFINITION = (
    ("番号", lambda row: row.code),
    ("名称", lambda row: row.name),
    ("単位", lambda row: row.unit),
    ("小数の桁", lambda row: str(row.decimals)),
    ("種類", lambda row: row.kind),
    ("方向性", lambda row: row.direction),
    ("数え方", lambda row: row.counting),
    ("出典", lambda row: row.source or ABSENT),
    ("基準値", lambda row: _number(row.baseline_value) or ABSENT),
)


def _definitions(report: MonthlyReport) -> Facts:
    return {
        (_key(row), name): Fact(
            f"{row.code} {row.name} の{name}", text(row), row.code, None, row.id
        )
        for row in report.indicators
        for name, text in DEFINITION
    }


def _expected(row) -> str:
    said = row.forecast
    return ABSENT if said is None else f"{format_plain(said.figure)}（{said.reason}）"


def _published(row) -> str:
    return "公表する" if row.published else "公表しない"


def _departments(report: MonthlyReport) -> Facts:
    """Who answers: of the measures, and of what is not with its measure's department."""
    leads = {row.number: row.department for row in report.measures}
    facts: Facts = {(row.number,): Fact(row.name, row.department) for row in report.measures}
    for row in report.indicators:
        if row.department != leads.get(row.measure):
            facts["KPI", _key(row)] = Fact(f"{row.code} {row.name}", row.department, row.code)
    for step in report.steps:
        if step.department != leads.get(step.measure):
            facts["工程", _step_key(step)] = Fact(_step_name(step), step.department)
    return facts


def _step_name(step) -> str:
    return f"{step.measure} {step.name}"


def _step(step, until: date) -> str:
    """Its span, and what had begun or ended by a day."""
    begun, ended = (
        day if day and day <= until else None for day in (step.actual_start, step.actual_end)
    )
    months = [wareki_month_short(day) if day else "" for day in (step.first_month, step.last_month)]

    return _words(
        (
            ("", "～".join(months) if any(months) else "時期未定"),
            ("", step.recurrence),
            ("開始", _day(begun)),
            ("終了", _day(ended)),
        )
    )


def _steps(report: MonthlyReport) -> Facts:
    return {
        _step_key(step): Fact(_step_name(step), _step(step, report.as_of)) for step in report.steps
    }


def _step_names(report: MonthlyReport) -> Facts:
    return {_step_key(step): Fact(_step_name(step), step.name) for step in report.steps}


def _step_states(report: MonthlyReport) -> Facts:
    return {_step_key(step): Fact(_step_name(step), step.state) for step in report.steps}


def _milestone(item) -> str:
    return _words(
        (
            ("", item.state),
            ("計画", _day(item.approved_on)),
            ("見込", "" if item.completed_on else _day(item.forecast_on)),
            ("完了", _day(item.completed_on)),
        )
    )


def _of_milestones(text: Callable) -> Callable[[MonthlyReport], Facts]:
    """Facts of every milestone, in these words."""
    return lambda report: {
        (item.id or (*_step_key(step), item.name),): Fact(
            f"{_step_name(step)}：{item.name}", text(item)
        )
        for step in report.steps
        for item in step.milestones
    }


def _reasons(item) -> str:
    return _words((("理由", item.reason), ("コメント", item.comment)))


SHEET = (
    ("年度計画", "plan_text"),
    ("取組実績", "done_text"),
    ("要因分析", "analysis"),
    ("今後の対応", "next_action"),
    ("自己評価の理由", "self_grade_reason"),
    ("本部のコメント", "headquarters_comment"),
)


def _sheet(row) -> str:
    own = row.self_grade or ABSENT
    given = row.headquarters_grade or ABSENT
    grades = f"自己評価 {own}、本部評価 {given}"
    direction = row.next_direction or ABSENT
    return f"{row.state}、{grades}、方向性 {direction}"


def _sheets(report: MonthlyReport) -> Facts:
    return {
        (row.measure, row.cycle): Fact(f"施策{row.measure} {row.cycle}", _sheet(row))
        for row in report.reviews
    }


def _sheet_texts(report: MonthlyReport) -> Facts:
    return {
        (row.measure, row.cycle, label): Fact(
            f"施策{row.measure} {row.cycle} {label}",
            getattr(
                row,
                name,
            )
            or ABSENT,
        )
        for row in report.reviews
        for label, name in SHEET
    }


def _bands(report: MonthlyReport) -> Facts:
    return {
        (band.letter,): Fact(band.letter, _words(((band.name, _number(band.threshold)),)))
        for band in report.bands
    }


def _grade(row) -> str:
    return row.grade or f"{ABSENT}（{row.not_judged}）"


def _rate(row) -> str:
    return ABSENT if row.rate is None else f"{format_number(row.rate, 1)}％"


def _measure_names(report: MonthlyReport) -> Facts:
    return {(row.number,): Fact(f"施策{row.number}", row.name) for row in report.measures}


def _verdicts(report: MonthlyReport) -> Facts:
    facts: Facts = {}
    for row in report.measures:
        verdict = row.verdict or ABSENT
        facts[row.number,] = Fact(row.name, verdict)

    return facts


@dataclass(frozen=True)
class Kind:
    """One kind of difference: how a report's facts are found, what stands for one it lacks.

    `follows`: it is computed from the others, and no change of its own; `inner`: it is said only
    of what both reports have, for another kind says what is new or gone.
    """

    name: str
    facts: Callable[[MonthlyReport], Facts]
    absent: str = ABSENT
    follows: bool = False
    inner: bool = False


KINDS = (
    Kind("値", _of_cells(_cell)),
    Kind("値の説明", _of_cells(_remarks)),
    Kind("目標", _targets),
    Kind("定義", _definitions, inner=True),
    Kind("年度末見込", _of_indicators(_expected)),
    Kind("公表", _of_indicators(_published), "なし"),
    Kind("所管課・入力課", _departments, "施策と同じ"),
    Kind("評価", _of_indicators(_grade), follows=True),
    Kind("マイルストーン", _of_milestones(_milestone), "なし"),
    Kind("マイルストーンの理由", _of_milestones(_reasons), inner=True),
    Kind("マイルストーンの名称", _of_milestones(lambda item: item.name), inner=True),
    Kind("工程", _steps, "なし"),
    Kind("工程の名称", _step_names, inner=True),
    Kind("工程の状態", _step_states, follows=True),
    Kind("施策の名称", _measure_names, inner=True),
    Kind("施策の判定", _verdicts, follows=True),
    Kind("PDCA", _sheets, "提出なし"),
    Kind("PDCAの文", _sheet_texts, inner=True),
    Kind("評価区分", _bands),
    Kind("達成率", _of_indicators(_rate), follows=True),
)
