"""Draft sentences made by rule from the month's numbers.

Something to start a comment or a report from.
"""

from foundation.japanese.calendar import add_months, month_name
from foundation.japanese.numbers import format_number, format_signed
from kpi import words
from kpi.choices import Method, NotJudged
from kpi.rules.judged import show

SURVEY_MARGIN = 3  # points within which a survey's change is 横ばい (docs/rules.md §4)


def _change(facts) -> str:
    """「前月比＋6件」「前月比−1.2ポイント」「前月から横ばい」, or empty."""
    now, before = facts.figure_in(facts.month), facts.figure_in(add_months(facts.month, -1))
    if now is None or before is None or facts.month in facts.breaks:
        return ""
    unit, places = facts.definition.unit, facts.definition.decimals
    rate = unit in ("％", "%")
    if now == before or (facts.definition.is_survey and abs(now - before) <= SURVEY_MARGIN):
        return "前月から横ばい。"
    if rate:
        return f"前月比{format_signed(now - before, max(places, 1))}ポイント。"
    return f"前月比{format_signed(now - before, places)}{unit}。"


def draft(facts) -> str:
    """「目標120件に対し98件（81.7％、概ね順調）。前月比＋6件。」.

    Says why when there is no judgement.
    """
    judged = facts.progress_at(facts.month)
    names = {band.letter: band.name for band in facts.bands}
    place = f"{month_name(facts.month)}末時点で"
    actual = "" if judged.actual is None else words.actual(judged, facts.definition)
    if judged.not_judged:
        known = f"{place}{actual}。" if actual else ""
        return f"{known}{NotJudged(judged.not_judged).label}のため評価対象外。{_change(facts)}"
    if facts.rule.method == Method.BASELINE_RATIO:
        return f"{place}{judged.sentence}（{names[judged.grade]}）。{_change(facts)}"
    rate = f"{format_number(judged.rate, 1)}％、" if judged.rate is not None else ""
    if judged.expectation is not None:
        word = "年度目標" if judged.year_end else "期待値"
        goal = f"{word}{show(judged.expectation, facts.rule)}に対し"
    else:
        goal = ""
    text = f"{place}{goal}{actual}（{rate}{names[judged.grade]}）。{_change(facts)}"
    if not judged.year_end and judged.target is not None and judged.expectation is not None:
        text += f"年度目標は{show(judged.target, facts.rule)}。"
    return text
