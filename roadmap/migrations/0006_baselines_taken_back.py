"""Baselines can be taken back; an entry says from where its decision moved it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.records.append_only import Unguarded


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0008_attachment_month'),
        ('roadmap', '0005_milestones_added'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Unguarded([
            migrations.AddField(
                model_name='baselineentry',
                name='due_before',
                field=models.DateField(blank=True, null=True, verbose_name='前の期日'),
            ),
            migrations.AddField(
                model_name='baselineentry',
                name='first_before',
                field=models.DateField(blank=True, null=True, verbose_name='前の開始月'),
            ),
            migrations.AddField(
                model_name='baselineentry',
                name='last_before',
                field=models.DateField(blank=True, null=True, verbose_name='前の終了月'),
            ),
        ]),
        migrations.CreateModel(
            name='BaselineWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_on', models.DateField(verbose_name='取消の効力日')),
                ('reason', models.CharField(max_length=300, verbose_name='取り消す理由')),
                ('withdrawn_at', models.DateTimeField(verbose_name='取消日時')),
                ('baseline', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='roadmap.baseline', verbose_name='基準版')),
                ('withdrawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='取消者')),
            ],
            options={
                'verbose_name': '計画改定の取消',
                'verbose_name_plural': '計画改定の取消',
            },
        ),
    ]
