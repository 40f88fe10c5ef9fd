"""The closed lists of the roster. On screen as labelled here (docs/words.md)."""

from django.db.models import TextChoices


class Duty(TextChoices):
    """役: as the plan's chapter 4 names them, in the order in which they are shown."""

    HEAD = "head", "本部長"
    DEPUTY = "deputy", "副本部長"
    MEMBER = "member", "委員"
    OFFICE = "office", "事務局"


class Part(TextChoices):
    """会議の出欠: what the holder of a post does at a meeting."""

    ATTENDS = "attends", "出席"
    EXPLAINS = "explains", "説明"
    RECORDS = "records", "記録"
