"""Decisions can be taken back, and revise several targets; meetings are settled or called off."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0010_answers_to_returns'),
        ('meetings', '0005_past_meetings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='meeting',
            name='state',
            field=models.CharField(choices=[('preparing', '準備中'), ('held', '開催'), ('settled', '会議録確定'), ('off', '取りやめ')], default='preparing', max_length=10, verbose_name='状態'),
        ),
        migrations.CreateModel(
            name='DecisionWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='取り消す理由')),
                ('withdrawn_at', models.DateTimeField(verbose_name='取消日時')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='meetings.decision', verbose_name='決定事項')),
                ('withdrawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='取消者')),
            ],
            options={
                'verbose_name': '決定事項の取消',
                'verbose_name_plural': '決定事項の取消',
            },
        ),
        migrations.CreateModel(
            name='RevisedTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revised', to='meetings.decision', verbose_name='決定事項')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kpi.target', verbose_name='見直した目標')),
            ],
            options={
                'verbose_name': '決定による目標の見直し',
                'verbose_name_plural': '決定による目標の見直し',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('target',), name='meetings_revised_target_once')],
            },
        ),
    ]
