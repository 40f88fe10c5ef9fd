"""One figure typed once: a numerator may be another indicator's value; then the denominator alone is
stored.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0010_answers_to_returns'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='kpivalue',
            name='kpi_value_one_way',
        ),
        migrations.AddField(
            model_name='definition',
            name='numerator_source',
            field=models.ForeignKey(blank=True, help_text='選ぶと、分子はその指標の値を読み、入力は分母だけになります', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kpi.indicator', verbose_name='分子にする指標'),
        ),
        migrations.AddConstraint(
            model_name='definition',
            constraint=models.CheckConstraint(condition=models.Q(('numerator_source__isnull', True), models.Q(('kind', 'ratio'), models.Q(('numerator_source', models.F('indicator')), _negated=True)), _connector='OR'), name='kpi_definition_numerator_source', violation_error_message='分子にする指標は、割合の指標で、ほかの指標から選びます。'),
        ),
        migrations.AddConstraint(
            model_name='kpivalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('denominator__isnull', True), ('missing_reason', ''), ('numerator__isnull', True), ('value__isnull', False)), models.Q(('denominator__isnull', False), ('missing_reason', ''), ('value__isnull', True)), models.Q(('denominator__isnull', True), ('numerator__isnull', True), ('value__isnull', True), models.Q(('missing_reason', ''), _negated=True)), _connector='OR'), name='kpi_value_one_way', violation_error_message='値、分子と分母、値なしの理由のうち、どれか1つだけを入力してください。'),
        ),
    ]
