"""The closed lists of a sheet that comes back."""

from django.db.models import TextChoices


class Origin(TextChoices):
    """What kind of file came back."""

    ENTRY = "entry", "入力様式"
    REPORT = "report", "月次報告"
    CSV = "csv", "CSV"


MADE = {Origin.ENTRY: "様式の取得", Origin.REPORT: "月次報告の作成", Origin.CSV: "CSVの取得"}
SHEET_NAMES = {Origin.ENTRY: "様式", Origin.REPORT: "月次報告", Origin.CSV: "CSV"}  # in sentences


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
