"""The closed lists of the meetings (on screen as labelled: docs/words.md)."""

from django.db.models import TextChoices


class MeetingState(TextChoices):
    """A meeting is prepared, held (from then on it shows the numbers that it looked at), and its
    minutes are settled; or it is called off.
    """

    PREPARING = "preparing", "準備中"
    HELD = "held", "開催"
    SETTLED = "settled", "会議録確定"
    CALLED_OFF = "off", "取りやめ"


OPEN = (MeetingState.PREPARING, MeetingState.HELD)  # decides, instructs, is written about
OVER = (MeetingState.HELD, MeetingState.SETTLED)  # looked at numbers that are kept


class Presence(TextChoices):
    """Of a member of the headquarters at a meeting."""

    PRESENT = "present", "出席"
    ABSENT = "absent", "欠席"
    DEPUTY = "deputy", "代理"
