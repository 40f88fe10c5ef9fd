"""What the list of indicators shows, drawn from a report's rows, and the filters in the address."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.japanese.calendar import month_name
from foundation.japanese.numbers import format_needed, format_number
from headquarters.reports.changes import Move
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow
from kpi.choices import ANSWERED, ASKED, CellState
from kpi.rules.counting import PERCENT
from kpi.words import DASH, NOT_COMPARABLE, changed

AHEAD = {
    "known": "年度末の見込のあるもの",
    "short": "目標に届かない見込み",
    "reached": "目標に届く見込み",
}
GRADES = {"": "", "judged": "評価済み", "-": "評価対象外"}  # what is no letter
STATES = {
    "asked": "入力する指標",
    "answered": "入力済み・値なし",
    "value": "入力済み",
    "missing": "未入力",
    "reasoned": "値なし（理由あり）",
    "not_due": "測定時期前",
}
CHANGES = {"improved": "改善", "worsened": "悪化", "new": "新たに評価", "same": "変化なし"}


@dataclass(frozen=True)
class ListRow:
    """One indicator as its report has it.

    `order`: its place in the plan. `before`: its grade in the edition before; `change`: how it
    moved since (a key of CHANGES, or nothing).
    """

    order: int
    row: IndicatorRow
    measure_name: str
    grade_name: str
    before: str
    change: str

    @property
    def code(self) -> str:
        """Its number in the report's month."""
        return self.row.code

    @property
    def measure(self) -> str:
        """「1 行政手続きオンライン化」."""
        return f"{self.row.measure} {self.measure_name}"

    @property
    def actual(self) -> str:
        """「37手続」; one of an earlier year carries its month."""
        return self.row.uncomputed or f"{self._with_unit(self.row.actual)}{self.row.earlier}"

    @property
    def target(self) -> str:
        """「120件」."""
        return self._in_words(self.row.target)

    @property
    def expectation(self) -> str:
        """「110件」, what was expected at the end of the month judged."""
        return self._in_words(self.row.expectation)

    @property
    def state(self) -> str:
        """The state of the month's cell, in words."""
        return CellState(self.row.state).label

    @property
    def change_name(self) -> str:
        """改善, 悪化 …"""
        return CHANGES.get(self.change, "")

    @property
    def baseline(self) -> str:
        """「842件」."""
        return self._with_unit(self.row.baseline_value)

    @property
    def forecast(self) -> str:
        """「1,430件」, what the department expects at the year's end."""
        return self._with_unit(self.row.forecast.figure if self.row.forecast else None)

    @property
    def pace(self) -> str:
        """「1,376件」, where the present pace leads."""
        return self._with_unit(self.row.pace.figure if self.row.pace else None)

    @property
    def last_year(self) -> str:
        """「612件」 of the same month last year, or why there is none."""
        seen = self.row.last_year
        if seen is not None and not seen.comparable:
            return NOT_COMPARABLE
        return self._with_unit(seen.before if seen else None)

    @property
    def since_last_year(self) -> str:
        """「＋76件（12.4％増）」, the change from last year's month; nothing without it."""
        seen = self.row.last_year
        if seen is None or seen.difference is None:
            return ""
        said = changed(seen.difference, self.row.unit, self.row.decimals)
        if seen.change is None or self.row.unit in PERCENT:
            return said
        return f"{said}（{format_number(abs(seen.change), 1)}％{_more_or_less(seen.change)}）"

    def until(self, month: date) -> str:
        """「9月まで」 where the judgement is as of an earlier month than the report's."""
        judged = self.row.judged_until
        return f"{month_name(judged)}まで" if judged and judged < month else ""

    def _with_unit(self, number: Decimal | None) -> str:
        if number is None:
            return DASH
        return f"{format_number(number, self.row.decimals)}{self.row.unit}"

    def _in_words(self, number: Decimal | None) -> str:
        if number is None:
            return DASH
        return f"{format_needed(number, self.row.decimals)}{self.row.unit}"


