"""The plan as the town wrote it: policies, measures, chapters, statistics, and what it left open.

Source: fixtures/source/osaki-dx-plan.md; every fact that is not plainly the plan's own has an
`OpenPoint`.
"""

from datetime import date

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q

from foundation.accounts.models import Department
from measures.labels import FormerMeasureLabel as FormerMeasureLabel
from measures.months import PlanMonths
from measures.querysets import MeasureQuerySet, OpenPointQuerySet, PlanQuerySet, lead_of
from measures.setting import PlanSetting as PlanSetting


class Plan(models.Model):
    """The plan itself: its period, its vision, who is responsible. One row per plan period."""

    title = models.CharField("計画名", max_length=100, unique=True)
    municipality = models.CharField("団体名", max_length=50)
    municipality_code = models.CharField("全国地方公共団体コード", max_length=6)
    adopted_on = models.DateField("策定年月", help_text="その月の1日")
    first_fiscal_year = models.PositiveSmallIntegerField("初年度（西暦）")
    last_fiscal_year = models.PositiveSmallIntegerField("最終年度（西暦）")
    parent_plan = models.CharField("上位計画", max_length=100)
    parent_goal = models.CharField("上位計画の重点目標", max_length=200)
    vision = models.CharField("目指す姿", max_length=200)
    headquarters = models.CharField("推進本部", max_length=100)
    headquarters_members = models.CharField("推進本部の構成", max_length=200)
    secretariat = models.CharField("事務局", max_length=100)
    management = models.CharField("進捗管理の方法", max_length=200)
    revision_rule = models.CharField("見直しの定め", max_length=200)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "計画"
        ordering = ["first_fiscal_year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_fiscal_year__gte=F("first_fiscal_year")),
                name="measures_plan_years",
                violation_error_message="最終年度は開始年度以後にしてください。",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def months(self) -> PlanMonths:
        """The plan's months."""
        return PlanMonths.between(self.first_fiscal_year, self.last_fiscal_year)

    @property
    def fiscal_years(self) -> range:
        """The plan's fiscal years (western)."""
        return range(
            self.first_fiscal_year,
            self.last_fiscal_year + 1,
        )


class BasicPolicy(models.Model):
    """基本方針: one of the pillars."""

    class TargetArea(models.TextChoices):
        COMMUNITY = "community", "地域社会"
        MUNICIPALITY = "municipality", "自治体"

    plan = models.ForeignKey(
        Plan, verbose_name="計画", on_delete=models.PROTECT, related_name="policies"
    )
    number = models.PositiveSmallIntegerField("番号")
    name = models.CharField("名称", max_length=100)
    target = models.CharField("対象", max_length=20, choices=TargetArea, blank=True)
    effect = models.CharField("効果", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "基本方針"
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="measures_policy_number")
        ]

    def __str__(self):
        return f"{self.number} {self.name}"


def _place(department: dict) -> tuple:
    """As departments are listed."""
    return (department["order"], department["code"])


class Measure(models.Model):
    """個別施策. The five text fields hold the plan's words.

    The screen may show a corrected `name`.
    """

    policy = models.ForeignKey(
        BasicPolicy, verbose_name="基本方針", on_delete=models.PROTECT, related_name="measures"
    )
    number = models.PositiveSmallIntegerField("番号", unique=True)
    name = models.CharField("名称", max_length=100)
    source_text = models.CharField("原文の名称", max_length=100, blank=True)
    summary = models.TextField("概要")
    current_issues = models.TextField("現状・課題", blank=True)
    initiatives = models.TextField("取組", blank=True)
    kpi_text = models.TextField("KPI（原文）", blank=True)
    roadmap_text = models.TextField("工程表（原文）", blank=True)
    related_departments = models.ManyToManyField(
        Department, verbose_name="関係課", blank=True, related_name="related_measures"
    )
    valid_from = models.DateField("追加日", null=True, blank=True, help_text="空欄は計画の初めから")
    valid_until = models.DateField("終了日", null=True, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "個別施策"
        ordering = ["number"]

    def __str__(self):
        return f"{self.number} {self.name}"

    def lead_on(self, day) -> Department | None:
        """所管課 on that day: the newest assignment begun by then, or None (所管課未定)."""
        begun = [lead for lead in self.leads.all() if lead.starts_on <= day]
        return max(begun, key=lambda lead: lead.starts_on).department if begun else None

    @property
    def related_names(self) -> str:
        """「総務課・税務課」: 関係課 of `MeasureQuerySet.with_lead`."""
        rows = self.related_told or []  # type: ignore[attr-defined]
        return "・".join(row["name"] for row in sorted(rows, key=_place))

    @property
    def lead_department(self) -> Department | None:
        """The newest 所管課, or None while the town has not named one."""
        return lead_of(self) if hasattr(self, "lead_id") else self.lead_on(date.max)


class MeasureLead(models.Model):
    """所管課 from a day on.

    A month asks for the lead at its end, so a change in April leaves March as it was.
    """

    measure = models.ForeignKey(
        Measure, verbose_name="個別施策", on_delete=models.CASCADE, related_name="leads"
    )
    department = models.ForeignKey(
        Department, verbose_name="所管課", on_delete=models.PROTECT, related_name="+"
    )
    starts_on = models.DateField("担当の開始日")

    class Meta:
        verbose_name = verbose_name_plural = "所管課の割当"
        ordering = ["measure", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "starts_on"], name="measures_lead_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.measure} {self.department}"


class HandoverNote(models.Model):
    """引継ぎメモ of a measure.

    What whoever comes after should know. `version` is the data revision of its last save.
    """

    measure = models.OneToOneField(
        Measure, verbose_name="個別施策", on_delete=models.PROTECT, related_name="handover_note"
    )
    text = models.TextField("引継ぎメモ", max_length=4000, blank=True)
    version = models.PositiveBigIntegerField("版番号", default=0)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="更新者",
    )
    updated_at = models.DateTimeField("更新日時")

    class Meta:
        verbose_name = verbose_name_plural = "引継ぎメモ"

    def __str__(self):
        return str(self.measure)


