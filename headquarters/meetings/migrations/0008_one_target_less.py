"""`Decision.target` has moved to `RevisedTarget`."""

from django.db import migrations

from foundation.records.append_only import Unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0007_revised_targets"),
        ("records", "0008_attachment_month"),
    ]
    operations = [Unguarded([migrations.RemoveField(model_name="decision", name="target")])]
