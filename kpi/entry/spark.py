"""The sparkline beside a cell: the figures of the last months as points in a small picture."""

from typing import NamedTuple

from foundation.japanese.calendar import add_months
from kpi.reading import IndicatorMonth

WIDTH, HEIGHT, MONTHS = 60, 16, 6


class Point(NamedTuple):
    """A point of a sparkline, in pixels."""

    x: int
    y: float


def points_of(facts: IndicatorMonth) -> list[Point]:
    """Points of the last months with a figure that are counted alike; nothing to draw below two."""
    months = [add_months(facts.month, n - MONTHS + 1) for n in range(MONTHS)]
    since = max(facts.breaks, default=months[0])
    figures = [(n, facts.figure_in(month)) for n, month in enumerate(months) if month >= since]
    known = [(n, figure) for n, figure in figures if figure is not None]
    if len(known) < 2:
        return []
    low, high = min(figure for _, figure in known), max(figure for _, figure in known)
    span = (high - low) or 1
    return [
        Point(4 + n * WIDTH // (MONTHS - 1), round(float(20 - HEIGHT * (figure - low) / span), 1))
        for n, figure in known
    ]
