"""提出: a department's month from its first value to its confirmation (docs/rules.md §5)."""

from kpi.submissions.actions import NotReady, change_submission, confirm_all
from kpi.submissions.standing import NOBODY, Standing, seen_of, standings
from kpi.submissions.transitions import TRANSITIONS

__all__ = [
    "NOBODY",
    "TRANSITIONS",
    "NotReady",
    "Standing",
    "change_submission",
    "confirm_all",
    "seen_of",
    "standings",
]
