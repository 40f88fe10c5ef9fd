"""A target as somebody enters it, and what cannot be aimed at (docs/rules.md §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.japanese.calendar import fiscal_year_name
from foundation.japanese.numbers import format_plain
from kpi.choices import Accumulation, Direction, Kind, Method
from kpi.models import Definition
from kpi.models.target import NONE_IS_DECIDED
from kpi.rules.counting import PERCENT

CONFIRM = "間違いなければ「下がる目標で登録する」に印を付けて、もう一度押してください。"


@dataclass(frozen=True)
class NewTarget:
    """A target as somebody enters it; a range (lower, upper) only where the direction is 維持.

    `none`: it is decided to set none; `withdraws`: the version that is taken back. `confirmed`:
    that the targets of an increasing indicator fall from a year to the next is meant so.
    """

    fiscal_year: int
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    midyear_value: Decimal | None = None
    none: bool = False
    withdraws: int | None = None
    from_month: date | None = None
    rationale: str = ""
    reason: str = ""
    decided_on: date | None = None
    decided_where: str = ""
    confirmed: bool = True

    @property
    def stored(self) -> dict:
        """{field: value} of the row."""
        return {name: value for name, value in self.__dict__.items() if name != "confirmed"}

    @property
    def numbers(self) -> dict:
        """{field: number} of what is aimed at."""
        names = ("value", "lower", "upper", "midyear_value")
        found = {name: getattr(self, name) for name in names}
        return {name: number for name, number in found.items() if number is not None}


def _shape_errors(new: NewTarget, definition: Definition) -> dict:
    """What is aimed at is one thing: a number, a range, nothing at all.

    To set none is a decision: of whom, when and why.
    """
    if new.none or new.withdraws:
        if new.numbers:
            return {
                next(iter(new.numbers)): "目標を置かないとき、取り下げるときは空欄にしてください。"
            }
        decided = new.decided_on and new.decided_where and new.reason
        return {"none": NONE_IS_DECIDED} if new.none and not decided else {}
    ranged = definition.direction == Direction.MAINTAIN
    if ranged and new.lower is None and new.upper is None:
        return {"lower": "「維持」の指標です。下限か上限を入力してください。"}
    if not ranged and new.value is None:
        return {"value": "目標値を入力してください（ゼロを目指す指標は 0）。"}
    if definition.direction == Direction.ZERO and new.value:
        return {"value": "「ゼロ」を目指す指標の目標は 0 です。"}
    return {}


def _bound_errors(new: NewTarget, definition: Definition) -> dict:
    """What no value of the indicator can reach.

    Below zero only the way from a baseline leads; a share of a whole ends at 100 %.
    """
    in_percent = definition.kind == Kind.RATIO and definition.unit in PERCENT
    for name, number in new.numbers.items():
        if number < 0 and definition.method != Method.BASELINE_RATIO:
            return {name: "負の目標は、達成率の求め方が「基準値比」の指標でだけ使えます。"}
        if in_percent and number > 100 and not definition.may_exceed_100:
            return {name: "この指標は100％を超えません。100以下の目標にしてください。"}
    return {}


def _side_errors(new: NewTarget, definition: Definition) -> dict:
    """A level is to get better than its baseline; a sum has no such side."""
    base, value = definition.baseline_value, new.value
    is_level = definition.kind == Kind.RATIO or definition.accumulation == Accumulation.LATEST
    if value is None or base is None or not is_level:
        return {}
    shown = format_plain(base)
    if definition.direction == Direction.INCREASE and value < base:
        return {"value": f"「増加」を目指す指標です。基準値（{shown}）以上の目標にしてください。"}
    if definition.direction == Direction.DECREASE and value > base:
        return {"value": f"「減少」を目指す指標です。基準値（{shown}）以下の目標にしてください。"}
    return {}


def aim_errors(new: NewTarget, definition: Definition) -> dict:
    """{field: sentence} of what cannot be aimed at with such an indicator."""
    return (
        _shape_errors(new, definition)
        or _bound_errors(new, definition)
        or _side_errors(new, definition)
    )


def falls(
    new: NewTarget, definition: Definition, values: Mapping[int, Decimal | None]
) -> dict[str, str]:
    """The targets of an increasing indicator that fall from a year to the next are asked back."""
    beside = (
        ""
        if new.confirmed
        else falling_beside(
            new,
            definition,
            values,
        )
    )
    return {"confirmed": f"{beside}{CONFIRM}"} if beside else {}


def falling_beside(
    new: NewTarget, definition: Definition, values: Mapping[int, Decimal | None]
) -> str:
    """The sentence that a target falls below that of the year before, or of the next below it.

    `values`: {fiscal year: target} of the years around it; "" where none falls.
    """
    if definition.direction != Direction.INCREASE or new.value is None:
        return ""
    for year, sign in ((new.fiscal_year - 1, -1), (new.fiscal_year + 1, 1)):
        other = values.get(year)
        if other is not None and (new.value - other) * sign > 0:
            beside = f"{fiscal_year_name(year)}の目標は{format_plain(other)}"
            return f"{beside}です。「増加」を目指す指標で目標が下がります。"
    return ""
