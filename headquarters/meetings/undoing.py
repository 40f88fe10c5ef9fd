"""What taking a decision back gives back, before it is done: now → then, in words."""

from dataclasses import dataclass

from django.urls import reverse

from foundation.japanese.calendar import fiscal_year_name
from headquarters.meetings.deciding import is_withdrawn
from headquarters.meetings.models import Decision
from kpi import words
from kpi.models import Target
from measures.models import Measure
from roadmap.models import Baseline
from roadmap.withdrawing import Origin, tells_origin


@dataclass(frozen=True)
class Undone:
    """One thing that a decision has changed: what it says now, what it will say again."""

    measure: Measure
    label: str
    before: str
    after: str


def would_undo(decision: Decision) -> list[Undone]:
    """Dates and spans of its baseline, versions of targets; what was taken back already is not."""
    return [*_dates(decision), *_targets(decision)]


def said_of(undone: list[Undone]) -> list[list[str]]:
    """What the page says of them: by it the withdrawal is confirmed."""
    return [[row.label, row.before, row.after] for row in undone]


def _dates(decision: Decision):
    made = decision.baseline
    if made is None or hasattr(made, "withdrawal"):
        return
    for entry in made.entries.moved():
        yield Undone(
            entry.of_step.measure,
            entry.name,
            entry.words,
            entry.before_words,
        )


def _targets(decision: Decision):
    for revised in decision.revised.all():
        target = revised.target
        if is_withdrawn(target):
            continue
        earlier = (
            Target.objects.filter(
                indicator=target.indicator_id,
                fiscal_year=target.fiscal_year,
                version__lt=target.version,
                withdraws__isnull=True,
            )
            .order_by("-version")
            .first()
        )
        label = f"{target.indicator}　{fiscal_year_name(target.fiscal_year)}の目標"
        before = words.target(earlier) if earlier else "未設定"
        yield Undone(target.indicator.measure, label, words.target(target), before)


@tells_origin
def origin_of(baseline: Baseline) -> Origin | None:
    """The decision that made a baseline and stands."""
    made = Decision.objects.standing().filter(baseline=baseline).first()
    if made is None:
        return None
    return Origin(made.text, reverse("meetings:decision_withdraw", args=[made.pk]))
