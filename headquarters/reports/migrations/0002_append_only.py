"""Editions cannot be changed afterwards."""

from django.db import migrations

from foundation.records.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("records", "0001_initial")]
    operations = [AppendOnly("reports_edition")]
