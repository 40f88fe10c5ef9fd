"""Indicators, their definitions and targets by version, monthly values, submissions and months.

Nothing derived is stored: rates, grades and states of a cell come from `kpi.progress` when they
are read. Rules: design/rules.md §2–5.
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from foundation.accounts.models import Department
from foundation.records.guards import append_only
from kpi.choices import (
    Accumulation,
    Direction,
    Frequency,
    Kind,
    Maturity,
    Method,
    MissingReason,
    ReopeningState,
    SubmissionState,
)
from kpi.querysets import (
    DefinitionQuerySet,
    IndicatorQuerySet,
    KpiValueQuerySet,
    ReopeningQuerySet,
    ReportingMonthQuerySet,
    SubmissionQuerySet,
)
from measures.models import Measure, lead_of

FIRST_OF_MONTH = "月は1日の日付で保存します。"


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

    A change after values exist is a new version with a reason.
    """

    indicator = models.ForeignKey(
        Indicator, verbose_name="指標", on_delete=models.PROTECT, related_name="definitions"
    )
    from_month = models.DateField("適用月", help_text="その月の1日")
    unit = models.CharField("単位", max_length=10)
    decimals = models.PositiveSmallIntegerField("小数桁", default=0)
    kind = models.CharField("種類", max_length=10, choices=Kind, default=Kind.NUMBER)
    numerator_label = models.CharField("分子", max_length=50, blank=True)
    numerator_unit = models.CharField("分子の単位", max_length=10, blank=True)
    denominator_label = models.CharField("分母", max_length=50, blank=True)
    denominator_unit = models.CharField("分母の単位", max_length=10, blank=True)
    direction = models.CharField(
        "方向性", max_length=10, choices=Direction, default=Direction.INCREASE
    )
    accumulation = models.CharField("集計方法", max_length=10, choices=Accumulation)
    frequency = models.CharField(
        "測定頻度", max_length=12, choices=Frequency, default=Frequency.MONTHLY
    )
    due_month = models.PositiveSmallIntegerField("測定月（年1回のとき）", default=3)
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
    definition = models.TextField("算出方法", blank=True)
    data_source = models.CharField("出典", max_length=100, blank=True)
    baseline_value = models.DecimalField(
        "基準値", max_digits=18, decimal_places=4, null=True, blank=True
    )
    baseline_fiscal_year = models.PositiveSmallIntegerField(
        "基準年度（西暦）", null=True, blank=True
    )
    department = models.ForeignKey(
        Department,
        verbose_name="入力する課",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="空欄は施策の所管課",
    )
    reason = models.CharField("変更の理由", max_length=300, blank=True)

    # asked for by the queryset: the measure's lead; the month's submission and due day
    lead_id: int | None
    submission_state: str | None
    settled_due_on: date | None

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "指標の定義"
        ordering = ["indicator", "from_month"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "from_month"], name="kpi_definition_once_a_month"
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
                condition=Q(due_month__gte=1, due_month__lte=12), name="kpi_definition_due_month"
            ),
            models.CheckConstraint(
                condition=Q(may_exceed_100=False) | Q(kind="ratio"),
                name="kpi_definition_exceed_ratio",
                violation_error_message="100％を超える値を認められるのは割合だけです。",
            ),
            models.CheckConstraint(
                condition=Q(method="target_ratio") | Q(accumulation="latest") | Q(kind="ratio"),
                name="kpi_definition_method",
                violation_error_message="基準値比を使えるのは「最新値」または割合の指標だけです。",
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
        return self.department or lead_of(self)

    @property
    def responsible_name(self) -> str:
        """Its name, or 「所管課未定」."""
        return self.responsible.name if self.responsible else "所管課未定"


@append_only
class Target(models.Model):
    """年度目標: one version of one fiscal year's target.

    Never overwritten (append-only); a month is judged by the version in force in it.
    """

    indicator = models.ForeignKey(
        Indicator, verbose_name="指標", on_delete=models.PROTECT, related_name="targets"
    )
    fiscal_year = models.PositiveSmallIntegerField("年度（西暦）")
    version = models.PositiveSmallIntegerField("版", default=1)
    from_month = models.DateField("適用月", help_text="その月の1日")
    value = models.DecimalField("目標値", max_digits=18, decimal_places=4, null=True, blank=True)
    lower = models.DecimalField("下限", max_digits=18, decimal_places=4, null=True, blank=True)
    upper = models.DecimalField("上限", max_digits=18, decimal_places=4, null=True, blank=True)
    midyear_value = models.DecimalField(
        "中間目標（9月末）", max_digits=18, decimal_places=4, null=True, blank=True
    )
    rationale = models.CharField("目標の根拠", max_length=300, blank=True)
    reason = models.CharField("見直しの理由", max_length=300, blank=True)
    decided_on = models.DateField("決定日", null=True, blank=True)
    decided_where = models.CharField("決定した会議等", max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = verbose_name_plural = "年度目標"
        ordering = ["indicator", "fiscal_year", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "fiscal_year", "version"], name="kpi_target_version"
            ),
            models.CheckConstraint(
                condition=Q(from_month__day=1),
                name="kpi_target_first_of_month",
                violation_error_message=FIRST_OF_MONTH,
            ),
            models.CheckConstraint(
                condition=(Q(value__isnull=False) & Q(lower__isnull=True) & Q(upper__isnull=True))
                | (Q(value__isnull=True) & (Q(lower__isnull=False) | Q(upper__isnull=False))),
                name="kpi_target_value_or_range",
                violation_error_message="目標値、または下限・上限のどちらかを入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(lower__isnull=True) | Q(upper__isnull=True) | Q(upper__gte=F("lower")),
                name="kpi_target_range",
                violation_error_message="上限は下限以上にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""),
                name="kpi_target_reason",
                violation_error_message="目標を見直すときは理由を入力してください。",
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.fiscal_year}年度 第{self.version}版"


class KpiValue(models.Model):
    """実績値: what was reported for one indicator in one month.

    A value, or numerator and denominator, or a reason why there is none. `version` is the data
    revision of its last save: a save that saw another one is a conflict.
    """

    indicator = models.ForeignKey(
        Indicator, verbose_name="指標", on_delete=models.PROTECT, related_name="values"
    )
    month = models.DateField("月")
    value = models.DecimalField("実績値", max_digits=18, decimal_places=4, null=True, blank=True)
    numerator = models.DecimalField("分子", max_digits=18, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(
        "分母", max_digits=18, decimal_places=4, null=True, blank=True
    )
    missing_reason = models.CharField(
        "値なしの理由", max_length=20, choices=MissingReason, blank=True
    )
    maturity = models.CharField(
        "暫定・確定", max_length=12, choices=Maturity, default=Maturity.CONFIRMED
    )
    as_of = models.DateField("測定時点", null=True, blank=True)
    note = models.TextField("内部メモ", max_length=1000, blank=True)
    public_note = models.TextField("公表用の文", max_length=1000, blank=True)
    follow_up = models.BooleanField("後で確認", default=False)
    version = models.PositiveBigIntegerField("版番号")
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="入力者",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    updated_at = models.DateTimeField("入力日時")

    objects = KpiValueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "実績値"
        ordering = ["indicator", "month"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "month"], name="kpi_value_once_a_month"),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="kpi_value_first_of_month",
                violation_error_message=FIRST_OF_MONTH,
            ),
            models.CheckConstraint(
                condition=Q(
                    value__isnull=False,
                    numerator__isnull=True,
                    denominator__isnull=True,
                    missing_reason="",
                )
                | Q(
                    value__isnull=True,
                    numerator__isnull=False,
                    denominator__isnull=False,
                    missing_reason="",
                )
                | (
                    Q(value__isnull=True, numerator__isnull=True, denominator__isnull=True)
                    & ~Q(missing_reason="")
                ),
                name="kpi_value_one_way",
                violation_error_message="値、分子と分母、値なしの理由のうち、どれか1つだけを入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gte=0),
                name="kpi_value_denominator",
                violation_error_message="分母は0以上の数にしてください。",
            ),
        ]
        indexes = [models.Index(fields=["month", "indicator"], name="kpi_value_month")]

    def __str__(self):
        return f"{self.indicator} {self.month:%Y-%m}"