class PlanSection(models.Model):
    """A passage of the plan's text: chapter, heading, body in the original wording."""

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="sections", verbose_name="計画"
    )
    chapter = models.PositiveSmallIntegerField("章")
    chapter_title = models.CharField("章の題", max_length=100)
    order = models.PositiveSmallIntegerField("並び順")
    heading = models.CharField("見出し", max_length=100, blank=True)
    body = models.TextField("本文")

    class Meta:
        verbose_name = verbose_name_plural = "計画本文"
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="measures_section_order")
        ]

    def __str__(self):
        return f"{self.chapter_title} {self.heading}".strip()


class EditorialNote(models.Model):
    """補記: what the town adds beside a passage; the passage itself is never changed."""

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="notes", verbose_name="計画"
    )
    code = models.SlugField("識別名", max_length=40, unique=True)
    section = models.ForeignKey(
        PlanSection,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notes",
        verbose_name="章",
    )
    measure = models.ForeignKey(
        Measure,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notes",
        verbose_name="個別施策",
    )
    quote = models.CharField("原文の文言", max_length=200)
    note = models.CharField("補記", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "補記"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(section__isnull=False) | Q(measure__isnull=False),
                name="measures_note_has_place",
                violation_error_message="補記には、章または個別施策を選んでください。",
            )
        ]

    def __str__(self):
        return self.note


class TownStatistic(models.Model):
    """まちの現状: one number of one series in one year, as printed in the plan."""

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="statistics", verbose_name="計画"
    )
    group = models.CharField("区分", max_length=50)
    series = models.CharField("系列", max_length=80)
    year = models.PositiveSmallIntegerField("年（西暦）", null=True, blank=True)
    value = models.DecimalField("値", max_digits=12, decimal_places=2)
    decimals = models.PositiveSmallIntegerField("小数桁", default=0)
    unit = models.CharField("単位", max_length=10, blank=True)
    source = models.CharField("出典", max_length=100, blank=True)
    note = models.CharField("注記", max_length=200, blank=True)
    order = models.PositiveSmallIntegerField("並び順")

    class Meta:
        verbose_name = verbose_name_plural = "町の統計"
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="measures_statistic_order")
        ]

    def __str__(self):
        return f"{self.series} {self.year or ''}"


class Provenance(models.TextChoices):
    """Where a fact comes from (docs/plan-facts.md)."""

    SOURCE = "source", "原文"
    RESTORED = "restored", "復元"
    INFERRED = "inferred", "推定"
    TOWN = "town", "町入力"


class OpenPoint(models.Model):
    """要確認の1件: what the plan left open about one field of one object, with provenance."""

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="open_points", verbose_name="計画"
    )
    subject_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", verbose_name="対象の種類"
    )
    subject_id = models.PositiveBigIntegerField("対象の番号")
    subject = GenericForeignKey("subject_type", "subject_id")
    subject_label = models.CharField("対象", max_length=150)
    field = models.CharField("項目", max_length=40)
    field_label = models.CharField("項目名", max_length=60)
    group = models.CharField("区分", max_length=40)
    provenance = models.CharField("由来", max_length=10, choices=Provenance)
    source_text = models.TextField("原文の文言", blank=True)
    proposal = models.CharField("仮の値", max_length=200, blank=True)
    note = models.CharField("確かめること", max_length=300)
    order = models.PositiveSmallIntegerField("並び順", default=0)
    settled_at = models.DateTimeField("確認日時", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="確認者",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    settled_value = models.CharField("確認した内容", max_length=300, blank=True)

    objects = OpenPointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "要確認"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "field"], name="measures_open_point_once"
            )
        ]

    def __str__(self):
        return f"{self.subject_label} {self.field_label}"
