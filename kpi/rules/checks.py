"""Is a typed value possible, and is it plausible. Pure: definition and earlier readings in,
sentences out.

Hard errors block (`hard_errors`), soft warnings save only with a comment (`soft_warnings`);
docs/rules.md §2.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from foundation.japanese.numbers import decimals_of, format_number, format_plain, places_wanted
from kpi.choices import Accumulation, Direction, Kind, Maturity
from kpi.rules.counting import PERCENT, scale_of

FACTOR = 3
FLOOR = Decimal(3)  # without a decision of the town: a smaller step needs no comment
WHOLE_UNITS = frozenset({"人", "件", "回"})  # what is counted in whole things
LIMIT = Decimal(10) ** 14
FALLEN_TOTAL = "累計なのに減っています。"
STORED_PLACES = 4


class Asked(Protocol):
    """What the checks read of a definition."""

    kind: str
    direction: str
    accumulation: str
    unit: str
    decimals: int
    numerator_label: str
    numerator_unit: str
    denominator_label: str
    denominator_unit: str
    may_exceed_100: bool
    may_be_negative: bool

    @property
    def numerator_words(self) -> str:
        """「1-2の値」 where the numerator is another indicator's value, else nothing."""


class Numbers(Protocol):
    """What was typed or stored: a value, or the two parts of a ratio."""

    @property
    def value(self) -> Decimal | None:
        """The number itself."""

    @property
    def numerator(self) -> Decimal | None:
        """The part above."""

    @property
    def denominator(self) -> Decimal | None:
        """The part below."""


