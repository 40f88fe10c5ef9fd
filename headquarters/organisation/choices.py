"""The closed lists of action items. On screen as labelled here (docs/words.md)."""

from django.db.models import TextChoices


class ActionState(TextChoices):
    """An action item is carried from meeting to meeting until the secretariat closes it.

    One that was given by mistake is withdrawn.
    """

    OPEN = "open", "未回答"
    ANSWERED = "answered", "回答済み"
    CLOSED = "closed", "完結"
    WITHDRAWN = "withdrawn", "取消"
