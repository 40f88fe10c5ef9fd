"""Amounts of projects in thousands of yen: added up, and in words. Pure."""

NOTHING = "－"


def money(amount: int | None) -> str:
    """「1,980」; － where there is none, or it is not known."""
    return NOTHING if amount is None else f"{amount:,}"


def with_unit(amount: int | None) -> str:
    """「1,980千円」; － where there is none, or it is not known."""
    return NOTHING if amount is None else f"{money(amount)}千円"


def total(amounts: list[int | None]) -> int | None:
    """The sum of what is known; None where nothing is."""
    known = [each for each in amounts if each is not None]
    return sum(known) if known else None
