"""The target that a decision has made becomes one of several."""

from django.db import migrations


def copy(apps, schema_editor):
    """One row for each decision that made a target version."""
    Decision = apps.get_model("meetings", "Decision")
    RevisedTarget = apps.get_model("meetings", "RevisedTarget")
    made = Decision.objects.filter(target__isnull=False).order_by("pk")
    RevisedTarget.objects.bulk_create(
        RevisedTarget(decision_id=row.pk, target_id=row.target_id) for row in made
    )


class Migration(migrations.Migration):
    dependencies = [("meetings", "0006_decisions_taken_back")]
    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
