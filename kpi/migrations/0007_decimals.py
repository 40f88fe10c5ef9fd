"""小数桁 0–4: more than a value's column keeps broke the pages that showed it."""

import django.core.validators
from django.db import migrations, models

MOST = 4


def bring_in(apps, schema_editor):
    definitions = apps.get_model("kpi", "Definition").objects
    rows = definitions.using(schema_editor.connection.alias)
    rows.filter(decimals__gt=MOST).update(decimals=MOST)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('kpi', '0006_told_by_revision'),
    ]

    operations = [
        migrations.RunPython(bring_in, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='definition',
            name='decimals',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(4, '小数桁は0～4の数字で入力してください。')], verbose_name='小数桁'),
        ),
        migrations.AddConstraint(
            model_name='definition',
            constraint=models.CheckConstraint(condition=models.Q(('decimals__lte', 4)), name='kpi_definition_decimals', violation_error_message='小数桁は0～4の数字で入力してください。'),
        ),
    ]
