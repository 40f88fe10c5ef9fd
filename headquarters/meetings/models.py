"""Headquarters meetings.

Agenda, attendance, minutes, decisions and action items (docs/rules.md §8).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation.accounts.models import Department
from foundation.records.guards import append_only
from headquarters.meetings.querysets import ActionItemQuerySet
from headquarters.reviews.models import ReviewCycle
from kpi.models import Target
from measures.models import Measure, Plan
from roadmap.models import Baseline


class ActionState(models.TextChoices):
    """An action item is carried from meeting to meeting until the secretariat closes it."""

    OPEN = "open", "未回答"
    ANSWERED = "answered", "回答済み"
    CLOSED = "closed", "完結"


class Meeting(models.Model):
    """推進本部会議. `month` is the month whose numbers it looks at (first of month)."""

    plan = models.ForeignKey(
        Plan, verbose_name="計画", on_delete=models.PROTECT, related_name="meetings"
    )
    title = models.CharField("会議名", max_length=100)
    held_on = models.DateField("開催日")
    place = models.CharField("場所", max_length=100, blank=True)
    month = models.DateField("数値の月", help_text="この月の末日時点の数値で審議します")
    cycle = models.ForeignKey(
        ReviewCycle,
        verbose_name="評価サイクル",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    attendance = models.TextField("出席者", max_length=2000, blank=True)
    minutes = models.TextField("会議録", max_length=20000, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "推進本部会議"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1), name="meetings_meeting_first_of_month"
            )
        ]

    def __str__(self):
        return self.title


class AgendaItem(models.Model):
    """議題."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    order = models.PositiveSmallIntegerField("順番")
    title = models.CharField("議題", max_length=200)
    note = models.CharField("説明", max_length=500, blank=True)
    measure = models.ForeignKey(
        Measure,
        verbose_name="個別施策",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = verbose_name_plural = "議題"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.title


@append_only
class Decision(models.Model):
    """決定事項. It may have made a target version or a roadmap baseline. Append-only (triggers)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    measure = models.ForeignKey(
        Measure,
        verbose_name="個別施策",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.CharField("決定事項", max_length=500)
    target = models.ForeignKey(
        Target,
        verbose_name="見直した目標",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    baseline = models.ForeignKey(
        Baseline,
        verbose_name="基準版",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("記録日時")

    class Meta:
        verbose_name = verbose_name_plural = "決定事項"
        ordering = ["pk"]

    def __str__(self):
        return self.text


class ActionItem(models.Model):
    """対応事項（指示事項): what a department is asked to do by a day, carried until closed.

    `version`: data revision.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="action_items")
    measure = models.ForeignKey(
        Measure,
        verbose_name="個別施策",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    department = models.ForeignKey(
        Department, verbose_name="担当課", on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField("指示事項", max_length=500)
    due_on = models.DateField("期限")
    state = models.CharField("状態", max_length=10, choices=ActionState, default=ActionState.OPEN)
    answer = models.TextField("回答", max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField("回答日時", null=True, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "対応事項"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(answer=""),
                name="meetings_item_answered",
                violation_error_message="回答を入力してください。",
            )
        ]

    def __str__(self):
        return self.text
