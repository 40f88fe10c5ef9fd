"""Project teams, their members and sittings (docs/rules.md §11)."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from foundation.accounts.models import Department
from foundation.accounts.posts import post_in_words
from foundation.japanese.calendar import wareki_date
from headquarters.organisation.teams.choices import TeamPart, TeamState
from headquarters.organisation.teams.querysets import (
    SittingQuerySet,
    TeamMemberQuerySet,
    TeamQuerySet,
)
from measures.models import Measure


class ProjectTeam(models.Model):
    """プロジェクトチーム: for measures, or for a national priority item as the town names it.

    `ends_on`: its last day, once it is dissolved. `version`: data revision.
    """

    name = models.CharField("チーム名", max_length=100)
    purpose = models.CharField("目的", max_length=500, blank=True)
    measures = models.ManyToManyField(
        Measure, verbose_name="対象の施策", blank=True, related_name="teams"
    )
    national_item = models.CharField("国の示す重点取組事項", max_length=200, blank=True)
    starts_on = models.DateField("設置日")
    ends_on = models.DateField("終了日", null=True, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "プロジェクトチーム"
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="organisation_team_dates",
                violation_error_message="終了日は設置日以後の日にしてください。",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(ends_on__isnull=True),
                name="organisation_team_once",
                violation_error_message="同じチーム名がすでにあります。",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("organisation:team", args=[self.pk])

    def state_on(self, day: date) -> TeamState:
        """準備中, 活動中 or 終了 on a day."""
        if day < self.starts_on:
            return TeamState.COMING
        return TeamState.ENDED if self.ends_on and self.ends_on < day else TeamState.ACTIVE

    def members_on(self, day: date) -> list["TeamMember"]:
        """Who belongs to it on a day, by part, then as they were entered."""
        rows = [row for row in self.members.all() if row.belongs_on(day)]
        return sorted(rows, key=lambda row: row.rank)

    @property
    def concerns(self) -> str:
        """「施策1・2」, or the national priority item; both where there are both."""
        numbers = "・".join(str(row.number) for row in self.measures.all())
        return "　".join(filter(None, [numbers and f"施策{numbers}", self.national_item]))


class TeamMember(models.Model):
    """構成員 of a team from a day until a day: a department, a post or a person by name."""

    team = models.ForeignKey(
        ProjectTeam, verbose_name="チーム", on_delete=models.CASCADE, related_name="members"
    )
    part = models.CharField("役", max_length=10, choices=TeamPart, default=TeamPart.MEMBER)
    department = models.ForeignKey(
        Department,
        verbose_name="課",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    post = models.CharField("職", max_length=50, blank=True)
    name = models.CharField("氏名", max_length=100, blank=True)
    valid_from = models.DateField("いつから")
    valid_until = models.DateField("いつまで", null=True, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)

    objects = TeamMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "チームの構成員"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="organisation_team_member_dates",
                violation_error_message="「いつまで」は「いつから」以後の日にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(department__isnull=False) | ~Q(post="") | ~Q(name=""),
                name="organisation_team_member_named",
                violation_error_message="課、職、氏名のどれかを入力してください。",
            ),
        ]

    def __str__(self):
        return f"{self.place} {self.name}".strip()

    @property
    def rank(self) -> tuple[int, int]:
        """Its place in the list: by part, then as it was entered."""
        parts = list(TeamPart)
        return (parts.index(TeamPart(self.part)), self.pk)

    @property
    def place(self) -> str:
        """「企画調整課 企画係長」; of a post that names its department 「住民環境課長」."""
        department = self.department.name if self.department else ""
        return post_in_words(
            department,
            self.post,
        )

    def belongs_on(self, day: date) -> bool:
        """Does it belong to the team on that day?"""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def period(self) -> str:
        """「令和8年5月15日から」, 「令和8年5月15日から令和8年8月31日まで」."""
        until = f"{wareki_date(self.valid_until)}まで" if self.valid_until else ""
        return f"{wareki_date(self.valid_from)}から{until}"


class Sitting(models.Model):
    """会合 of a team: notes and decisions; what it asks of departments are action items.

    `decisions`: one a line.
    """

    team = models.ForeignKey(
        ProjectTeam, verbose_name="チーム", on_delete=models.PROTECT, related_name="sittings"
    )
    held_on = models.DateField("開催日")
    place = models.CharField("場所", max_length=100, blank=True)
    attendance = models.CharField("出席", max_length=200, blank=True)
    notes = models.TextField("会合の記録", max_length=4000, blank=True)
    decisions = models.TextField("決定", max_length=2000, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "チームの会合"
        ordering = ["-held_on", "-pk"]

    def __str__(self):
        return f"{self.team}の会合（{wareki_date(self.held_on)}）"

    def get_absolute_url(self):
        return f"{self.team.get_absolute_url()}#sitting-{self.pk}"

    @property
    def decided(self) -> list[str]:
        """Its decisions, one by one."""
        return [line.strip() for line in self.decisions.splitlines() if line.strip()]
