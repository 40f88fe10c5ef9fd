"""The tokens of departments, by which Excel reads the feeds, and how often each was used."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Max, OuterRef, Q, Subquery, Sum
from django.urls import reverse

from foundation.accounts.models import Department
from headquarters.feeds.choices import TokenState


class FeedTokenQuerySet(models.QuerySet["FeedToken"]):
    """Questions asked of tokens."""

    def numbered(self, number: str) -> "FeedToken | None":
        """The token of that number, with its department."""
        return self.filter(number=number).select_related("department").first()

    def like(self, department: Department, purpose: str, on: date) -> Self:
        """Those of the same department and purpose that are neither revoked nor expired."""
        lasting = Q(expires_on__isnull=True) | Q(expires_on__gte=on)
        return self.filter(lasting, department=department, purpose=purpose, revoked_at__isnull=True)

    def listed(self) -> Self:
        """All tokens by department, each with `used`, `refused`, `last_used_at` and the feed and
        address of the last use. One query.
        """
        answered = Q(uses__allowed=True)
        last = FeedUse.objects.filter(token=OuterRef("pk"), allowed=True).order_by("-last_at")
        return (
            self.select_related("department", "made_by", "revoked_by")
            .annotate(
                used=Sum("uses__count", filter=answered, default=0),
                refused=Sum("uses__count", filter=Q(uses__allowed=False), default=0),
                last_used_at=Max("uses__last_at", filter=answered),
                last_feed=Subquery(last.values("feed")[:1]),
                last_address=Subquery(last.values("last_address")[:1]),
            )
            .order_by("department__sort_order", "department__code", "-made_at", "pk")
        )


class FeedToken(models.Model):
    """接続キー: opens the feeds for a department until it is revoked. Never deleted.

    `number` is in the token's own text and no secret; of the text only the SHA-256 is stored.
    """

    department = models.ForeignKey(
        Department, verbose_name="課", on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField("使いみち", max_length=60)
    number = models.CharField("キーの番号", max_length=8, unique=True)
    digest = models.CharField("照合値", max_length=64)
    expires_on = models.DateField("有効期限", null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="発行した人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField("発行日時")
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="取り消した人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    revoked_at = models.DateTimeField("取消日時", null=True, blank=True)
    revoked_because = models.CharField("取り消した理由", max_length=200, blank=True)

    objects = FeedTokenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接続キー"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_because="")
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="feeds_token_revoked_by_somebody",
                violation_error_message="取り消した人と取消日時は一緒に記録します。",
            )
        ]

    def __str__(self):
        return f"{self.department}の接続キー「{self.purpose}」"

    def get_absolute_url(self):
        return reverse("feeds:tokens")

    def state_on(self, day: date) -> TokenState:
        """Does it open the feeds on that day?"""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        if self.expires_on is not None and self.expires_on < day:
            return TokenState.EXPIRED
        exists = self.department.exists_on(day)
        return TokenState.IN_USE if exists else TokenState.DEPARTMENT_ENDED


class FeedUseQuerySet(models.QuerySet["FeedUse"]):
    """Questions asked of uses."""

    def counted(self, **told) -> int:
        """Count one more use in the row that is there already; returns how many rows that were."""
        return self.update(
            count=F("count") + 1,
            **told,
        )


class FeedUse(models.Model):
    """How often a token was used for a feed on a day: counted, so that the table stays small.

    One line of the log tells each use. `allowed`: was it answered, or refused because the token is
    revoked, expired or its department has ended?
    """

    token = models.ForeignKey(
        FeedToken, verbose_name="接続キー", on_delete=models.PROTECT, related_name="uses"
    )
    day = models.DateField("日")
    feed = models.CharField("取得したもの", max_length=20)
    allowed = models.BooleanField("応じた")
    count = models.PositiveIntegerField("回数", default=1)
    last_at = models.DateTimeField("最後の日時")
    last_address = models.GenericIPAddressField("最後のアドレス", null=True, blank=True)

    objects = FeedUseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接続キーの使用"
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["token", "day", "feed", "allowed"], name="feeds_use_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.day} {self.feed} {self.count}回"
