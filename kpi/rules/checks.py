"""Is a typed value possible, and is it plausible. Pure: definition and earlier readings in,
sentences out.

Hard errors block (`hard_errors`), soft warnings save only with a comment (`soft_warnings`);
docs/rules.md §2.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from foundation.japanese.numbers import decimals_of, format_number, places_wanted
from kpi.choices import Accumulation, Direction, Kind, Maturity

FACTOR = 3
LIMIT = Decimal(10) ** 14
STORED_PLACES = 4


class Asked(Protocol):
    """What the checks read of a definition."""

    kind: str
    direction: str
    accumulation: str
    unit: str
    decimals: int
    numerator_label: str
    denominator_label: str
    may_exceed_100: bool
    may_be_negative: bool


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


def _decimal_error(definition: Asked, field: str, number: Decimal) -> str | None:
    places = definition.decimals if field == "value" else max(definition.decimals, 0)
    typed_places = decimals_of(number)
    if field == "value" and typed_places > places:
        return places_wanted(places)
    if typed_places > STORED_PLACES:
        return places_wanted(STORED_PLACES)
    if abs(number) >= LIMIT:
        return "桁が大きすぎます。入力した数を確かめてください。"
    return None


def _number_errors(entry: Entry, definition: Asked) -> dict[str, str]:
    errors: dict[str, str] = {}
    for field in ("value", "numerator", "denominator"):
        number = getattr(entry, field)
        if number is None:
            continue
        problem = _decimal_error(definition, field, number)
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
    if entry.numerator is None:
        errors["numerator"] = f"分子（{definition.numerator_label}）を入力してください。"
    if entry.denominator is None:
        errors["denominator"] = f"分母（{definition.denominator_label}）を入力してください。"
    return errors


def _ratio_errors(entry: Entry, definition: Asked) -> dict[str, str]:
    if entry.numerator is None or entry.denominator is None:
        return {}
    if entry.numerator > entry.denominator and not definition.may_exceed_100:
        return {
            "numerator": f"分子（{format_number(entry.numerator)}）が分母"
            f"（{format_number(entry.denominator)}）より"
            "大きくなっています。この指標は100％を超えません。入力した数を確かめてください。"
        }

    return {}


def hard_errors(entry: Entry, definition: Asked) -> dict[str, str]:
    """{field: sentence} for everything that makes the entry impossible.

    {} when it may be stored.
    """
    return (
        _shape_errors(entry, definition)
        or _number_errors(entry, definition)
        or _ratio_errors(entry, definition)
    )


def comparable(entry: Numbers, definition: Asked) -> Decimal | None:
    """The one number to compare with the last month's.

    The value, or the rate in percent (None when 0 below).
    """
    if definition.kind == Kind.NUMBER:
        return entry.value
    if entry.numerator is None or not entry.denominator:
        return None
    return entry.numerator / entry.denominator * 100


def _is_total(definition: Asked) -> bool:
    """A figure that should only grow: the newest total of something to be increased."""
    return (
        definition.accumulation == Accumulation.LATEST
        and definition.kind == Kind.NUMBER
        and definition.direction == Direction.INCREASE
    )


def soft_warnings(entry: Numbers, definition: Asked, previous: Numbers | None) -> list[str]:
    """Sentences that ask for a comment: jumps against the last reported value, a fallen total, an
    incident.

    `previous` is the newest earlier value (anything with value/numerator/denominator) or None.
    """
    warnings = []
    now = comparable(entry, definition)
    if definition.direction == Direction.ZERO and now:
        warnings.append("目標は0です。発生した内容と対応をコメントに書いてください。")
    before = comparable(previous, definition) if previous else None
    if now is None or before is None:
        return warnings
    unit = definition.unit
    shown = f"{format_number(before, definition.decimals)}{unit}"
    if before and now and (now / before > FACTOR or now / before < Decimal(1) / FACTOR):
        warnings.append(
            f"前回の{shown}に対して{format_number(now / before, 1)}倍です。"
            "値が正しければ、理由をコメントに書いてください。"
        )
    elif _is_total(definition) and now < before:
        warnings.append(
            f"前回の{shown}より減っています。値が正しければ、理由をコメントに書いてください。"
        )

    return warnings
