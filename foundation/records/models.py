"""What every change leaves behind: history entries, attachments, the data revision.

This room knows no domain. It is written to only through `records.actions`, inside the transaction
of the change itself, so a change without its record cannot exist. The append-only tables are
guarded by database triggers (see `records.guards`).
"""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from foundation.japanese.folding import folded
from foundation.records.facts import FactLine, lines_of
from foundation.records.guards import append_only
from foundation.records.readers import allowed
from foundation.records.word_index import Holding


class DataRevision(models.Model):
    """One row: a number that grows with every recorded change.

    It is a counter and not `max(history id)`, because on PostgreSQL a lower id may be committed
    after a higher one; pages that answer "not modified" by this number would then stay old.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField("番号", default=0)
    changed_at = models.DateTimeField("最終変更日時")

    class Meta:
        verbose_name = verbose_name_plural = "データの版番号"
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="records_one_revision_row",
                violation_error_message="データの版番号の行は1つだけです。",
            )
        ]

    def __str__(self):
        return str(self.number)


class HistoryEntryQuerySet(models.QuerySet):
    """Questions asked of the history."""

    def visible_to(self, user):
        """Entries that this person may read: as the object that each is about."""
        return self.filter(allowed(user))

    def about(self, subject):
        """Entries of one object, newest first."""
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk).order_by("-id")

    def of_kind(self, model):
        """Entries of all objects of a model."""
        return self.filter(subject_type=ContentType.objects.get_for_model(model))

    def between(self, revision: int, moved_to: int):
        """Entries of the changes after one revision and before another."""
        return self.filter(
            revision__gt=revision,
            revision__lt=moved_to,
        ).order_by()

    def of_action(self, action: str):
        """Entries of one kind of change, newest first."""
        return self.filter(action=action).order_by("-id")

    def of_month(self, action: str, month):
        """Entries of one action about one month, whatever the objects are called today."""
        return self.filter(action=action, month=month)

    def newest_of(self, model, action: str, keys) -> dict:
        """{(object id, month): newest entry of that action} for such keys; one query.

        The month is None where an entry is about none.
        """
        wanted = set(keys)
        months = {month for _, month in wanted}
        about = Q(month__in=months - {None})
        if None in months:
            about |= Q(month=None)
        rows = self.filter(
            about,
            action=action,
            subject_type=ContentType.objects.get_for_model(model),
            subject_id__in={pk for pk, _ in wanted},
        )
        found = {(row.subject_id, row.month): row for row in rows.order_by("id")}

        return {key: row for key, row in found.items() if key in wanted}

    def search(self, *, area="", actor="", department="", words="", since=None, until=None):
        """Entries that match the filters of `/history/`; empty filters do not restrict."""
        rows = self
        if area:
            rows = rows.filter(action__startswith=f"{area}.")
        if actor:
            rows = rows.filter(actor_name__in=self._named("actor_name", actor))
        if department:
            rows = rows.filter(
                department__in=self._named(
                    "department",
                    department,
                )
            )
        for word in folded(words).split():
            rows = rows.filter(Holding(word), search_words__contains=word)
        if since:
            rows = rows.filter(at__date__gte=since)
        if until:
            rows = rows.filter(at__date__lte=until)

        return rows.order_by("-id")

    def _named(self, column: str, words: str) -> list[str]:
        """The names of a column in which the words stand, in either width; there are few names."""
        wanted = folded(words)
        names = self.order_by().values_list(column, flat=True).distinct()
        return [name for name in names if wanted in folded(name)]


@append_only
class HistoryEntry(models.Model):
    """Who changed what, when, from what, to what, why and on whose behalf.

    Append-only (triggers).
    """

    at = models.DateTimeField("日時", db_index=True)
    revision = models.PositiveBigIntegerField("版番号", unique=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="利用者",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    actor_name = models.CharField("氏名", max_length=150)
    on_behalf_of = models.CharField("代理入力の相手", max_length=100, blank=True)
    department = models.CharField("課", max_length=100, blank=True, db_index=True)
    action = models.CharField("操作", max_length=60, db_index=True)
    subject_type = models.ForeignKey(
        ContentType,
        verbose_name="対象の種類",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    subject_id = models.PositiveBigIntegerField("対象の番号", null=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    subject_label = models.CharField("対象", max_length=300)
    month = models.DateField("月", null=True, blank=True)
    before = models.JSONField("前", encoder=DjangoJSONEncoder, default=dict)
    after = models.JSONField("後", encoder=DjangoJSONEncoder, default=dict)
    reason = models.TextField("理由", blank=True)
    readers = models.CharField("読める人の決まり", max_length=40, blank=True)  # `records.readers`
    search_words = models.TextField("検索用の語", editable=False)  # folded label and reason

    objects = HistoryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "変更履歴"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "-id"], name="records_history_subject"
            ),
            models.Index(fields=["month", "action"], name="records_history_month"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.subject_label}"

    @property
    def lines(self) -> list[FactLine]:
        """What it says, line by line, in Japanese."""
        return lines_of(
            self.before,
            self.after,
        )


def attachment_path(attachment, filename):
    """Stored under a name of ours.

    What the person called the file never reaches the file system.
    """
    return f"attachments/{attachment.sha256[:2]}/{attachment.sha256}"


class AttachmentQuerySet(models.QuerySet):
    """Questions asked of attachments."""

    def beside(self, subject, month=None):
        """Attachments of one object (and month, where they belong to one), newest first."""
        return (
            self.of_kind(type(subject))
            .filter(subject_id=subject.pk, month=month)
            .select_related("uploaded_by")
            .order_by("-id")
        )

    def of_kind(self, model):
        """Attachments beside objects of one model: a room hands out its own files only."""
        return self.filter(subject_type=ContentType.objects.get_for_model(model))

    def of_months(self, subject):
        """Attachments of all months of one object, newest month first."""
        rows = self.of_kind(type(subject)).filter(subject_id=subject.pk, month__isnull=False)
        return rows.select_related("uploaded_by").order_by("-month", "-id")


class Attachment(models.Model):
    """An evidence file beside any object. Stored by its hash, served only as a download.

    Evidence of a figure belongs to its indicator and month, not to the row of the value: that one
    goes when the figure is cleared.
    """

    subject_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", verbose_name="対象の種類"
    )
    subject_id = models.PositiveBigIntegerField("対象の番号")
    subject = GenericForeignKey("subject_type", "subject_id")
    month = models.DateField("月", null=True, blank=True)
    file = models.FileField("ファイル", upload_to=attachment_path, max_length=200)
    name = models.CharField("ファイル名", max_length=150)
    content_type = models.CharField("種類", max_length=100)
    size = models.PositiveIntegerField("大きさ（バイト）")
    sha256 = models.CharField("照合値", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登録者", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("登録日時")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "添付ファイル"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="records_attachment_subject")
        ]

    def __str__(self):
        return self.name


class UsedToken(models.Model):
    """A form's token that has made its record, so that a repeated press finds it again.

    Kept for some weeks (`records.once`).
    """

    token = models.CharField("番号", max_length=64, unique=True)
    content = models.CharField("内容の照合値", max_length=64)
    at = models.DateTimeField("日時", db_index=True)
    subject_type = models.ForeignKey(
        ContentType, null=True, on_delete=models.CASCADE, verbose_name="対象の種類"
    )
    subject_id = models.PositiveBigIntegerField("対象の番号", null=True)
    subject = GenericForeignKey("subject_type", "subject_id")

    class Meta:
        verbose_name = verbose_name_plural = "送信済みの画面"

    def __str__(self):
        return self.token


class SampleLoad(models.Model):
    """The one mark that sample data is loaded, with what stood in the database before.

    `snapshot` maps a model label to the rows (serialised) that were there before; unloading
    removes every row that is not in it and restores those that differ, so what was there comes
    back to the letter. While `unloading` is set the append-only triggers let go, inside that one
    transaction only.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    loaded_at = models.DateTimeField("読込日時")
    until = models.DateField("見本の最終月")
    snapshot = models.JSONField("読込前の内容", encoder=DjangoJSONEncoder)
    unloading = models.BooleanField("取り外し中", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "見本データ"
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="records_one_sample_row",
                violation_error_message="見本データの印は1つだけです。",
            )
        ]

    def __str__(self):
        return f"見本データ（{self.until:%Y-%m}まで）"
