"""A report in one sentence, as the headquarters reads it first. Pure over the report."""

from headquarters.reports.model import MonthlyReport
from kpi.rules.grades import LETTERS, needs_attention

NAMED = 2  # so many measures are named; of more only how many


def in_one_sentence(report: MonthlyReport) -> str:
    """「23指標のうち18を評価し、13が順調・概ね順調。遅れは「文書電子化」の1指標。」."""
    counts = report.counts
    going_well = sum(counts.get(letter, 0) for letter in LETTERS if not needs_attention(letter))
    whole = len(report.indicators)
    if not report.judged:
        return f"{whole}指標のうち、評価できるものはまだありません。"
    names = {band.letter: band.name for band in report.bands}
    good = "・".join(names[letter] for letter in LETTERS if not needs_attention(letter))
    first = f"{whole}指標のうち{report.judged}を評価し、{going_well}が{good}。"
    return first + _worst(report, names)


def _worst(report: MonthlyReport, names: dict[str, str]) -> str:
    """The sentence about the last grade, with its measures where they are few."""
    last = LETTERS[-1]
    rows = [row for row in report.indicators if row.grade == last]
    if not rows:
        return f"{names[last]}はありません。"
    numbers = {row.measure for row in rows}
    measures = [row.name for row in report.measures if row.number in numbers]
    if len(measures) > NAMED:
        return f"{names[last]}は{len(rows)}指標。"
    return f"{names[last]}は「{'」「'.join(measures)}」の{len(rows)}指標。"
