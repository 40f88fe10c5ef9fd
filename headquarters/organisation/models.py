"""Action items 対応事項（指示事項） (docs/rules.md §8).

The roster, the projects and the teams stand in doors of their own.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation.accounts.models import Department
from foundation.records.readers import rule
from headquarters.organisation.choices import ActionState
from headquarters.organisation.projects.models import Project as Project
from headquarters.organisation.projects.models import ProjectAmount as ProjectAmount
from headquarters.organisation.querysets import ActionItemQuerySet
from headquarters.organisation.roster.models import Holding as Holding
from headquarters.organisation.roster.models import Post as Post
from headquarters.organisation.teams.models import ProjectTeam as ProjectTeam
from headquarters.organisation.teams.models import Sitting as Sitting
from headquarters.organisation.teams.models import TeamMember as TeamMember
from measures.models import Measure

RELATED = ("meeting", "sitting", "measure", "department", "answered_by")


class ActionItem(models.Model):
    """対応事項（指示事項): what a department is asked to do by a day, carried until closed.

    Given by a meeting of the headquarters or by the sitting of a project team, never by both.
    `version`: data revision.
    """

    meeting = models.ForeignKey(
        "meetings.Meeting",
        on_delete=models.PROTECT,
        related_name="action_items",
        verbose_name="会議",
        null=True,
        blank=True,
    )
    sitting = models.ForeignKey(
        Sitting,
        on_delete=models.PROTECT,
        related_name="action_items",
        verbose_name="チームの会合",
        null=True,
        blank=True,
    )
    measure = models.ForeignKey(
        Measure,
        verbose_name="個別施策",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    department = models.ForeignKey(
        Department, verbose_name="所管課", on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField("指示事項", max_length=500)
    due_on = models.DateField("期限")
    state = models.CharField("状態", max_length=10, choices=ActionState, default=ActionState.OPEN)
    answer = models.TextField("回答", max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="回答者",
    )
    answered_at = models.DateTimeField("回答日時", null=True, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        app_label = "meetings"  # where its table and its content type have always been (ADR 14)
        verbose_name = verbose_name_plural = "指示事項"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=True) ^ Q(sitting__isnull=True),
                name="meetings_item_one_source",
                violation_error_message="会議かチームの会合の、どちらか一方の指示事項です。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ActionState.OPEN, ActionState.WITHDRAWN]) | ~Q(answer=""),
                name="meetings_item_answered",
                violation_error_message="回答を入力してください。",
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def source(self) -> Any:
        """What gave it: a Meeting or a Sitting; both have a day (`held_on`) and a page."""
        return self.meeting or self.sitting


DRAFT_ANSWER = rule(
    "meetings.answer", lambda user: ActionItem.objects.answers_visible_to(user)
)  # the entries of an answer that is not given yet
