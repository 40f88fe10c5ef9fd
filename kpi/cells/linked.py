"""A numerator that is another indicator's value (docs/rules.md §2): what is asked of both cells
when one is saved, and what is written down at the ratio when the other one changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError

from foundation.accounts.models import User
from foundation.japanese.numbers import format_plain
from foundation.records.actions import record_change
from kpi.cells.told import history_of, label_of
from kpi.models import Definition, Indicator, KpiValue
from kpi.models.readings import reading_of, rule_of
from kpi.querysets import call_then
from kpi.rules.checks import Entry, exceeds
from kpi.rules.counting import Reading, is_due
from kpi.rules.linked import with_numerator


@dataclass(frozen=True)
class Follower:
    """A ratio whose numerator in the month is the value of another cell. `own`: its own row."""

    definition: Definition
    own: KpiValue | None
    month: date

    @property
    def indicator(self) -> Indicator:
        """The indicator."""
        return self.definition.indicator

    def answer(self, other: Reading | None) -> Reading | None:
        """What its cell says with that numerator."""
        if self.own is None and not is_due(rule_of(self.definition), self.month):
            return None
        return with_numerator(_reading(self.own), other)


def _reading(row: KpiValue | None) -> Reading | None:
    return None if row is None else reading_of(row)


def other_of(definition: Definition, month: date) -> KpiValue | None:
    """The row whose value is the numerator of that month; None where there is none."""
    if definition.numerator_source_id is None:
        return None
    rows = KpiValue.objects.between(month, month).of_indicator(definition.numerator_source)
    found: KpiValue | None = rows.select_related("updated_by").first()
    return found


def answer_of(
    definition: Definition, own: KpiValue | None, other: KpiValue | None
) -> Reading | None:
    """What a cell says with the numerator of another; None where it is typed, or 未入力."""
    if definition.numerator_source_id is None:
        return None
    return with_numerator(_reading(own), _reading(other))


def number_of(other: KpiValue | None) -> Decimal | None:
    """The numerator that another cell gives."""
    return None if other is None else other.value


def followers_of(definition: Definition, month: date) -> list[Follower]:
    """The ratios whose numerator in the month is the value that this defines. No query where nobody
    reads it (`known_by` tells), else two.
    """
    if not definition.is_followed:  # type: ignore[attr-defined]
        return []
    source = definition.indicator_id
    rows = list(Definition.objects.in_force(month).filter(numerator_source=source))
    if not rows:
        return []
    found = KpiValue.objects.between(month, month).filter(
        indicator__in=[row.indicator_id for row in rows]
    )
    own = {row.indicator_id: row for row in found}
    for row in rows:
        call_then(row.indicator, row)
    return [
        Follower(
            row,
            own.get(row.indicator_id),
            month,
        )
        for row in rows
    ]


def check_followers(entry: Entry, followers: Iterable[Follower]) -> None:
    """ValidationError when a value would be above the denominator of a ratio that reads it."""
    for row in followers:
        denominator = row.own.denominator if row.own is not None else None
        if entry.value is None or denominator is None:
            continue
        if exceeds(
            entry.value,
            denominator,
            row.definition,
        ):
            raise ValidationError({"value": _too_much(row.definition, denominator)})


def _too_much(ratio: Definition, denominator: Decimal) -> str:
    code = ratio.indicator.code
    return (
        f"この値は {ratio.indicator} の分子です。{code}の分母"
        f"（{ratio.denominator_label} {format_plain(denominator)}）より大きくなり、"
        f"{code}が100％を超えます。分母が違うときは、先に{code}の分母を直してください"
        f"（入力するのは{ratio.responsible_name}）。"
    )


def record_moved(
    follower: Follower,
    was: Reading | None,
    now: Reading | None,
    by: User | None,
    indicator: Indicator,
    reason: str,
    at: datetime,
) -> bool:
    """Write down at a ratio that its numerator was changed, by whom and why; whether it says
    something else now.
    """
    before = history_of(follower.own, follower.answer(was))
    after = history_of(follower.own, follower.answer(now))
    if before == after:
        return False
    record_change(
        by=by,
        action="kpi.value",
        subject=follower.indicator,
        label=label_of(follower.indicator, follower.month),
        month=follower.month,
        before=before,
        after=after,
        reason=f"分子（{indicator.code}の値）の変更" + (f"：{reason}" if reason else ""),
        department=follower.definition.responsible_name,
        at=at,
    )
    return True
