"""The closed lists of a sheet that comes back."""

from django.db.models import TextChoices


class Outcome(TextChoices):
    """What becomes of a cell of the file."""

    NEW = "new", "新しい値"
    CHANGE = "change", "変更"
    CONFLICT = "conflict", "競合"
    ERROR = "error", "誤り"
    HELD = "held", "保留"
    LOCKED = "locked", "鍵"
    UNCHANGED = "unchanged", "変更なし"


TAKEN = frozenset({Outcome.NEW, Outcome.CHANGE})
REFUSED = frozenset({Outcome.ERROR, Outcome.HELD})


class Pick(TextChoices):
    """What a person chooses where two have changed the same."""

    NOW = "now", "いまの値を残す"
    FILE = "file", "ファイルの値にする"
