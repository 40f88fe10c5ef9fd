"""What differs between two reports.

Values, targets, grades, milestones, verdicts, PDCA sheets. Pure over `MonthlyReport`s.
"""

from dataclasses import dataclass

from foundation.japanese.calendar import fiscal_year_short, wareki_month_short, wareki_short
from foundation.japanese.numbers import format_plain
from headquarters.reports.model import Change, MonthlyReport


@dataclass(frozen=True)
class Move:
    """An indicator whose grade differs. `before`, `after`: letters, A the best."""

    code: str
    name: str
    before: str
    after: str

    @property
    def improved(self) -> bool:
        """Is the later grade the better one?"""
        return self.after < self.before

    @property
    def kind(self) -> str:
        """改善 or 悪化."""
        return "改善" if self.improved else "悪化"


@dataclass(frozen=True)
class Moves:
    """How the grades of one report differ from earlier ones: what got worse comes first."""

    rows: tuple[Move, ...]
    new: int
    same: int

    @property
    def improved(self) -> int:
        """How many grades went up."""
        return sum(row.improved for row in self.rows)

    @property
    def worsened(self) -> int:
        """How many grades went down."""
        return len(self.rows) - self.improved


def moves(before: dict, report: MonthlyReport) -> Moves:
    """Against {indicator code: letter or None}: what got worse, then what got better.

    With counts of the rest that has a grade.
    """
    rows, new, same = [], 0, 0
    for row in report.indicators:
        old = before.get(row.code)
        if row.grade and old and row.grade != old:
            rows.append(Move(row.code, row.name, old, row.grade))
        elif row.grade:
            new, same = new + (old is None), same + (old is not None)
    return Moves(tuple(sorted(rows, key=lambda row: row.improved)), new, same)


def _cell(cell) -> str:
    if cell is None:
        return "－"
    if cell.missing_reason:
        return cell.missing_reason
    if cell.numerator is not None:
        return f"{format_plain(cell.numerator)}／{format_plain(cell.denominator)}"
    return "－" if cell.value is None else format_plain(cell.value)


def _target(row) -> str:
    if row is None:
        return "－"
    if row.value is not None:
        return format_plain(row.value)
    return "～".join(
        "" if number is None else format_plain(number) for number in (row.lower, row.upper)
    )


def _day(row) -> str:
    day = row.completed_on or row.forecast_on or row.approved_on
    return f"{row.state} {wareki_short(day)}"


def _sheet(row) -> str:
    if row is None:
        return "未提出"
    return (
        f"{row.state}、自己評価 {row.self_grade or '－'}、本部評価 {row.headquarters_grade or '－'}"
    )


@dataclass(frozen=True)
class Side:
    """The same facts of one report by their keys, so that two reports can be laid side by side."""

    values: dict
    targets: dict
    grades: dict
    milestones: dict
    verdicts: dict
    sheets: dict

    @classmethod
    def of(cls, report: MonthlyReport) -> "Side":
        """All that is compared, keyed."""
        rows = report.indicators
        return cls(
            values={(row.code, cell.month): cell for row in rows for cell in row.months},
            targets={(row.code, each.fiscal_year): each for row in rows for each in row.targets},
            grades={row.code: row for row in rows},
            milestones={
                (step.measure, step.name, item.name): item
                for step in report.steps
                for item in step.milestones
            },
            verdicts={row.number: row for row in report.measures},
            sheets={(row.measure, row.cycle): row for row in report.reviews},
        )


def _pairs(before: dict, after: dict):
    """(key, before, after) in the order of the later report, then what only the earlier had."""
    gone = [key for key in before if key not in after]
    for key in [*after, *gone]:
        yield key, before.get(key), after.get(key)


def _grade(row) -> str:
    return "－" if row is None else row.grade or f"－（{row.not_judged}）"


def _milestone(row) -> str:
    return "－" if row is None else _day(row)


def _verdict(row) -> str:
    return "－" if row is None else f"{row.verdict or '－'}（{row.why}）"


def compare(before: MonthlyReport, after: MonthlyReport) -> list[Change]:
    """Every difference, in the order of the report.

    Values by month, targets, grades, milestones, verdicts, sheets.
    """
    names = {row.code: row.name for report in (before, after) for row in report.indicators}
    left, right = Side.of(before), Side.of(after)
    found = []

    def add(kind, subject, old, new, **where):
        if old != new:
            found.append(Change(kind, subject, old, new, **where))

    for (code, month), old, new in _pairs(left.values, right.values):
        subject = f"{code} {names[code]}（{wareki_month_short(month)}）"
        add("値", subject, _cell(old), _cell(new), code=code, month=month)
    for (code, year), old, new in _pairs(left.targets, right.targets):
        subject = f"{code} {names[code]}（{fiscal_year_short(year)}）"
        add("目標", subject, _target(old), _target(new))
    for code, old, new in _pairs(left.grades, right.grades):
        add("評価", f"{code} {names[code]}", _grade(old), _grade(new))
    for (measure, step, name), old, new in _pairs(left.milestones, right.milestones):
        add("マイルストーン", f"{measure} {step}：{name}", _milestone(old), _milestone(new))
    for _, old, new in _pairs(left.verdicts, right.verdicts):
        add("施策の判定", (new or old).name, _verdict(old), _verdict(new))
    for (measure, cycle), old, new in _pairs(left.sheets, right.sheets):
        add("PDCA", f"施策{measure} {cycle}", _sheet(old), _sheet(new))
    return found
