"""A numerator that is another indicator's value: what the month then says. Pure.

Read when shown, never stored twice (docs/rules.md §2): the cell of the ratio keeps its denominator,
or a reason of its own; the other cell gives the numerator, or the reason why there is none.
"""

from dataclasses import replace

from kpi.choices import Maturity
from kpi.rules.counting import Reading


def with_numerator(own: Reading | None, other: Reading | None) -> Reading | None:
    """What stands in the month of a ratio whose numerator is `other`; None: 未入力.

    A reason of its own stands first, then the other's; a ratio is 暫定 where one of the two is.
    What was typed as numerator before stays.
    """
    if own is not None and (own.missing_reason or own.numerator is not None):
        return own
    if other is not None and other.missing_reason:
        return Reading(other.month, missing_reason=other.missing_reason)
    if own is None or other is None:
        return None
    provisional = Maturity.PROVISIONAL in (own.maturity, other.maturity)
    return replace(
        own,
        numerator=other.value,
        maturity=Maturity.PROVISIONAL if provisional else Maturity.FINAL,
    )
