"""The rules of kpi anew: a total since April, what a baseline covers, what a new version of a
definition does to the figures, targets that are not wanted or taken back.
"""

from django.conf import settings
from django.db import migrations, models

from foundation.records.append_only import Unguarded

COUNTED = ("kind", "unit", "accumulation", "numerator_label", "denominator_label")


def say_what_changed(apps, schema_editor):
    """What was taken for a changed count until now is one."""
    definitions = apps.get_model("kpi", "Definition").objects
    rows = definitions.using(schema_editor.connection.alias).order_by("indicator", "from_month")
    older = None
    for row in rows:
        if older is not None and older.indicator_id == row.indicator_id:
            differs = any(getattr(older, name) != getattr(row, name) for name in COUNTED)
            row.change = "break" if differs else "rewording"
            row.save(update_fields=["change"])
        older = row


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_former_names'),
        ('kpi', '0008_former_labels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Unguarded([
            migrations.AlterModelOptions(
                name='definition',
                options={'ordering': ['indicator', 'from_month', 'version'], 'verbose_name': '指標の定義', 'verbose_name_plural': '指標の定義'},
            ),
            migrations.RemoveConstraint(
                model_name='definition',
                name='kpi_definition_once_a_month',
            ),
            migrations.RemoveConstraint(
                model_name='definition',
                name='kpi_definition_method',
            ),
            migrations.RemoveConstraint(
                model_name='target',
                name='kpi_target_value_or_range',
            ),
            migrations.AddField(
                model_name='definition',
                name='baseline_span',
                field=models.CharField(choices=[('one_year', '1年'), ('other', 'その他')], default='one_year', max_length=10, verbose_name='基準値の期間'),
            ),
            migrations.AddField(
                model_name='definition',
                name='change',
                field=models.CharField(blank=True, choices=[('rewording', '言い換え（数字は続く）'), ('break', '数え方の変更（ここで区切る）')], max_length=10, verbose_name='変更の種類'),
            ),
            migrations.AddField(
                model_name='definition',
                name='version',
                field=models.PositiveSmallIntegerField(default=1, verbose_name='版'),
            ),
            migrations.AddField(
                model_name='target',
                name='none',
                field=models.BooleanField(default=False, verbose_name='目標を置かない'),
            ),
            migrations.AddField(
                model_name='target',
                name='withdraws',
                field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='取り下げる版'),
            ),
            migrations.AlterField(
                model_name='definition',
                name='accumulation',
                field=models.CharField(choices=[('year_sum', '年度内の合計'), ('plan_sum', '計画期間の累計'), ('latest', '最新値'), ('latest_of_year', '4月からの累計を、最新の値で入力')], max_length=20, verbose_name='集計方法'),
            ),
            migrations.AddConstraint(
                model_name='definition',
                constraint=models.UniqueConstraint(fields=('indicator', 'from_month', 'version'), name='kpi_definition_version'),
            ),
            migrations.AddConstraint(
                model_name='definition',
                constraint=models.CheckConstraint(condition=models.Q(('method', 'target_ratio'), ('accumulation', 'latest'), models.Q(('accumulation__in', ('year_sum', 'plan_sum')), ('kind', 'ratio')), _connector='OR'), name='kpi_definition_method', violation_error_message='達成率の求め方の「基準値比」は、集計方法が「最新値」の指標だけで選べます。'),
            ),
            migrations.AddConstraint(
                model_name='target',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('none', False), ('withdraws__isnull', True), models.Q(models.Q(('lower__isnull', True), ('upper__isnull', True), ('value__isnull', False)), models.Q(('value__isnull', True), models.Q(('lower__isnull', False), ('upper__isnull', False), _connector='OR')), _connector='OR')), models.Q(('none', True), ('withdraws__isnull', True), ('lower__isnull', True), ('midyear_value__isnull', True), ('upper__isnull', True), ('value__isnull', True)), models.Q(('none', False), ('withdraws__isnull', False), ('lower__isnull', True), ('midyear_value__isnull', True), ('upper__isnull', True), ('value__isnull', True)), _connector='OR'), name='kpi_target_value_or_range', violation_error_message='目標値、または下限・上限のどちらかを入力してください。'),
            ),
            migrations.AddConstraint(
                model_name='target',
                constraint=models.CheckConstraint(condition=models.Q(('none', False), models.Q(('decided_on__isnull', False), models.Q(('decided_where', ''), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='kpi_target_none_decided', violation_error_message='目標を置かないときは、決定日・決定した会議等・理由を入力してください。'),
            ),
        ]),
        migrations.RunPython(say_what_changed, migrations.RunPython.noop),
    ]
