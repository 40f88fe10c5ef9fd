"""Measuring turn by turn: every case once in a round, in another order each round, so that what
else the machine does meets all of them. Standard library only.
"""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from statistics import median, quantiles

Case = Callable[[], object]
Times = dict[str, list[float]]
INNER = 20  # a case that is over at once is done so often in a turn


@dataclass(frozen=True)
class Ratio:
    """The median of the rounds, and the middle half of them."""

    value: float
    low: float
    high: float


def by_turns(
    cases: Mapping[str, Case], rounds: int, clock: Callable[[], float] = time.process_time
) -> Times:
    """{name: seconds in each round}. Every case is done twice before, unmeasured."""
    times: Times = {name: [] for name in cases}
    often = {name: _how_often(case, clock) for name, case in cases.items()}
    order, dice = list(cases), Random(0)  # noqa: S311 (an order, no secret)
    gc.collect()
    for _ in range(rounds):
        dice.shuffle(order)
        for name in order:
            begun = clock()
            for _ in range(often[name]):
                cases[name]()
            times[name].append((clock() - begun) / often[name])
    return times


def _how_often(case: Case, clock: Callable[[], float]) -> int:
    case()
    begun = clock()
    case()
    return 1 if clock() - begun > 0.005 else INNER


def ratio(times: Times, name: str, against: str) -> Ratio:
    """How a case stands to another one of the same rounds."""
    pairs = zip(times[name], times[against], strict=True)
    return spread([one / other for one, other in pairs if other])


def spread(found: list[float]) -> Ratio:
    """Median and middle half."""
    if len(found) < 2:
        return Ratio(found[0], found[0], found[0])
    low, _, high = quantiles(found, n=4, method="inclusive")
    return Ratio(median(found), low, high)
