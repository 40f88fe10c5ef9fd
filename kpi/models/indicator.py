"""What an indicator is: its place in the plan, its definition by version (docs/rules.md §2)."""

from functools import cached_property

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from foundation.accounts.models import Department
from kpi.choices import (
    Accumulation,
    BaselineSpan,
    DefinitionChange,
    Direction,
    Frequency,
    Kind,
    Method,
)
from kpi.querysets import DefinitionQuerySet, IndicatorQuerySet
from measures.models import Measure
from measures.querysets import UNDECIDED, lead_of

FIRST_OF_MONTH = "月（適用月）は1日の日付で保存します。"
DUE_MONTH = "測定月は1～12の数字で入力してください。"
MOST_DECIMALS = 4  # as many as a value's column keeps
DECIMALS = f"小数桁は0～{MOST_DECIMALS}の数字で入力してください。"

BASELINE_RATIO_ONLY = "達成率の求め方の「基準値比」は、集計方法が「最新値」の指標だけで選べます。"


class Indicator(models.Model):
    """指標（KPI）. What it measures and how is in its `Definition` versions.

    `code` is its number in the plan.
    """

    measure = models.ForeignKey(
        Measure, verbose_name="個別施策", on_delete=models.PROTECT, related_name="indicators"
    )
    code = models.CharField("番号", max_length=10, unique=True)
    order = models.PositiveSmallIntegerField("並び順")
    name = models.CharField("指標名", max_length=100)
    source_text = models.CharField("原文の文言", max_length=200)
    published = models.BooleanField("公表する", default=False)
    valid_from = models.DateField(
        "追加月", null=True, blank=True, help_text="その月の1日。空欄は計画の初めから"
    )
    valid_until = models.DateField("最終月", null=True, blank=True, help_text="その月の1日")

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "指標"
        ordering = ["order"]

    def __str__(self):
        return f"{self.code} {self.name}"


