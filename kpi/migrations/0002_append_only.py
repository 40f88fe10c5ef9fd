"""Target versions are never overwritten, through any door."""

from django.db import migrations

from foundation.records.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("kpi", "0001_initial"), ("records", "0001_initial")]
    operations = [AppendOnly("kpi_target")]
