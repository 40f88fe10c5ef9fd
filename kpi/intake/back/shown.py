"""A cell of a returned entry sheet as the page shows it."""

from dataclasses import dataclass

from foundation.round_trip.shown import ShownCell
from kpi.intake.back import fields
from kpi.intake.columns import NOTE, NUMBERS

ZERO = "0件として保存"


@dataclass(frozen=True)
class Shown(ShownCell):
    """A cell of the file on the page."""

    labels = fields.LABELS
    texts = frozenset({NOTE})

    @staticmethod
    def in_words(field: str, text: str) -> str:
        """「1,200」「対象外」「暫定」."""
        return fields.shown(
            field,
            text,
        )

    @property
    def remark(self) -> str:
        """What stands beside it: what was read into it, that 0 is a value, that one goes."""
        said = super().remark
        if said or self.cell.field not in NUMBERS:
            return said
        return ZERO if self.cell.after == "0" else ""
