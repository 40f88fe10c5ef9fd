"""The closed lists of the reviews: states, directions (on screen as labelled: docs/words.md)."""

from django.db.models import TextChoices


class CycleState(TextChoices):
    """A cycle is prepared, then asked for, then closed."""

    PLANNED = "planned", "準備中"
    OPEN = "open", "照会中"
    CLOSED = "closed", "終了"


class ReviewState(TextChoices):
    """The states of a sheet, in their order."""

    DRAFT = "draft", "下書き"
    SUBMITTED = "submitted", "提出"
    CHECKED = "checked", "事務局確認"
    GRADED = "graded", "本部評価済"


class Occasion(TextChoices):
    """When the numbers beside a sheet are kept."""

    SUBMITTED = "submitted", "提出時"
    GRADED = "graded", "本部評価時"


class NextDirection(TextChoices):
    """今後の方向性."""

    EXPAND = "expand", "拡充"
    CONTINUE = "continue", "継続"
    IMPROVE = "improve", "改善"
    SHRINK = "shrink", "縮小"
    FINISH = "finish", "完了"
    STOP = "stop", "中止"
