"""What the trail of a person's use can hold."""

from django.db.models import TextChoices


class Event(TextChoices):
    """What happened at a door of the portal."""

    SIGNED_IN = "signed_in", "ログイン"
    REFUSED = "refused", "ログインの失敗"
    LOCKED = "locked", "ログインの停止"
    SIGNED_OUT = "signed_out", "ログアウト"
    DOWNLOADED = "downloaded", "ファイルの取り出し"


BAD = (Event.REFUSED, Event.LOCKED)
