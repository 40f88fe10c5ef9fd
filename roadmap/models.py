"""Steps, milestones, their dated updates, and the append-only baselines (docs/rules.md §6).

Late, slipped and stale are never stored: `roadmap.schedule` computes them from these rows as of a
day.
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from foundation.accounts.models import Department
from foundation.records.guards import append_only
from measures.models import Measure, Plan
from measures.querysets import lead_of
from roadmap.choices import MilestoneState, Recurrence
from roadmap.moved import Moved
from roadmap.querysets import (
    BaselineEntryQuerySet,
    BaselineQuerySet,
    MilestoneQuerySet,
    StepQuerySet,
)


class Step(models.Model):
    """工程: a row of the plan's 工程表.

    A span is two months (first of month); unknown spans stay empty (要確認).
    """

    measure = models.ForeignKey(
        Measure, verbose_name="個別施策", on_delete=models.PROTECT, related_name="steps"
    )
    order = models.PositiveSmallIntegerField("並び順")
    name = models.CharField("工程名", max_length=100)
    source_text = models.CharField("原文の文言", max_length=200, blank=True)
    recurrence = models.CharField(
        "繰返し", max_length=10, choices=Recurrence, default=Recurrence.NONE
    )
    first_month = models.DateField("開始月", null=True, blank=True)
    last_month = models.DateField("終了月", null=True, blank=True)
    actual_start = models.DateField("着手日", null=True, blank=True)
    actual_end = models.DateField("終了日", null=True, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name="所管課",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="空欄は施策の所管課",
    )
    valid_from = models.DateField("追加日", null=True, blank=True)
    valid_until = models.DateField("終了した日", null=True, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工程"
        ordering = ["measure", "order"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "order"], name="roadmap_step_order"),
            models.CheckConstraint(
                condition=Q(first_month__isnull=True, last_month__isnull=True)
                | Q(first_month__day=1, last_month__day=1, last_month__gte=F("first_month")),
                name="roadmap_step_span",
                violation_error_message="開始月と終了月は両方入力し、終了月は開始月以後にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(actual_end__isnull=True)
                | Q(actual_start__isnull=False, actual_end__gte=F("actual_start")),
                name="roadmap_step_actual",
                violation_error_message="終了日を入れるときは着手日も入力し、終了日は着手日以後にしてください。",
            ),
        ]

    def __str__(self):
        return self.name

    def department_on(self, day) -> Department | None:
        """The department that answers for the step on that day.

        Its own, else the measure's lead.
        """
        if self.department_id:
            return self.department
        return lead_of(self) if hasattr(self, "lead_id") else self.measure.lead_on(day)


class Milestone(models.Model):
    """マイルストーン: a dated checkpoint inside a step.

    Its four dates: original and approved plan come from the baselines (`planned_on` stands in
    until one holds it), `forecast_on` is the department's 見込, `completed_on` the 実績. `version`
    is the data revision of the last save, for optimistic locking.
    """

    step = models.ForeignKey(
        Step, verbose_name="工程", on_delete=models.PROTECT, related_name="milestones"
    )
    order = models.PositiveSmallIntegerField("並び順")
    name = models.CharField("名称", max_length=100)
    fiscal_year = models.PositiveSmallIntegerField("年度（毎年の工程）", null=True, blank=True)
    planned_on = models.DateField("計画日")
    added_on = models.DateField("追加日", null=True, blank=True, help_text="空欄は計画の初めから")
    state = models.CharField(
        "状態", max_length=15, choices=MilestoneState, default=MilestoneState.NOT_STARTED
    )
    forecast_on = models.DateField("見込日", null=True, blank=True)
    completed_on = models.DateField("完了日", null=True, blank=True)
    state_reason = models.CharField("見直し・中止の理由", max_length=300, blank=True)
    version = models.PositiveBigIntegerField("版番号")

    # asked for by `MilestoneQuerySet.as_of`
    original_on: date | None
    approved_on: date
    state_then: str | None
    forecast_then: date | None
    completed_then: date | None
    comment_then: str | None
    reason_then: str | None
    postponed_reason: str | None
    postponed_to: date | None
    last_update_on: date | None
    postponements: int

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "マイルストーン"
        ordering = ["step", "order", "planned_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MilestoneState.COMPLETED, completed_on__isnull=False)
                | (~Q(state=MilestoneState.COMPLETED) & Q(completed_on__isnull=True)),
                name="roadmap_milestone_completed",
                violation_error_message="「完了」には完了日が必要です。完了日は「完了」のときだけ入力できます。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MilestoneState.REVISED, MilestoneState.CANCELLED])
                | ~Q(state_reason=""),
                name="roadmap_milestone_reason",
                violation_error_message="「見直し」「中止」には理由が必要です。",
            ),
            models.UniqueConstraint(
                fields=["step", "fiscal_year"],
                condition=Q(fiscal_year__isnull=False),
                name="roadmap_milestone_yearly",
                violation_error_message="この工程には同じ年度のマイルストーンがあります。",
            ),
        ]

    def __str__(self):
        return self.name


@append_only
class MilestoneUpdate(models.Model):
    """One update of a milestone, dated, so that every figure can be asked as of a day.

    Append-only (triggers).
    """

    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, related_name="updates", verbose_name="マイルストーン"
    )
    effective_on = models.DateField("更新日")
    at = models.DateTimeField("記録日時")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="更新者",
    )
    on_behalf_of = models.CharField("代理入力の相手", max_length=100, blank=True)
    state_before = models.CharField("前の状態", max_length=15, choices=MilestoneState, blank=True)
    state_after = models.CharField("後の状態", max_length=15, choices=MilestoneState)
    forecast_before = models.DateField("前の見込日", null=True, blank=True)
    forecast_after = models.DateField("後の見込日", null=True, blank=True)
    completed_before = models.DateField("前の完了日", null=True, blank=True)
    completed_after = models.DateField("後の完了日", null=True, blank=True)
    postponed = models.BooleanField("延期", default=False, help_text="期日が後ろへ動いた更新")
    reason = models.CharField("理由", max_length=300, blank=True)
    comment = models.TextField("コメント", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "マイルストーンの更新"
        ordering = ["milestone", "effective_on", "id"]
        indexes = [
            models.Index(fields=["milestone", "-effective_on", "-id"], name="roadmap_update_newest")
        ]

    def __str__(self):
        return f"{self.milestone} {self.effective_on}"


@append_only
class Baseline(models.Model):
    """計画改定（基準版）: a named, immutable picture of the approved dates.

    Append-only (triggers).
    """

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="baselines", verbose_name="計画"
    )
    number = models.PositiveSmallIntegerField("番号")
    name = models.CharField("名称", max_length=100)
    approved_on = models.DateField("承認日")
    decision = models.CharField("決定の記録", max_length=300)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="登録者",
    )
    created_at = models.DateTimeField("登録日時")

    objects = BaselineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "計画改定（基準版）"
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="roadmap_baseline_number")
        ]

    def __str__(self):
        return self.name

    @property
    def moved_entries(self) -> "list[BaselineEntry]":
        """What its decision moved, out of the entries that are loaded."""
        return [entry for entry in self.entries.all() if entry.has_moved]


@append_only
class BaselineWithdrawal(models.Model):
    """計画改定の取消: a baseline that was recorded by mistake holds no longer.

    As of the days from `effective_on` on the approved dates are those of the baseline before. Taken
    back on the day on which it was recorded, a baseline has never held. Append-only (triggers).
    """

    baseline = models.OneToOneField(
        Baseline, on_delete=models.PROTECT, related_name="withdrawal", verbose_name="基準版"
    )
    effective_on = models.DateField("取消の効力日")
    reason = models.CharField("取り消す理由", max_length=300)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="取り消した人",
    )
    withdrawn_at = models.DateTimeField("取消日時")

    class Meta:
        verbose_name = verbose_name_plural = "計画改定の取消"

    def __str__(self):
        return f"{self.baseline}の取消"


@append_only
class BaselineEntry(Moved, models.Model):
    """What one baseline says of one step (its span) or one milestone (its date).

    Of what the decision itself moved it also says from where (`due_before`; `first_before`,
    `last_before`); these are empty for what it left as it was. Append-only; once per item.
    """

    baseline = models.ForeignKey(
        Baseline, on_delete=models.PROTECT, related_name="entries", verbose_name="基準版"
    )
    step = models.ForeignKey(
        Step,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="baseline_entries",
        verbose_name="工程",
    )
    milestone = models.ForeignKey(
        Milestone,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="baseline_entries",
        verbose_name="マイルストーン",
    )
    due_on = models.DateField("期日", null=True, blank=True)
    first_month = models.DateField("開始月", null=True, blank=True)
    last_month = models.DateField("終了月", null=True, blank=True)
    due_before = models.DateField("前の期日", null=True, blank=True)
    first_before = models.DateField("前の開始月", null=True, blank=True)
    last_before = models.DateField("前の終了月", null=True, blank=True)
    added_at = models.DateTimeField("追加日時")

    objects = BaselineEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "基準版の内容"
        ordering = ["baseline", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    milestone__isnull=False,
                    step__isnull=True,
                    due_on__isnull=False,
                    first_month__isnull=True,
                    last_month__isnull=True,
                )
                | Q(
                    milestone__isnull=True,
                    step__isnull=False,
                    due_on__isnull=True,
                    first_month__isnull=False,
                    last_month__isnull=False,
                ),
                name="roadmap_entry_step_or_milestone",
                violation_error_message="基準版の行には、工程と期間、またはマイルストーンと期日のどちらか一方を入れてください。",
            ),
            models.UniqueConstraint(
                fields=["baseline", "step"],
                condition=Q(step__isnull=False),
                name="roadmap_entry_step_once",
                violation_error_message="この基準版には、同じ工程がすでに入っています。",
            ),
            models.UniqueConstraint(
                fields=["baseline", "milestone"],
                condition=Q(milestone__isnull=False),
                name="roadmap_entry_milestone_once",
                violation_error_message="この基準版には、同じマイルストーンがすでに入っています。",
            ),
        ]

    def __str__(self):
        return f"{self.baseline} {self.step or self.milestone}"
