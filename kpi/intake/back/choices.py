"""The closed lists of a sheet that comes back: those of every sheet (`foundation.round_trip`)."""

from foundation.round_trip.choices import REFUSED, TAKEN, Outcome, Pick

__all__ = ["REFUSED", "TAKEN", "Outcome", "Pick"]