class Submission(models.Model):
    """提出: a department's month.

    No row means 未提出. `department` empty: indicators whose department is not named.
    """

    department = models.ForeignKey(
        Department,
        verbose_name="課",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submissions",
    )
    month = models.DateField("月")
    state = models.CharField("状態", max_length=15, choices=SubmissionState)
    round = models.PositiveSmallIntegerField("差戻しの回数", default=0)
    submitted_at = models.DateTimeField("提出日時", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="提出者",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    on_behalf = models.BooleanField("代理入力", default=False)
    updated_at = models.DateTimeField("更新日時")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提出"
        ordering = ["-month", "department"]
        constraints = [
            models.UniqueConstraint(fields=["department", "month"], name="kpi_submission_once"),
            models.UniqueConstraint(
                fields=["month"],
                condition=Q(department__isnull=True),
                name="kpi_submission_no_department_once",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="kpi_submission_first_of_month"),
        ]

    def __str__(self):
        return f"{self.department or '所管課未定'} {self.month:%Y-%m}"


class ReturnReason(models.Model):
    """差戻しの理由 shown on a row (or, without indicator, on the whole month) of one round of
    returning.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="returns")
    round = models.PositiveSmallIntegerField("差戻しの回")
    indicator = models.ForeignKey(
        Indicator, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("差戻しの理由", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "差戻しの理由"
        ordering = ["submission", "round", "id"]

    def __str__(self):
        return self.reason


class ReportingMonth(models.Model):
    """What the town has settled about one month: its 提出期限 where it differs from the default,
    and 月次締め.

    While `locked_at` is set, nothing of the month changes except what a reopening allows. No row:
    open, default.
    """

    month = models.DateField("月", unique=True)
    due_on = models.DateField("提出期限", null=True, blank=True)
    locked_at = models.DateTimeField("締めた日時", null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="締めた人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.TextField("未了のまま締めた理由", blank=True)

    objects = ReportingMonthQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "月次"
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="kpi_month_first_of_month"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gt=F("month")),
                name="kpi_month_deadline_after",
                violation_error_message="提出期限は対象の月より後の日にしてください。",
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m}"


class Reopening(models.Model):
    """例外の申請: a department asks to correct one cell of a closed month.

    The secretariat allows it until a time.
    """

    indicator = models.ForeignKey(
        Indicator, verbose_name="指標", on_delete=models.PROTECT, related_name="reopenings"
    )
    month = models.DateField("月")
    state = models.CharField(
        "状態", max_length=10, choices=ReopeningState, default=ReopeningState.REQUESTED
    )
    reason = models.CharField("申請の理由", max_length=300)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField("申請日時")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("判断の日時", null=True, blank=True)
    answer = models.CharField("事務局の回答", max_length=300, blank=True)
    expires_at = models.DateTimeField("許可の期限", null=True, blank=True)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "例外の申請"
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="kpi_reopening_first_of_month"),
            models.CheckConstraint(
                condition=~Q(state="allowed") | Q(expires_at__isnull=False),
                name="kpi_reopening_expiry",
                violation_error_message="許可には期限が必要です。",
            ),
            models.UniqueConstraint(
                fields=["indicator", "month"],
                condition=Q(state="requested"),
                name="kpi_reopening_one_request",
                violation_error_message="この指標と月の申請はすでに出ています。",
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.month:%Y-%m}"
