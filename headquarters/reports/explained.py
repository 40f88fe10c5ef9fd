"""Who made a difference between two reports, and why."""

from dataclasses import dataclass

from foundation.records.models import HistoryEntry
from headquarters.reports.rows import Change
from kpi.models import Indicator

EXPLAINED = {  # whose history tells who changed it and why
    "kpi.value": ("値", "値の説明"),
    "kpi.definition": ("定義", "公表"),
    "kpi.target": ("目標",),
}


@dataclass(frozen=True)
class ExplainedChange:
    """A difference, and the newest history entry of that value (None: not a value)."""

    change: Change
    entry: HistoryEntry | None


def with_history(changes, user) -> list[ExplainedChange]:
    """Each change of an indicator with the newest entry of that value, definition or target."""
    unknown = any(row.code and not row.indicator for row in changes)
    ids = Indicator.objects.ids_by_code() if unknown else {}
    entries = HistoryEntry.objects.visible_to(user)
    found: dict[Change, HistoryEntry | None] = {}
    for action, kinds in EXPLAINED.items():
        asked = {
            row: (row.indicator or ids.get(row.code), row.month)
            for row in changes
            if row.kind in kinds
        }
        newest = entries.newest_of(Indicator, action, asked.values()) if asked else {}
        found |= {row: newest.get(key) for row, key in asked.items()}
    return [ExplainedChange(row, found.get(row)) for row in changes]
