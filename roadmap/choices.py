"""The closed lists of the roadmap: states, recurrence (on screen as labelled: docs/words.md)."""

from django.db.models import TextChoices


class Recurrence(TextChoices):
    """繰返し of a step."""

    NONE = "none", "なし"
    YEARLY = "yearly", "毎年"
    AS_NEEDED = "as_needed", "適宜"


class MilestoneState(TextChoices):
    """States a person chooses; 遅延 is none of them, it is computed."""

    NOT_STARTED = "not_started", "未着手"
    IN_PROGRESS = "in_progress", "実施中"
    COMPLETED = "completed", "完了"
    REVISED = "revised", "見直し"
    CANCELLED = "cancelled", "中止"


SETTLED = {MilestoneState.COMPLETED, MilestoneState.CANCELLED}
