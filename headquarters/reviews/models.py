"""Review cycles and PDCA sheets (docs/rules.md §7).

The automatic verdict of a draft is computed (`reviews.facts`); what a sheet was judged on is kept.
"""

from copy import copy
from datetime import date
from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property

from foundation.japanese.calendar import last_of_month
from foundation.records.guards import append_only, keep_when
from foundation.records.readers import entries_read_as
from headquarters.reviews.choices import CycleState, NextDirection, Occasion, ReviewState
from headquarters.reviews.querysets import ReviewQuerySet
from measures.labels import call_on, call_out_of
from measures.models import Measure, Plan
from measures.querysets import lead_on

LETTERS = [(letter, letter) for letter in "ABCD"]


class ReviewCycle(models.Model):
    """評価サイクル: what is asked of every measure, as of the end of a month.

    Addresses (`code`): 2026-mid, 2026-end, 2026-q1.
    """

    plan = models.ForeignKey(
        Plan, verbose_name="計画", on_delete=models.PROTECT, related_name="review_cycles"
    )
    code = models.SlugField("識別名", max_length=20, unique=True)
    name = models.CharField("名称", max_length=50)
    fiscal_year = models.PositiveSmallIntegerField("年度（西暦）")
    as_of = models.DateField("時点の月", help_text="その月の1日。事実はこの月の末日時点で示します")
    asked_on = models.DateField("照会日")
    due_on = models.DateField("提出期限")
    fixed_on = models.DateField("確定予定日")
    state = models.CharField("状態", max_length=10, choices=CycleState, default=CycleState.PLANNED)

    class Meta:
        verbose_name = verbose_name_plural = "評価サイクル"
        ordering = ["-as_of", "-code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(as_of__day=1),
                name="reviews_cycle_first_of_month",
                violation_error_message="時点の月は1日の日付で保存します。",
            ),
            models.CheckConstraint(
                condition=Q(
                    asked_on__gt=models.F("as_of"),
                    due_on__gte=models.F("asked_on"),
                    fixed_on__gte=models.F("due_on"),
                ),
                name="reviews_cycle_dates",
                violation_error_message="照会日は時点の月の後、提出期限は照会日以後、確定予定日は提出期限以後にしてください。",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def day(self) -> date:
        """The day as of which its sheets are judged."""
        return last_of_month(self.as_of)

    @property
    def graded(self) -> int:
        """How many sheets the headquarters has graded (over prefetched sheets)."""
        return sum(review.state == ReviewState.GRADED for review in self.reviews.all())


@entries_read_as("reviews.sheet", lambda user: Review.objects.readable_by(user))
@keep_when("(OLD.state <> 'draft' OR OLD.round > 0)")
class Review(models.Model):
    """PDCAシート of one measure in one cycle. `version` is the data revision of its last save."""

    cycle = models.ForeignKey(
        ReviewCycle, verbose_name="評価サイクル", on_delete=models.PROTECT, related_name="reviews"
    )
    measure = models.ForeignKey(
        Measure, verbose_name="個別施策", on_delete=models.PROTECT, related_name="reviews"
    )
    state = models.CharField("状態", max_length=10, choices=ReviewState, default=ReviewState.DRAFT)
    plan_text = models.TextField("P 年度計画", max_length=2000, blank=True)
    done_text = models.TextField("D 取組実績", max_length=2000, blank=True)
    analysis = models.TextField("C 要因分析（成果・課題）", max_length=2000, blank=True)
    next_action = models.TextField("A 今後の対応", max_length=2000, blank=True)
    next_direction = models.CharField(
        "今後の方向性", max_length=10, choices=NextDirection, blank=True
    )
    self_grade = models.CharField("自己評価", max_length=1, choices=LETTERS, blank=True)
    self_grade_reason = models.CharField("自動判定と違う理由", max_length=300, blank=True)
    headquarters_grade = models.CharField("本部評価", max_length=1, choices=LETTERS, blank=True)
    headquarters_comment = models.CharField("本部のコメント", max_length=300, blank=True)
    round = models.PositiveSmallIntegerField("差戻しの回数", default=0)
    version = models.PositiveBigIntegerField("版番号", default=0)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="更新者",
    )
    updated_at = models.DateTimeField("更新日時", null=True)

    lead_id: int | None  # asked for by `ReviewQuerySet.full`: the measure's lead
    returned_because: str | None  # asked for there too: the return that stands

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "PDCAシート"
        ordering = ["-cycle__as_of", "measure__number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "measure"], name="reviews_review_once"),
            models.CheckConstraint(
                condition=~Q(state=ReviewState.GRADED) | ~Q(headquarters_grade=""),
                name="reviews_review_graded",
                violation_error_message="本部評価済には本部評価が必要です。",
            ),
        ]

    def __str__(self):
        return f"{self.cycle} {self.called}"

    @cached_property
    def called(self) -> Measure:
        """The measure under the number and name of the cycle's day: so addresses and pages say it.

        A copy, never saved. Of `ReviewQuerySet.full` without a query.
        """
        measure, day = copy(self.measure), self.cycle.day
        if not hasattr(self, "labels_told"):
            return cast(Measure, call_on(measure, day))
        return cast(Measure, call_out_of(self.labels_told, measure, day))

    def get_absolute_url(self) -> str:
        """Its page, by the number that the measure had on the cycle's day."""
        return reverse("reviews:sheet", args=[self.cycle.code, self.called.number])

    @property
    def department_id(self) -> int | None:
        """The measure's lead as annotated by the queryset, else asked for."""
        if hasattr(self, "lead_id"):
            return self.lead_id
        return (
            type(self.measure).objects.annotate(**lead_on(date.max)).get(pk=self.measure_id).lead_id
        )


class ReviewReturn(models.Model):
    """差戻しの理由 of one round, and from which state it came back."""

    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, related_name="returns", verbose_name="PDCAシート"
    )
    round = models.PositiveSmallIntegerField("差戻しの回")
    from_state = models.CharField("差戻し前の状態", max_length=10, choices=ReviewState)
    reason = models.CharField("差戻しの理由", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="更新者",
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = verbose_name_plural = "PDCAシートの差戻し"
        ordering = ["-id"]

    def __str__(self):
        return self.reason


@append_only
class KeptFacts(models.Model):
    """提出時・本部評価時の数字: `stored.SheetFacts` as JSON, a row each time.

    Append-only (triggers).
    """

    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, related_name="kept_facts", verbose_name="PDCAシート"
    )
    round = models.PositiveSmallIntegerField("差戻しの回数")
    occasion = models.CharField("残した時", max_length=10, choices=Occasion)
    format_version = models.PositiveSmallIntegerField("形式の版")
    facts = models.TextField("数字")
    kept_at = models.DateTimeField("残した日時")

    class Meta:
        verbose_name = verbose_name_plural = "PDCAシートの提出時の数字"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.review} {self.get_occasion_display()}の数字"
