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


class Answer(TextChoices):
    """What became of a milestone, as its form asks it (docs/words.md)."""

    ON_TRACK = "on_track", "予定どおり"
    DONE = "done", "完了した"
    MOVES = "moves", "期日が変わる"
    CANCELLED = "cancelled", "中止"


class Cause(TextChoices):
    """The kinds of reasons why a date moves; the sentence says the rest."""

    SPECIFICATION = "specification", "仕様・制度の確定待ち"
    PARTNERS = "partners", "関係先との調整"
    SUPPLIER = "supplier", "業者の都合"
    STAFF = "staff", "人員・体制"
    BUDGET = "budget", "予算"
    SCOPE = "scope", "範囲の追加"
    OTHER = "other", "その他"


OPEN = (MilestoneState.NOT_STARTED, MilestoneState.IN_PROGRESS, MilestoneState.REVISED)
