"""Headquarters meetings.

Agenda, attendance, minutes and decisions (docs/rules.md §8).
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from foundation.japanese.calendar import fiscal_year_name
from foundation.records.guards import append_only
from headquarters.meetings.choices import OPEN, MeetingState, Presence
from headquarters.meetings.querysets import DecisionQuerySet, MeetingQuerySet
from headquarters.reports.models import Edition
from headquarters.reviews.models import ReviewCycle
from kpi import words
from kpi.models import Target
from measures.models import Measure, Plan
from roadmap.models import Baseline
from roadmap.moves_told import moves_told


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
    state = models.CharField(
        "状態", max_length=10, choices=MeetingState, default=MeetingState.PREPARING
    )
    attendance = models.TextField("出席者", max_length=2000, blank=True)
    minutes = models.TextField("会議録", max_length=20000, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "推進本部会議"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="meetings_meeting_first_of_month",
                violation_error_message="数値の月は1日の日付で保存します。",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("meetings:meeting", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """May anything be recorded in it: neither settled nor called off."""
        return self.state in OPEN

    def check_open(self) -> None:
        """ValidationError in words when nothing may be recorded in it any more.

        Asked inside the lock: the state is read anew.
        """
        self.refresh_from_db(fields=["state"])
        if self.state == MeetingState.CALLED_OFF:
            raise ValidationError("取りやめた会議です。記録は加えられません。")
        if not self.is_open:
            raise ValidationError(
                "会議録を確定した会議です。記録を変えるときは、事務局が確定を解いてください。"
            )


@append_only
class HeldNumbers(models.Model):
    """開催時の数字: what a meeting looked at for ever.

    An edition, or the whole report of that moment as JSON. Append-only (triggers).
    """

    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, related_name="held_numbers", verbose_name="会議"
    )
    edition = models.ForeignKey(
        Edition,
        verbose_name="版",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    report = models.TextField("内容", blank=True)
    kept_at = models.DateTimeField("残した日時")

    class Meta:
        verbose_name = verbose_name_plural = "開催時の数字"
        constraints = [
            models.CheckConstraint(
                condition=Q(edition__isnull=True) ^ Q(report=""),
                name="meetings_held_numbers_one",
                violation_error_message="版か、その時の報告のどちらか一方を残します。",
            )
        ]

    def __str__(self):
        return f"{self.meeting} 開催時の数字"


class AgendaItem(models.Model):
    """議題."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="agenda", verbose_name="会議"
    )
    order = models.PositiveSmallIntegerField("順番")
    title = models.CharField("議題", max_length=200)
    note = models.CharField("説明", max_length=500, blank=True)
    proposed = models.BooleanField(
        "案のまま", default=False, help_text="自動で並べた案。案を作り直すと入れ替わる"
    )
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


class Attendee(models.Model):
    """出席者: a member of the headquarters at a meeting, by post and name as they were then."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="attendees", verbose_name="会議"
    )
    order = models.PositiveSmallIntegerField("順番")
    post = models.CharField("職名", max_length=100, blank=True)
    name = models.CharField("氏名", max_length=100)
    presence = models.CharField("出欠", max_length=10, choices=Presence)
    note = models.CharField("代理の氏名・備考", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "出席者"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "post", "name"], name="meetings_attendee_once"
            )
        ]

    def __str__(self):
        return f"{self.post}　{self.name}".strip("　")


@append_only
class Decision(models.Model):
    """決定事項. It may have made a roadmap baseline and target versions (`revised`).

    Append-only (triggers); one that was recorded by mistake is taken back (`DecisionWithdrawal`).
    """

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="decisions", verbose_name="会議"
    )
    measure = models.ForeignKey(
        Measure,
        verbose_name="個別施策",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.CharField("決定事項", max_length=500)
    baseline = models.ForeignKey(
        Baseline,
        verbose_name="基準版",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="記録者"
    )
    recorded_at = models.DateTimeField("記録日時")

    moved_told: list[dict[str, Any]] | None  # asked for by `DecisionQuerySet.full`

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "決定事項"
        ordering = ["pk"]

    def __str__(self):
        return self.text

    @property
    def moved(self) -> list[Any]:
        """The entries of its baseline that it moved; it was asked for in `full`."""
        return moves_told(self.moved_told)

    @property
    def has_made(self) -> bool:
        """Did it change anything of the plan?"""
        return bool(self.baseline_id or self.revised.all())


@append_only
class RevisedTarget(models.Model):
    """目標の見直し: a target version that a decision made. Append-only (triggers)."""

    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="revised", verbose_name="決定事項"
    )
    target = models.ForeignKey(
        Target, on_delete=models.PROTECT, related_name="+", verbose_name="見直した目標"
    )

    class Meta:
        verbose_name = verbose_name_plural = "決定による目標の見直し"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["target"], name="meetings_revised_target_once")
        ]

    def __str__(self):
        return f"{self.target}"

    @property
    def words(self) -> str:
        """What is aimed at now."""
        return words.target(self.target)

    @property
    def said(self) -> str:
        """「1-2 オンライン申請件数　令和8年度の目標　1,000（第2版）」."""
        row = self.target
        year = fiscal_year_name(row.fiscal_year)
        return f"{row.indicator}　{year}の目標　{self.words}（{row.name}）"


@append_only
class DecisionWithdrawal(models.Model):
    """決定事項の取消: recorded by mistake; what it made is taken back with it. Append-only."""

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="withdrawal", verbose_name="決定事項"
    )
    reason = models.CharField("取り消す理由", max_length=300)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="取消者"
    )
    withdrawn_at = models.DateTimeField("取消日時")

    class Meta:
        verbose_name = verbose_name_plural = "決定事項の取消"

    def __str__(self):
        return f"{self.decision}の取消"