def _more_or_less(change: Decimal) -> str:
    """増 or 減; nothing where nothing moved."""
    return "増" if change > 0 else "減" if change < 0 else ""


def list_rows(report: MonthlyReport, before: dict[str, str | None]) -> list[ListRow]:
    """All indicators of a report; `before`: {code: letter or None} of the edition before."""
    names = {row.number: row.name for row in report.measures}
    bands = {band.letter: band.name for band in report.bands}
    return [
        ListRow(
            order,
            row,
            names.get(row.measure, ""),
            bands.get(
                row.grade or "",
                "",
            ),
            before.get(row.code) or "",
            _change(row, before),
        )
        for order, row in enumerate(report.indicators)
    ]


def _change(row: IndicatorRow, before: dict[str, str | None]) -> str:
    """How its grade moved since the edition before; nothing without one or without a grade."""
    if not before or not row.grade:
        return ""
    old = before.get(row.code)
    if not old:
        return "new"
    if old == row.grade:
        return "same"
    return (
        "improved"
        if Move(
            row.code,
            row.name,
            old,
            row.grade,
        ).improved
        else "worsened"
    )


@dataclass(frozen=True)
class IndicatorFilters:
    """The filters of the list, kept in the address; empty ones do not restrict.

    `grade`: a letter, 「-」 without one, 「judged」 any; `state`: of the month's cell, or 「asked」
    or 「answered」; `change`: how the grade moved; `department`: its id, in old editions its name;
    `ahead`: what is expected at the year's end (a key of AHEAD).
    """

    measure: str = ""
    department: str = ""
    grade: str = ""
    state: str = ""
    change: str = ""
    reason: str = ""
    ahead: str = ""

    @classmethod
    def of(cls, query) -> "IndicatorFilters":
        """From the query string."""
        return cls(*(query.get(name, "") for name in cls.__dataclass_fields__))

    def wants(self, listed: ListRow) -> bool:
        """Does the row pass?"""
        row = listed.row
        return all(
            (
                not self.measure or str(row.measure) == self.measure,
                not self.department or department_key(row) == self.department,
                not self.grade or self._wants_grade(row.grade),
                not self.state or self._wants_state(row.state),
                not self.change or listed.change == self.change,
                not self.reason or row.not_judged == self.reason,
                not self.ahead or self._wants_ahead(row),
            )
        )

    def _wants_ahead(self, row: IndicatorRow) -> bool:
        reached = row.ahead.reached if row.ahead else None
        wanted = {"short": reached is False, "reached": reached is True}
        return wanted.get(self.ahead, reached is not None)

    def _wants_grade(self, grade: str | None) -> bool:
        if self.grade == "judged":
            return grade is not None
        return (grade or "-") == self.grade

    def _wants_state(self, state: str) -> bool:
        groups = {"asked": ASKED, "answered": ANSWERED}
        return state in groups.get(self.state, {self.state})

    @property
    def words(self) -> str:
        """「（前の版から：改善）」: what the list is restricted to without a box for it."""
        change = CHANGES.get(self.change)
        said = [f"前の版から：{change}" if change else "", self.reason]
        said.append(AHEAD.get(self.ahead, ""))
        return "".join(f"（{text}）" for text in said if text)

    def said(self, departments: dict[str, str]) -> str:
        """All of it, for the page's title: 「（施策2）（評価D）」. `departments`: by their key."""
        boxes = [
            f"施策{self.measure}" if self.measure else "",
            departments.get(self.department, ""),
            GRADES.get(self.grade, f"評価{self.grade}"),
            STATES.get(self.state, ""),
        ]
        return "".join(f"（{text}）" for text in boxes if text) + self.words

    @property
    def chosen(self) -> bool:
        """Is anything left out?"""
        return self != IndicatorFilters()


def department_key(row: IndicatorRow) -> str:
    """How the filter names a row's department."""
    return str(row.department_id or row.department)
