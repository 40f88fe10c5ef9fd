"""The sheets that came back, and what was taken from them. Evidence: added, never changed."""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Max

from foundation.records.guards import append_only


class SheetFileQuerySet(models.QuerySet):
    """Questions asked of the sheets that came back."""

    def of(self, user, document: str, *, everybody: bool):
        """Those of a kind that a person may look at: one's own, or all."""
        rows = self.select_related("uploaded_by", "batch__applied_by", "batch__undo__undone_by")
        rows = rows.filter(document=document)
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
class SheetFile(models.Model):
    """取込ファイル: a sheet as it came back. It changes nothing by itself."""

    document = models.CharField("様式の種類", max_length=40)
    title = models.CharField("様式", max_length=40)
    subject = models.CharField("対象", max_length=100)
    issued_at = models.DateTimeField("様式の取得日時")
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
    objects = SheetFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "様式の取込ファイル"
        ordering = ["id"]

    def __str__(self):
        return self.name


class SheetBatchQuerySet(models.QuerySet):
    """Questions asked of batches."""

    def next_number(self, document: str) -> int:
        """The number of the next batch of a kind. Asked in line."""
        found = self.filter(document=document).aggregate(top=Max("number"))
        newest = found["top"] or 0
        return newest + 1


@append_only
class SheetBatch(models.Model):
    """取込: what was taken from one sheet, in one go. `cells`: what its kind keeps of each thing
    that was changed, in their order.
    """

    document = models.CharField("様式の種類", max_length=40)
    number = models.PositiveIntegerField("取込番号")
    file = models.OneToOneField(
        SheetFile, verbose_name="ファイル", on_delete=models.PROTECT, related_name="batch"
    )
    cells = models.JSONField("取り込んだ内容", encoder=DjangoJSONEncoder)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="確定した人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    applied_at = models.DateTimeField("確定日時")

    objects = SheetBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "様式の取込"
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="round_trip_batch_number")
        ]

    def __str__(self):
        return batch_name(
            self.file.title,
            self.number,
        )


def batch_name(title: str, number: int) -> str:
    """「マイルストーン様式の取込 第3号」."""
    return f"{title}の取込 第{number}号"


@append_only
class SheetUndo(models.Model):
    """取込の取消: a batch was taken back. `left`: sentences about what stays, and why."""

    batch = models.OneToOneField(
        SheetBatch, verbose_name="取込", on_delete=models.PROTECT, related_name="undo"
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
        verbose_name = verbose_name_plural = "様式の取込の取消"
        ordering = ["id"]

    def __str__(self):
        return f"{self.batch}の取消"
