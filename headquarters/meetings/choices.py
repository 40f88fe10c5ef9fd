"""The closed lists of the meetings (on screen as labelled: docs/words.md)."""

from django.db.models import TextChoices


class MeetingState(TextChoices):
    """A meeting is prepared, then held: from then on it shows the numbers that it looked at."""

    PREPARING = "preparing", "準備中"
    HELD = "held", "開催"
