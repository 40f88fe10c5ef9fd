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


Number = Decimal | int | Fraction
Bands = tuple[Band, ...]
DEFAULT_BANDS: Bands = (
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


def grade_of(rate: Decimal, bands: Bands = DEFAULT_BANDS) -> str:
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


def _by_rate(rate: Fraction, bands: Bands) -> Achievement:
    shown = rounded(rate, 1)
    return Achievement(shown, grade_of(shown, bands))


def _good_or_bad(good: bool, bands: Bands) -> Achievement:
    return Achievement(None, bands[0].letter if good else bands[-1].letter)


def _increase(actual: Fraction, target: Fraction, bands: Bands) -> Achievement:
    if target > 0:
        return _by_rate(actual / target * 100, bands)
    return _good_or_bad(actual >= target, bands)


def _decrease(actual: Fraction, target: Fraction, bands: Bands) -> Achievement:
    rate = rounded(target / actual * 100, 1) if actual > 0 and target > 0 else None
    if actual <= target:
        return Achievement(rate, bands[0].letter)
    return _by_rate(target / actual * 100, bands) if target > 0 else _good_or_bad(False, bands)


def _maintain(
    actual: Fraction, lower: Fraction | None, upper: Fraction | None, bands: Bands
) -> Achievement:
    if lower is not None and actual < lower:
        return _increase(actual, lower, bands) if lower > 0 else _good_or_bad(False, bands)
    if upper is not None and actual > upper:
        return _decrease(
            actual,
            upper,
            bands,
        )
    return _by_rate(Fraction(100), bands)


def _from_baseline(
    direction: str,
    actual: Fraction,
    target: Fraction,
    baseline_value: Fraction | None,
    bands: Bands,
) -> Achievement:
    if baseline_value is None:
        return Achievement(not_judged=NotJudged.NO_BASELINE)
    falls = direction == Direction.DECREASE
    if (target >= baseline_value) if falls else (target <= baseline_value):
        return _good_or_bad(actual <= target if falls else actual >= target, bands)

    return _by_rate((actual - baseline_value) / (target - baseline_value) * 100, bands)


def _exact(number: Number | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def achievement(
    *,
    direction: str,
    method: str = Method.TARGET_RATIO,
    actual: Number,
    target: Number | None = None,
    lower: Number | None = None,
    upper: Number | None = None,
    baseline_value: Number | None = None,
    bands: Bands = DEFAULT_BANDS,
) -> Achievement:
    """The table of docs/rules.md §4. `target` is E during the year and T at its end; for maintain,
    `lower`/`upper`.

    Numbers may be Decimal, int or Fraction. Never raises for numbers; 基準値比 without a baseline
    value is not judged (基準値未設定).
    """
    reached = Fraction(actual)
    if direction == Direction.MAINTAIN:
        return _maintain(reached, _exact(lower), _exact(upper), bands)
    if direction == Direction.ZERO:
        return _good_or_bad(reached <= 0, bands)
    wanted = _exact(target)
    assert wanted is not None, "only a range and the goal zero are judged without a target"
    if method == Method.BASELINE_RATIO:
        return _from_baseline(direction, reached, wanted, _exact(baseline_value), bands)
    if direction == Direction.DECREASE:
        return _decrease(reached, wanted, bands)
    return _increase(reached, wanted, bands)
