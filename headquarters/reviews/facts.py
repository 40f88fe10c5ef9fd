"""What stands beside a sheet.

The KPI and milestone facts of its as-of month, its automatic verdict, draft sentences.
"""

from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import add_months, last_of_month, month_name, wareki_short
from headquarters.reviews.verdict import Verdict, judge
from kpi import reading as kpi_reading
from kpi.pages.lists import ListRow, list_row
from kpi.pages.sentences import draft as kpi_draft
from roadmap import reading as roadmap_reading
from roadmap.choices import MilestoneState


@dataclass(frozen=True)
class Facts:
    """A measure at the end of a month. `indicators`: IndicatorMonths; `steps`: StepViews."""

    month: date
    indicators: list
    steps: list
    verdict: Verdict

    @property
    def rows(self) -> list[ListRow]:
        """The indicators as the list shows them."""
        return [list_row(facts) for facts in self.indicators]

    @property
    def milestones(self) -> list[tuple]:
        """(step, milestone) of everything dated."""
        return [(step, item) for step in self.steps for item in step.milestones]

    @property
    def done_draft(self) -> str:
        """A start for D: what was finished, what runs, what is late."""
        parts = []
        for _, item in self.milestones:
            if item.facts.state == MilestoneState.COMPLETED:
                parts.append(
                    f"「{item.row.name}」を{wareki_short(item.facts.completed_on)}に完了した。"
                )
            elif item.health.late:
                parts.append(f"「{item.row.name}」は{item.health.sentence}。")
            elif item.facts.state == MilestoneState.IN_PROGRESS:
                parts.append(f"「{item.row.name}」を実施中（{item.health.sentence}）。")
        return "".join(parts) or f"{month_name(self.month)}末までに期日の来たマイルストーンはない。"

    @property
    def analysis_draft(self) -> str:
        """A start for C: each indicator's sentence."""
        return "\n".join(f"{facts.indicator.code}　{kpi_draft(facts)}" for facts in self.indicators)


def judge_measure(indicators, steps) -> Verdict:
    """自動判定 of a measure from IndicatorMonths and StepViews as of the same day."""
    grades = {facts.indicator.code: facts.progress_at(facts.month).grade for facts in indicators}
    return judge(grades, (item for step in steps for item in step.milestones))


def facts_of(measure, month: date) -> Facts:
    """The facts of one measure at the end of a month that has ended: five queries."""
    indicators = kpi_reading.load(month, on=add_months(month, 1), measure=measure)
    steps = roadmap_reading.load(last_of_month(month), measure=measure)
    return Facts(month, indicators, steps, judge_measure(indicators, steps))
