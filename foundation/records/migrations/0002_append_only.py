"""The history cannot be edited or deleted."""

from django.db import migrations

from foundation.records.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [AppendOnly("records_historyentry")]
