"""What differs between two reports.

Values, targets, grades, milestones, verdicts, PDCA sheets. Pure over `MonthlyReport`s.
"""

from dataclasses import dataclass

from foundation.japanese.calendar import fiscal_year_short, wareki_month_short, wareki_short
from foundation.japanese.numbers import format_plain
from headquarters.reports.model import Change, MonthlyReport


@dataclass(frozen=True)
class Moves:
    """How the grades of one report differ from earlier ones.

    `rows` are (改善 or 悪化, code, name, before, after).
    """

    rows: tuple
    new: int
    same: int

    @property
    def improved(self) -> int:
        """How many grades went up."""
        return sum(row[0] == "改善" for row in self.rows)

    @property
    def worsened(self) -> int:
        """How many grades went down."""
        return len(self.rows) - self.improved


def moves(before: dict, report: MonthlyReport) -> Moves:
    """Against {indicator code.

    Letter or None}: what got worse, then what got better; counts of the rest that has a grade.
    """
    rows, new, same = [], 0, 0
    for row in report.indicators:
        old = before.get(row.code)
        if row.grade and old and row.grade != old:
            rows.append(("悪化" if row.grade > old else "改善", row.code, row.name, old, row.grade))
        elif row.grade:
            new, same = new + (old is None), same + (old is not None)
    return Moves(tuple(sorted(rows, key=lambda row: row[0] == "改善")), new, same)


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


def _differ(kind, pair: list[dict], words, subject, **rest):
    before, after = pair
    for key in [*after, *(key for key in before if key not in after)]:
        old, new = words(before.get(key)), words(after.get(key))
        if old != new:
            yield Change(
                kind, subject(key), old, new, **{name: make(key) for name, make in rest.items()}
            )


def _by_code(report, pick) -> dict:
    return {(row.code, *key): value for row in report.indicators for key, value in pick(row)}


def compare(before: MonthlyReport, after: MonthlyReport) -> list[Change]:
    """Every difference, in the order of the report.

    Values by month, targets, grades, milestones, verdicts, sheets.
    """
    names = {row.code: row.name for report in (before, after) for row in report.indicators}

    def indicator(key):
        return f"{key[0]} {names[key[0]]}"

    values = [
        _by_code(report, lambda row: [((cell.month,), cell) for cell in row.months])
        for report in (before, after)
    ]
    targets = [
        _by_code(report, lambda row: [((each.fiscal_year,), each) for each in row.targets])
        for report in (before, after)
    ]
    grades = [_by_code(report, lambda row: [((), row)]) for report in (before, after)]
    milestones = [
        {
            (step.measure, step.name, item.name): item
            for step in report.steps
            for item in step.milestones
        }
        for report in (before, after)
    ]
    verdicts = [{row.number: row for row in report.measures} for report in (before, after)]
    sheets = [
        {(row.measure, row.cycle): row for row in report.reviews} for report in (before, after)
    ]
    return [
        *_differ(
            "値",
            values,
            _cell,
            lambda key: f"{indicator(key)}（{wareki_month_short(key[1])}）",
            code=lambda key: key[0],
            month=lambda key: key[1],
        ),
        *_differ(
            "目標",
            targets,
            _target,
            lambda key: f"{indicator(key)}（{fiscal_year_short(key[1])}）",
        ),
        *_differ(
            "評価",
            grades,
            lambda row: "－" if row is None else row.grade or f"－（{row.not_judged}）",
            indicator,
        ),
        *_differ(
            "マイルストーン",
            milestones,
            lambda row: "－" if row is None else _day(row),
            lambda key: f"{key[0]} {key[1]}：{key[2]}",
        ),
        *_differ(
            "施策の判定",
            verdicts,
            lambda row: "－" if row is None else f"{row.verdict or '－'}（{row.why}）",
            lambda key: (verdicts[1].get(key) or verdicts[0][key]).name,
        ),
        *_differ("PDCA", sheets, _sheet, lambda key: f"施策{key[0]} {key[1]}"),
    ]
