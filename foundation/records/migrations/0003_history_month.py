"""History by key: the month an entry is about, filled for old rows where their label tells."""

import re
from datetime import date

from django.db import migrations, models

from foundation.records.append_only import Unguarded

WAREKI = re.compile(r"令和(元|\d{1,2})年(\d{1,2})月")
AREAS = ("kpi.", "records.", "reports.")
BATCH = 500


def month_in(label):
    """The only month that a label names (「1-2 申請件数（令和8年10月）」), or None."""
    found = set(WAREKI.findall(label))
    if len(found) != 1:
        return None
    year, month = found.pop()
    if not 1 <= int(month) <= 12:
        return None
    return date(2018 + (1 if year == "元" else int(year)), int(month), 1)


def fill(apps, schema_editor):
    entries = apps.get_model("records", "HistoryEntry").objects.using(schema_editor.connection.alias)
    known = []
    for entry in entries.filter(month__isnull=True).only("pk", "action", "subject_label").iterator():
        if entry.action.startswith(AREAS):
            entry.month = month_in(entry.subject_label)
            known += [entry] if entry.month else []
    entries.bulk_update(known, ["month"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_append_only")]
    operations = [
        Unguarded(
            [
                migrations.AddField(
                    model_name="historyentry",
                    name="month",
                    field=models.DateField(blank=True, null=True, verbose_name="月"),
                ),
                migrations.RunPython(fill, migrations.RunPython.noop),
            ]
        ),
        migrations.AddIndex(
            model_name="historyentry",
            index=models.Index(fields=["month", "action"], name="records_history_month"),
        ),
    ]
