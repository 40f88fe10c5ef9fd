"""What becomes of a month: submissions, returns, closing, reopenings (docs/rules.md §5)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from foundation.accounts.models import Department
from foundation.records.guards import append_only
from kpi.choices import ReopeningState, SubmissionState
from kpi.models.indicator import Indicator
from kpi.models.month_querysets import (
    ReopeningQuerySet,
    ReportingMonthQuerySet,
    SubmissionQuerySet,
)
from measures.closings import tells_last_closed
from measures.querysets import UNDECIDED


class Submission(models.Model):
    """提出: a department's month.

    No row means 未提出. `department` empty: indicators whose department is not named. What has
    changed since the newest return is told by `returned_revision`, never by the clock.
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
    returned_at = models.DateTimeField("差し戻した日時", null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="差し戻した人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    returned_revision = models.PositiveBigIntegerField("差し戻したときの版番号", default=0)
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
                violation_error_message="課のない指標のこの月の提出は、すでにあります。",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="kpi_submission_first_of_month",
                violation_error_message="月は1日の日付で保存します。",
            ),
        ]

    def __str__(self):
        return f"{self.department or UNDECIDED} {self.month:%Y-%m}"


class ReturnReason(models.Model):
    """差戻しの理由 shown on a row (or, without indicator, on the whole month) of one round of
    returning.
    """

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="returns", verbose_name="提出"
    )
    round = models.PositiveSmallIntegerField("差戻しの回")
    indicator = models.ForeignKey(
        Indicator,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="指標",
    )
    reason = models.CharField("差戻しの理由", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "差戻しの理由"
        ordering = ["submission", "round", "id"]

    def __str__(self):
        return self.reason


@append_only
class ReturnReply(models.Model):
    """返答: what the department says to one round of returning, where no value had to change."""

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="replies", verbose_name="提出"
    )
    round = models.PositiveSmallIntegerField("差戻しの回")
    reply = models.CharField("差戻しへの返答", max_length=300)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="返答者",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    replied_at = models.DateTimeField("返答の日時")

    class Meta:
        verbose_name = verbose_name_plural = "差戻しへの返答"
        ordering = ["submission", "round"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "round"],
                name="kpi_reply_once_a_round",
                violation_error_message="この差戻しには、すでに返答しています。",
            ),
        ]

    def __str__(self):
        return self.reply


class ReportingMonth(models.Model):
    """What the town has settled about one month: its 提出期限 where it differs from the default,
    and 月次締め.

    While `locked_at` is set, nothing of the month changes except what a reopening allows. What
    came after the closing is told by `locked_revision`, never by the clock. No row: open, default.
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
    locked_revision = models.PositiveBigIntegerField("締めたときの版番号", default=0)
    reason = models.TextField("未了のまま締めた理由", blank=True)

    objects = ReportingMonthQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "月次"
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="kpi_month_first_of_month",
                violation_error_message="月は1日の日付で保存します。",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gt=F("month")),
                name="kpi_month_deadline_after",
                violation_error_message="提出期限は対象の月より後の日にしてください。",
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m}"


tells_last_closed(ReportingMonth.objects.last_closed)


class Reopening(models.Model):
    """例外の申請: a department asks to correct one cell of a closed month.

    The secretariat allows it until a time. Cells that were asked for in one act share their
    `asked_revision` (0: from before several could be).
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
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="申請者",
    )
    requested_at = models.DateTimeField("申請日時")
    asked_revision = models.PositiveBigIntegerField("申請の版番号", default=0)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="回答者",
    )
    decided_at = models.DateTimeField("判断の日時", null=True, blank=True)
    decided_revision = models.PositiveBigIntegerField("判断の版番号", default=0)
    answer = models.CharField("事務局の回答", max_length=300, blank=True)
    expires_at = models.DateTimeField("許可の期限", null=True, blank=True)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "例外の申請"
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="kpi_reopening_first_of_month",
                violation_error_message="月は1日の日付で保存します。",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReopeningState.ALLOWED) | Q(expires_at__isnull=False),
                name="kpi_reopening_expiry",
                violation_error_message="許可には期限が必要です。",
            ),
            models.UniqueConstraint(
                fields=["indicator", "month"],
                condition=Q(state=ReopeningState.REQUESTED),
                name="kpi_reopening_one_request",
                violation_error_message="この指標と月の申請はすでに出ています。",
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.month:%Y-%m}"
