"""What came after a closing is told by the data revision; filled from the history of the month."""

from django.db import migrations, models
from django.db.models import Max

CLOSED = ("締め済み", "再度締め済み")


def revision_of_closing(entries, month) -> int:
    """The revision at which the month was closed last, from the history of its closings."""
    closings = entries.filter(action="kpi.month", month=month.month).order_by("-revision")
    for entry in closings:
        if entry.after.get("状態") in CLOSED:
            return entry.revision
    before = entries.filter(at__lte=month.locked_at).aggregate(last=Max("revision"))
    return before["last"] or 0


def fill(apps, schema_editor):
    using = schema_editor.connection.alias
    entries = apps.get_model("records", "HistoryEntry").objects.using(using)
    reopenings = apps.get_model("kpi", "Reopening").objects.using(using)
    months = apps.get_model("kpi", "ReportingMonth").objects.using(using)
    for month in months.filter(locked_at__isnull=False):
        month.locked_revision = revision_of_closing(entries, month)
        month.save(update_fields=["locked_revision"])
        allowed = reopenings.filter(month=month.month, expires_at__gt=month.locked_at)
        allowed.update(decided_revision=month.locked_revision + 1)


class Migration(migrations.Migration):
    dependencies = [
        ("kpi", "0005_evidence_of_months"),
        ("records", "0007_history_readers"),
    ]
    operations = [
        migrations.AddField(
            model_name="reportingmonth",
            name="locked_revision",
            field=models.PositiveBigIntegerField(default=0, verbose_name="締めたときの版番号"),
        ),
        migrations.AddField(
            model_name="reopening",
            name="decided_revision",
            field=models.PositiveBigIntegerField(default=0, verbose_name="判断の版番号"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
