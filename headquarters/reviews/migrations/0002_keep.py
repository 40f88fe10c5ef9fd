"""A sheet that was once handed in cannot be deleted."""

from django.db import migrations

from foundation.records.append_only import KeepWhen


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("records", "0001_initial")]
    operations = [KeepWhen("reviews_review", "(OLD.state <> 'draft' OR OLD.round > 0)")]
