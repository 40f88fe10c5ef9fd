"""Editions: a month as it was closed, or a year as it was issued, kept for ever.

Append-only (triggers); read back by later code through its format version.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation.japanese.calendar import fiscal_year
from foundation.records.guards import append_only
from headquarters.reports.choices import EditionKind
from headquarters.reports.key import AnnualKey, ReportKey
from headquarters.reports.querysets import EditionQuerySet, TownFormQuerySet, TownFormUseQuerySet


@append_only
class Edition(models.Model):
    """版: the frozen `MonthlyReport` of a month as JSON, and the workbook byte for byte, with
    their hashes.

    Of the annual report of a fiscal year `month` is its March. `changed`: what is different from
    the edition before it, counted in words (of the first one nothing).
    """

    kind = models.CharField(
        "種類", max_length=10, choices=EditionKind.choices, default=EditionKind.MONTH
    )
    month = models.DateField("月")
    number = models.PositiveSmallIntegerField("版")
    format_version = models.PositiveSmallIntegerField("形式の版")
    report = models.TextField("内容")
    report_sha256 = models.CharField("内容の照合値", max_length=64)
    workbook = models.BinaryField("Excel")
    workbook_name = models.CharField("ファイル名", max_length=150)
    workbook_sha256 = models.CharField("Excelの照合値", max_length=64)
    reason = models.TextField("未了のまま締めた理由・締め直した理由", blank=True)
    changed = models.CharField("前の版から変わったところ", max_length=300, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="締めた人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    closed_at = models.DateTimeField("締めた日時")

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "版"
        ordering = ["-month", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "month", "number"], name="reports_edition_number"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="reports_edition_first_of_month",
                violation_error_message="月は1日の日付で保存します。",
            ),
        ]

    def __str__(self):
        return self.key.name

    @property
    def key(self) -> ReportKey | AnnualKey:
        """How addresses name this edition."""
        if self.kind == EditionKind.ANNUAL:
            return AnnualKey(fiscal_year(self.month), self.number)
        return ReportKey(self.month, self.number)

    @property
    def short_hash(self) -> str:
        """The first twelve characters of the data's hash, as shown in lists and printed on the
        cover.
        """
        return self.report_sha256[:12]


@append_only
class TownForm(models.Model):
    """様式: a workbook of the town with named cells, as it was handed in. Append-only.

    Whether it is filled is said by the newest `TownFormUse`.
    """

    name = models.CharField("ファイル名", max_length=150)
    content = models.BinaryField("Excelの内容")
    size = models.PositiveIntegerField("大きさ（バイト）")
    sha256 = models.CharField("照合値", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登録者", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("登録日時")

    objects = TownFormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "町の様式"
        ordering = ["-id"]

    def __str__(self):
        return self.name

    @property
    def short_hash(self) -> str:
        """The first twelve characters of the file's hash."""
        return self.sha256[:12]


@append_only
class TownFormUse(models.Model):
    """様式の使用: from now on this form is filled, without a form none. Append-only."""

    form = models.ForeignKey(
        TownForm, verbose_name="様式", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("使うのをやめた理由", max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="決めた人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("決めた日時")

    objects = TownFormUseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "町の様式の使用"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.form or '様式なし'}"


@append_only
class FilledForm(models.Model):
    """版の様式: the town's form with the numbers of an edition, byte for byte. Append-only.

    Without `content` it could not be filled; `note` says why, or which names it asked for in vain.
    """

    edition = models.OneToOneField(
        Edition, verbose_name="版", on_delete=models.PROTECT, related_name="filled"
    )
    form = models.ForeignKey(
        TownForm, verbose_name="様式", on_delete=models.PROTECT, related_name="+"
    )
    content = models.BinaryField("Excelの内容", null=True)
    name = models.CharField("ファイル名", max_length=150)
    sha256 = models.CharField("照合値", max_length=64, blank=True)
    note = models.TextField("気付いたこと", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "版の様式"
        ordering = ["id"]

    def __str__(self):
        return f"{self.edition} {self.name}"

    @property
    def is_filled(self) -> bool:
        """Is there a file? Known without reading it."""
        return bool(self.sha256)
