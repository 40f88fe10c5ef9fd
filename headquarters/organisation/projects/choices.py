"""The states of a project. On screen as labelled here (docs/words.md)."""

from django.db.models import TextChoices


class ProjectState(TextChoices):
    """As of a milestone; a project is never late by itself, its milestones are."""

    NOT_STARTED = "not_started", "未着手"
    IN_PROGRESS = "in_progress", "実施中"
    COMPLETED = "completed", "完了"
    CANCELLED = "cancelled", "中止"


SIGNS = {  # by which sign a state is drawn (components/state.html)
    ProjectState.NOT_STARTED: "todo",
    ProjectState.IN_PROGRESS: "doing",
    ProjectState.COMPLETED: "done",
    ProjectState.CANCELLED: "off",
}
