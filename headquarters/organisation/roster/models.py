"""The posts of the headquarters and who holds them from when to when (docs/rules.md §11)."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from foundation.accounts.models import Department
from foundation.japanese.calendar import wareki_date
from headquarters.organisation.roster.choices import Duty, Part
from headquarters.organisation.roster.querysets import HoldingQuerySet, PostQuerySet


class Post(models.Model):
    """役職: a place in the headquarters, held by one person at a time, or by nobody (未登録).

    `ends_on`: the last day of a post that was given up. `version`: data revision.
    """

    duty = models.CharField("役", max_length=10, choices=Duty)
    title = models.CharField("職", max_length=50)
    department = models.ForeignKey(
        Department,
        verbose_name="課",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    part = models.CharField("会議の出欠", max_length=10, choices=Part, default=Part.ATTENDS)
    order = models.PositiveSmallIntegerField("並び順", default=0)
    ends_on = models.DateField("最後の日", null=True, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "推進本部の役職"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "title"],
                condition=Q(ends_on__isnull=True),
                name="organisation_post_once",
                violation_error_message="同じ役・職がすでに名簿にあります。",
            )
        ]

    def __str__(self):
        return f"{self.get_duty_display()}　{self.title}"

    @property
    def rank(self) -> tuple[int, int, int]:
        """Its place in the roster: by duty, then by order, then as it was added."""
        return (list(Duty).index(Duty(self.duty)), self.order, self.pk)

    def stands_on(self, day: date) -> bool:
        """Is it a post of the headquarters on that day?"""
        return self.ends_on is None or day <= self.ends_on

    def holder_on(self, day: date) -> "Holding | None":
        """Who holds it on that day; None: 未登録."""
        return next((row for row in self.holdings.all() if row.holds_on(day)), None)


class Holding(models.Model):
    """在任: a person, by name as the town entered it, in a post from a day until a day."""

    post = models.ForeignKey(
        Post, verbose_name="役職", on_delete=models.PROTECT, related_name="holdings"
    )
    name = models.CharField("氏名", max_length=100)
    valid_from = models.DateField("いつから")
    valid_until = models.DateField("いつまで", null=True, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "推進本部の在任"
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="organisation_holding_dates",
                violation_error_message="「いつまで」は「いつから」以後の日にしてください。",
            ),
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(valid_until__isnull=True),
                name="organisation_holding_one_open",
                violation_error_message="この役職には、在任中の人がすでにいます。",
            ),
            models.UniqueConstraint(
                fields=["post", "valid_from"],
                name="organisation_holding_once_a_day",
                violation_error_message="同じ役職に、同じ日から在任する人がすでにいます。",
            ),
        ]

    def __str__(self):
        return self.name

    def holds_on(self, day: date) -> bool:
        """Does this person hold the post on that day?"""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def in_words(self) -> str:
        """「甲野 一郎（令和8年4月1日から令和9年3月31日まで）」."""
        until = f"{wareki_date(self.valid_until)}まで" if self.valid_until else ""
        return f"{self.name}（{wareki_date(self.valid_from)}から{until}）"