@dataclass(frozen=True)
class Entry:
    """What a person entered for one cell.

    A value, or numerator and denominator, or a missing reason, or nothing.
    """

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    missing_reason: str = ""
    maturity: str = Maturity.FINAL
    as_of: date | None = None
    note: str = ""
    public_note: str = ""
    follow_up: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing was entered, not even a comment: the cell is to be cleared."""
        return self.has_no_number and not (
            self.missing_reason or self.note or self.public_note or self.follow_up
        )

    @property
    def has_no_number(self) -> bool:
        """No value, numerator or denominator was typed (0 is one)."""
        return self.value is None and self.numerator is None and self.denominator is None


def is_whole(unit: str) -> bool:
    """Is this counted in whole things?"""
    return unit in WHOLE_UNITS


def places_of(definition: Asked, field: str) -> int:
    """How many decimals a value, numerator or denominator may have."""
    unit = (
        definition.unit
        if field == "value"
        else getattr(
            definition,
            f"{field}_unit",
        )
    )
    if is_whole(unit):
        return 0

    return definition.decimals if field == "value" else STORED_PLACES


def _decimal_error(definition: Asked, field: str, number: Decimal) -> str | None:
    places = places_of(
        definition,
        field,
    )
    if decimals_of(number) > places:
        return places_wanted(places)
    if abs(number) >= LIMIT:
        return "桁が大きすぎます。入力した数を確かめてください。"
    return None


def _number_errors(entry: Entry, definition: Asked) -> dict[str, str]:
    errors: dict[str, str] = {}
    for field in ("value", "numerator", "denominator"):
        number = getattr(entry, field)
        if number is None:
            continue
        problem = _decimal_error(
            definition,
            field,
            number,
        )
        if problem:
            errors[field] = problem
        elif number < 0 and (field != "value" or not definition.may_be_negative):
            if field == "numerator" and definition.may_be_negative:
                continue
            errors[field] = "負の数は入力できません。0以上の数を入力してください。"
    return errors


def _shape_errors(entry: Entry, definition: Asked) -> dict[str, str]:
    """Value and reason, or half a ratio: what was typed does not make one answer."""
    if entry.missing_reason:
        if entry.has_no_number:
            return {}
        return {
            "missing_reason": "値と「値なしの理由」は同時に保存できません。"
            "どちらかを空欄にしてください。"
        }
    if entry.has_no_number and entry.follow_up:
        return {
            "follow_up": "値がまだ決まらないときは、区分で「集計中」を選んでから"
            "「後で確認」の印を付けてください。"
        }
    if definition.kind == Kind.NUMBER:
        return (
            {}
            if entry.value is not None
            else {"value": "値、または値なしの理由を入力してください。"}
        )
    errors = {}
    other = definition.numerator_words
    if other and entry.numerator is not None:
        errors["numerator"] = f"この月の分子は{other}です。分子は入力しません。"
    elif not other and entry.numerator is None:
        errors["numerator"] = f"分子（{definition.numerator_label}）を入力してください。"
    if entry.denominator is None:
        errors["denominator"] = f"分母（{definition.denominator_label}）を入力してください。"
    return errors


def _ratio_errors(entry: Entry, definition: Asked, other: Decimal | None) -> dict[str, str]:
    told = definition.numerator_words
    numerator = other if told else entry.numerator
    if numerator is None or entry.denominator is None:
        return {}
    if exceeds(
        numerator,
        entry.denominator,
        definition,
    ):
        above = f"{told} {format_number(numerator)}" if told else format_number(numerator)
        return {
            "denominator" if told else "numerator": f"分子（{above}）が分母"
            f"（{format_number(entry.denominator)}）より"
            "大きくなっています。この指標は100％を超えません。入力した数を確かめてください。"
        }

    return {}


def exceeds(numerator: Decimal, denominator: Decimal, definition: Asked) -> bool:
    """Is the numerator above the denominator of a rate that cannot be more than 100 %?"""
    in_percent = scale_of(definition.unit) != 1
    return in_percent and numerator > denominator and not definition.may_exceed_100


def hard_errors(entry: Entry, definition: Asked, other: Decimal | None = None) -> dict[str, str]:
    """{field: sentence} for everything that makes the entry impossible.

    {} when it may be stored. `other`: the numerator where it is another indicator's value.
    """
    return (
        _shape_errors(entry, definition)
        or _number_errors(entry, definition)
        or _ratio_errors(entry, definition, other)
    )


def comparable(entry: Numbers, definition: Asked) -> Decimal | None:
    """The one number to compare with the last month's.

    The value, or the rate in its unit (None when 0 below).
    """
    if definition.kind == Kind.NUMBER:
        return entry.value
    if entry.numerator is None or not entry.denominator:
        return None
    return entry.numerator / entry.denominator * scale_of(definition.unit)


def _is_total(definition: Asked) -> bool:
    """A figure that should only grow: a total since April, the newest level to be increased."""
    if definition.kind != Kind.NUMBER:
        return False
    if definition.accumulation == Accumulation.LATEST_OF_YEAR:
        return True
    rises = definition.direction == Direction.INCREASE
    return definition.accumulation == Accumulation.LATEST and rises


def _what_is_odd(now: Decimal, before: Decimal, definition: Asked, floor: Decimal) -> str:
    """What is said of a step from `before` to `now`, or nothing where it is plausible.

    The first that fits: a percentage typed as a fraction, a fall to 0, a rise from it, a total
    that fell, a jump.
    """
    if now == before or abs(now - before) < floor:
        return ""
    percent = definition.kind == Kind.NUMBER and definition.unit in PERCENT
    if percent and before > 10 and now <= 1:
        return "％の数字です。0.85ではなく85のように入力します。"
    if now == 0:
        return "0になりました。"
    if before == 0:
        return "0から動きました。"
    if _is_total(definition) and now < before:
        return FALLEN_TOTAL if _since_april(definition) else "減っています。"
    ratio = now / before
    if ratio > FACTOR or ratio * FACTOR < 1:
        return f"{format_number(ratio, 1)}倍です。"
    return ""


def _since_april(definition: Asked) -> bool:
    return definition.accumulation == Accumulation.LATEST_OF_YEAR


def _shown(number: Decimal, definition: Asked) -> str:
    return f"{format_number(number, definition.decimals)}{definition.unit}"


def _from_to(before: str, now: str, odd: str) -> str:
    return f"前回{before} → 今回{now}。{odd}値が正しければ、理由をコメントに書いてください。"


def _fallen_parts(
    entry: Numbers, definition: Asked, previous: Numbers, floor: Decimal
) -> list[str]:
    """What is said of the parts of a ratio that are totals since April and fell."""
    if definition.kind != Kind.RATIO or not _since_april(definition):
        return []
    said = []
    for part in ("numerator", "denominator"):
        now, before = getattr(entry, part), getattr(previous, part)
        if now is None or before is None or now >= before or before - now < floor:
            continue
        label, unit = (getattr(definition, f"{part}_{name}") for name in ("label", "unit"))
        from_to = (f"{format_plain(before)}{unit}", f"{format_plain(now)}{unit}")
        said.append(f"{label}：{_from_to(*from_to, FALLEN_TOTAL)}")
    return said


def soft_warnings(
    entry: Numbers, definition: Asked, previous: Numbers | None, floor: Decimal = FLOOR
) -> list[str]:
    """Sentences that ask for a comment: jumps against the last reported value, a fall to 0 or a
    rise from it, a fallen total, an incident; nothing of a step below the floor.

    `previous` is the newest earlier value (since `counting.compared_since`) or None.
    """
    warnings = []
    now = comparable(entry, definition)
    if definition.direction == Direction.ZERO and now:
        warnings.append("目標は0です。発生した内容と対応をコメントに書いてください。")
    if previous is None:
        return warnings
    before = comparable(previous, definition)
    odd = "" if now is None or before is None else _what_is_odd(now, before, definition, floor)
    if odd and now is not None and before is not None:
        warnings.append(
            _from_to(
                _shown(before, definition),
                _shown(now, definition),
                odd,
            )
        )
    return warnings + _fallen_parts(entry, definition, previous, floor)
