"""An occasion for databases of before: every `migrate` ends with the index of the history's words.

A start migrates only where a migration waits (`osaki_dx.starting`). Without one of its own, a
database that had seen all others would be searched by an index that nobody has made.
"""

from django.db import migrations

from foundation.records import word_index


def take_away(apps, schema_editor):
    word_index.fall(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("records", "0008_attachment_month")]
    operations = [migrations.RunPython(migrations.RunPython.noop, take_away)]