class Definition(models.Model):
    """How an indicator is counted, from a month on.

    A change after values exist is a new version with a reason, which says whether the figures go
    on. Of several versions of one month the newest holds.
    """

    indicator = models.ForeignKey(
        Indicator, verbose_name="指標", on_delete=models.PROTECT, related_name="definitions"
    )
    from_month = models.DateField("適用月", help_text="その月の1日")
    version = models.PositiveSmallIntegerField("版", default=1)
    unit = models.CharField("単位", max_length=10)
    decimals = models.PositiveSmallIntegerField(
        "小数桁", default=0, validators=[MaxValueValidator(MOST_DECIMALS, DECIMALS)]
    )
    kind = models.CharField("種類", max_length=10, choices=Kind, default=Kind.NUMBER)
    numerator_label = models.CharField("分子", max_length=50, blank=True)
    numerator_unit = models.CharField("分子の単位", max_length=10, blank=True)
    denominator_label = models.CharField("分母", max_length=50, blank=True)
    denominator_unit = models.CharField("分母の単位", max_length=10, blank=True)
    numerator_source = models.ForeignKey(
        Indicator,
        verbose_name="分子にする指標",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="選ぶと、分子はその指標の値を読み、入力は分母だけになります",
    )
    direction = models.CharField(
        "方向性", max_length=10, choices=Direction, default=Direction.INCREASE
    )
    accumulation = models.CharField("集計方法", max_length=20, choices=Accumulation)
    frequency = models.CharField(
        "測定頻度", max_length=12, choices=Frequency, default=Frequency.MONTHLY
    )
    due_month = models.PositiveSmallIntegerField(
        "測定月（年1回のとき）",
        default=3,
        validators=[MinValueValidator(1, DUE_MONTH), MaxValueValidator(12, DUE_MONTH)],
    )
    measured_from = models.DateField(
        "測定開始月", null=True, blank=True, help_text="導入後に測定するとき。その月の1日"
    )
    measured_until = models.DateField("測定終了月", null=True, blank=True, help_text="その月の1日")
    method = models.CharField(
        "達成率の求め方", max_length=15, choices=Method, default=Method.TARGET_RATIO
    )
    may_be_negative = models.BooleanField("負の値を認める", default=False)
    may_exceed_100 = models.BooleanField("100％を超える値を認める（割合のみ）", default=False)
    is_survey = models.BooleanField("アンケートによる", default=False)
    formula_text = models.TextField("算出方法", blank=True, db_column="definition")
    data_source = models.CharField("出典", max_length=100, blank=True)
    baseline_value = models.DecimalField(
        "基準値", max_digits=18, decimal_places=4, null=True, blank=True
    )
    baseline_fiscal_year = models.PositiveSmallIntegerField(
        "基準年度（西暦）", null=True, blank=True
    )
    baseline_span = models.CharField(
        "基準値の期間", max_length=10, choices=BaselineSpan, default=BaselineSpan.ONE_YEAR
    )
    department = models.ForeignKey(
        Department,
        verbose_name="入力課",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="空欄は施策の所管課",
    )
    reason = models.CharField("変更の理由", max_length=300, blank=True)
    change = models.CharField("変更の種類", max_length=10, choices=DefinitionChange, blank=True)
    # asked for by the queryset: the measure's lead; what is settled of the month; settings
    lead_id: int | None
    department_name_then: str | None
    submission_state: str | None
    settled: dict | None
    closed_before: bool
    decided: list[dict] | None
    expected: dict | None  # 年度末見込
    source_code_then: str | None

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "指標の定義"
        ordering = ["indicator", "from_month", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "from_month", "version"], name="kpi_definition_version"
            ),
            models.CheckConstraint(
                condition=Q(from_month__day=1),
                name="kpi_definition_first_of_month",
                violation_error_message=FIRST_OF_MONTH,
            ),
            models.CheckConstraint(
                condition=Q(kind="number", numerator_label="", denominator_label="")
                | (Q(kind="ratio") & ~Q(numerator_label="") & ~Q(denominator_label="")),
                name="kpi_definition_ratio_labels",
                violation_error_message="割合には分子と分母の名称を入力し、数値では空欄にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(due_month__gte=1, due_month__lte=12),
                name="kpi_definition_due_month",
                violation_error_message=DUE_MONTH,
            ),
            models.CheckConstraint(
                condition=Q(decimals__lte=MOST_DECIMALS),
                name="kpi_definition_decimals",
                violation_error_message=DECIMALS,
            ),
            models.CheckConstraint(
                condition=Q(may_exceed_100=False) | Q(kind="ratio"),
                name="kpi_definition_exceed_ratio",
                violation_error_message="「100％を超える値を認める」は、種類が割合の指標だけで選べます。",
            ),
            models.CheckConstraint(
                condition=Q(numerator_source__isnull=True)
                | (Q(kind="ratio") & ~Q(numerator_source=F("indicator"))),
                name="kpi_definition_numerator_source",
                violation_error_message="分子にする指標は、割合の指標で、ほかの指標から選びます。",
            ),
            models.CheckConstraint(
                condition=Q(method="target_ratio")
                | Q(accumulation="latest")
                | Q(kind="ratio", accumulation__in=("year_sum", "plan_sum")),
                name="kpi_definition_method",
                violation_error_message=BASELINE_RATIO_ONLY,
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.from_month:%Y-%m}から"

    @property
    def responsible_id(self) -> int | None:
        """Id of the department that reports it in the month asked for (needs
        `DefinitionQuerySet.in_force`).
        """
        return self.department_id or self.lead_id

    @property
    def responsible(self) -> Department | None:
        """That department (its own, else the measure's lead at the month's end), or None.

        所管課未定.
        """
        return self.department or self._lead

    @cached_property
    def _lead(self) -> Department | None:
        return lead_of(self)

    @property
    def responsible_name(self) -> str:
        """Its name, or 「所管課未定」."""
        found = self.responsible
        return found.name if found else UNDECIDED

    @property
    def numerator_code(self) -> str:
        """The number of the indicator whose value is its numerator, as in the month asked for;
        nothing where the numerator is typed.
        """
        if self.numerator_source is None:
            return ""
        then = getattr(self, "source_code_then", None)
        return then or self.numerator_source.code

    @property
    def numerator_words(self) -> str:
        """「1-2の値」 where its numerator is another indicator's value, else nothing."""
        code = self.numerator_code
        return f"{code}の値" if code else ""
