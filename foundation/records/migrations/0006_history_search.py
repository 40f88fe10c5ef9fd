"""History to be searched in either width: its words folded, in a column of their own."""

from django.db import migrations, models

from foundation.japanese.folding import folded
from foundation.records.append_only import Unguarded

BATCH = 500


def fill(apps, schema_editor):
    entries = apps.get_model("records", "HistoryEntry").objects.using(schema_editor.connection.alias)
    batch = []
    for entry in entries.only("pk", "subject_label", "reason").iterator(chunk_size=BATCH):
        entry.search_words = folded(f"{entry.subject_label} {entry.reason}")
        batch.append(entry)
        if len(batch) == BATCH:
            entries.bulk_update(batch, ["search_words"])
            batch = []
    entries.bulk_update(batch, ["search_words"])


class Migration(migrations.Migration):
    dependencies = [("records", "0005_sentences")]
    operations = [
        Unguarded(
            [
                migrations.AddField(
                    model_name="historyentry",
                    name="search_words",
                    field=models.TextField(
                        default="", editable=False, verbose_name="検索用の語"
                    ),
                    preserve_default=False,
                ),
                migrations.RunPython(fill, migrations.RunPython.noop),
            ]
        ),
    ]
