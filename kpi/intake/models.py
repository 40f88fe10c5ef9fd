"""The files that came back, and what was taken from them. Evidence: added, never changed."""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Max, Q

from foundation.records.guards import append_only


class ReturnedFileQuerySet(models.QuerySet):
    """Questions asked of the files that came back."""

    def of(self, user, *, everybody: bool):
        """Those that a person may look at: one's own, the secretariat all."""
        rows = self.select_related("uploaded_by", "batch__applied_by", "batch__undo__undone_by")
        if everybody:
            return rows
        return rows.filter(uploaded_by=user)

    def taken_over(self):
        """Those that have become a batch."""
        return self.filter(batch__isnull=False)

    def newest(self, number: int):
        """The newest of these, without their bytes."""
        return self.defer("content").order_by("-id")[:number]


@append_only
class ReturnedFile(models.Model):
    """取込ファイル: a file as it came back. It changes nothing by itself.

    `department`: blank, and `issued_at`: None where the file does not say them.
    """

    month = models.DateField("月")
    department = models.CharField("課", max_length=100, blank=True)
    issued_at = models.DateTimeField("様式の取得日時", null=True, blank=True)
    name = models.CharField("ファイル名", max_length=150)
    content = models.BinaryField("ファイル")
    size = models.PositiveIntegerField("大きさ（バイト）")
    sha256 = models.CharField("照合値", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="取り込んだ人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField("読み取り日時")

    returned: Any = None  # what was read of it: not a column, and read once
    objects = ReturnedFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "取込ファイル"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="intake_file_first_of_month",
                violation_error_message="月は1日で保存します。",
            )
        ]

    def __str__(self):
        return self.name


class BatchQuerySet(models.QuerySet):
    """Questions asked of batches."""

    def next_number(self) -> int:
        """The number of the next batch. Asked in line."""
        found = self.aggregate(top=Max("number"))
        newest = found["top"] or 0
        return newest + 1


@append_only
class Batch(models.Model):
    """取込: what was taken from one file, in one go.

    `cells`: [{"indicator": id, "version": after it, "before": `kpi.cells.kept`}] in their order.
    """

    number = models.PositiveIntegerField("取込番号", unique=True)
    file = models.OneToOneField(
        ReturnedFile, verbose_name="ファイル", on_delete=models.PROTECT, related_name="batch"
    )
    cells = models.JSONField("取り込んだ値", encoder=DjangoJSONEncoder)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="確定した人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    applied_at = models.DateTimeField("確定日時")

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "取込"
        ordering = ["number"]

    def __str__(self):
        return f"取込 第{self.number}号"


@append_only
class BatchUndo(models.Model):
    """取込の取消: a batch was taken back. `left`: sentences about what had changed since."""

    batch = models.OneToOneField(
        Batch, verbose_name="取込", on_delete=models.PROTECT, related_name="undo"
    )
    left = models.JSONField("元に戻さなかったもの", default=list)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="取り消した人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    undone_at = models.DateTimeField("取消日時")

    class Meta:
        verbose_name = verbose_name_plural = "取込の取消"
        ordering = ["id"]

    def __str__(self):
        return f"{self.batch}の取消"
