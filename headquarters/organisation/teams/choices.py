"""The closed lists of project teams. On screen as labelled here (docs/words.md)."""

from django.db.models import TextChoices


class TeamPart(TextChoices):
    """役: what a member is in a team, in the order in which they are shown."""

    LEADER = "leader", "リーダー"
    DEPUTY = "deputy", "副リーダー"
    MEMBER = "member", "構成員"


class TeamState(TextChoices):
    """Follows from the days of a team; it is never stored."""

    COMING = "todo", "準備中"
    ACTIVE = "doing", "活動中"
    ENDED = "done", "終了"
