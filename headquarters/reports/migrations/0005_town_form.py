"""The town's own form: handed in, used, and filled with every edition."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0004_annual_editions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TownForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='ファイル名')),
                ('content', models.BinaryField(verbose_name='Excelの内容')),
                ('size', models.PositiveIntegerField(verbose_name='大きさ（バイト）')),
                ('sha256', models.CharField(max_length=64, verbose_name='照合値')),
                ('uploaded_at', models.DateTimeField(verbose_name='登録日時')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登録者')),
            ],
            options={
                'verbose_name': '町の様式',
                'verbose_name_plural': '町の様式',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='FilledForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField(null=True, verbose_name='Excelの内容')),
                ('name', models.CharField(max_length=150, verbose_name='ファイル名')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='照合値')),
                ('note', models.TextField(blank=True, verbose_name='気付いたこと')),
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='filled', to='reports.edition', verbose_name='版')),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.townform', verbose_name='様式')),
            ],
            options={
                'verbose_name': '版の様式',
                'verbose_name_plural': '版の様式',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='TownFormUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='使うのをやめた理由')),
                ('decided_at', models.DateTimeField(verbose_name='決めた日時')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='決めた人')),
                ('form', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.townform', verbose_name='様式')),
            ],
            options={
                'verbose_name': '町の様式の使用',
                'verbose_name_plural': '町の様式の使用',
                'ordering': ['-id'],
            },
        ),
    ]
