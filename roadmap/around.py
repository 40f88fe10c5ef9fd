"""A milestone's step, drawn in the two fiscal years around the milestone."""

from foundation.japanese.calendar import fiscal_year
from roadmap.drawing import bar_of, window
from roadmap.reading import MilestoneView, StepView


def drawn_around(item: MilestoneView, step: StepView | None) -> dict:
    """{"window", "bar"} for the page of a milestone; empty when its step has left the roadmap."""
    if step is None:
        return {}
    year = min(fiscal_year(item.facts.approved_on), fiscal_year(item.on))
    last = max(fiscal_year(item.day), year + 1)
    view = window(
        year,
        last,
        item.on,
    )
    return {"window": view, "bar": bar_of(view, step)}
