"""From a figure and what was expected to a rate and a grade: the table of docs/rules.md §4. Pure.

Numbers are fractions inside, so that a rate exactly on a grade's border is never on the wrong
side; rates are percent on the scale 0–100.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kpi.choices import Direction, Method, NotJudged


@dataclass(frozen=True)
class Band:
    """A grade: holds from `threshold` percent on (None: the rest)."""

    letter: str
    name: str
    threshold: Decimal | None


DEFAULT_BANDS = (
    Band("A", "順調", Decimal("100.0")),
    Band("B", "概ね順調", Decimal("80.0")),
    Band("C", "やや遅れ", Decimal("50.0")),
    Band("D", "遅れ", None),
)


@dataclass(frozen=True)
class Achievement:
    """Rate (percent, rounded half up to one decimal) and grade letter; either may be None."""

    rate: Decimal | None = None
    grade: str | None = None
    not_judged: str | None = None


def grade_of(rate: Decimal, bands=DEFAULT_BANDS) -> str:
    """The letter of the first band whose threshold the rate (already rounded to one decimal)
    reaches.
    """
    return next(band.letter for band in bands if band.threshold is None or rate >= band.threshold)


def rounded(value: Fraction, places: int) -> Decimal:
    """A fraction as Decimal, half up (away from zero) to `places` decimals, without an
    intermediate rounding.
    """
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if value < 0 else whole).scaleb(-places)


def _by_rate(rate: Fraction, bands) -> Achievement:
    shown = rounded(rate, 1)
    return Achievement(shown, grade_of(shown, bands))


def _good_or_bad(good: bool, bands) -> Achievement:
    return Achievement(None, bands[0].letter if good else bands[-1].letter)


def _increase(actual, target, bands):
    if target > 0:
        return _by_rate(actual / target * 100, bands)
    return _good_or_bad(actual >= target, bands)


def _decrease(actual, target, bands):
    rate = rounded(target / actual * 100, 1) if actual > 0 and target > 0 else None
    if actual <= target:
        return Achievement(rate, bands[0].letter)
    return _by_rate(target / actual * 100, bands) if target > 0 else _good_or_bad(False, bands)


def _maintain(actual, lower, upper, bands):
    if lower is not None and actual < lower:
        return _increase(actual, lower, bands) if lower > 0 else _good_or_bad(False, bands)
    if upper is not None and actual > upper:
        return _decrease(actual, upper, bands)
    return _by_rate(Fraction(100), bands)


def _from_baseline(direction, actual, target, baseline_value, bands):
    if baseline_value is None:
        return Achievement(not_judged=NotJudged.NOT_COMPUTABLE)
    if target == baseline_value:
        return _good_or_bad(
            actual <= target if direction == Direction.DECREASE else actual >= target, bands
        )
    return _by_rate((actual - baseline_value) / (target - baseline_value) * 100, bands)


def achievement(
    *,
    direction,
    method=Method.TARGET_RATIO,
    actual,
    target=None,
    lower=None,
    upper=None,
    baseline_value=None,
    bands=DEFAULT_BANDS,
) -> Achievement:
    """The table of docs/rules.md §4. `target` is E during the year and T at its end; for maintain,
    `lower`/`upper`.

    Numbers may be Decimal, int or Fraction. Never raises for numbers; a missing baseline value is
    算定不能.
    """
    numbers = [
        None if number is None else Fraction(number)
        for number in (actual, target, lower, upper, baseline_value)
    ]
    actual, target, lower, upper, baseline_value = numbers
    if direction == Direction.MAINTAIN:
        return _maintain(actual, lower, upper, bands)
    if direction == Direction.ZERO:
        return _good_or_bad(actual <= 0, bands)
    if method == Method.BASELINE_RATIO:
        return _from_baseline(direction, actual, target, baseline_value, bands)
    return (
        _decrease(actual, target, bands)
        if direction == Direction.DECREASE
        else _increase(actual, target, bands)
    )
