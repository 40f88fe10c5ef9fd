"""The words of docs/words.md: 算出方法 is formula_text (same column), 確定 is final."""

from django.db import migrations, models

VALUES = {"confirmed": "final"}


def renamed(values):
    def run(apps, schema_editor):
        rows = apps.get_model("kpi", "KpiValue").objects.using(schema_editor.connection.alias)
        for old, new in values.items():
            rows.filter(maturity=old).update(maturity=new)

    return run


class Migration(migrations.Migration):
    dependencies = [("kpi", "0002_append_only")]
    operations = [
        migrations.AlterField(
            model_name="definition",
            name="definition",
            field=models.TextField(blank=True, db_column="definition", verbose_name="算出方法"),
        ),
        migrations.RenameField(
            model_name="definition", old_name="definition", new_name="formula_text"
        ),
        migrations.AlterField(
            model_name="kpivalue",
            name="maturity",
            field=models.CharField(
                choices=[("final", "確定"), ("provisional", "暫定")],
                default="final",
                max_length=12,
                verbose_name="暫定・確定",
            ),
        ),
        migrations.RunPython(
            renamed(VALUES), renamed({new: old for old, new in VALUES.items()})
        ),
    ]
