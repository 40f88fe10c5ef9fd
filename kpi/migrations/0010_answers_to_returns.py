"""What has changed since a return is told by the data revision; filled from the history."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

IN_WORDS = "差戻し"


def fill(apps, schema_editor):
    """When, by whom and at which revision each department that waits was sent back."""
    using = schema_editor.connection.alias
    entries = apps.get_model("records", "HistoryEntry").objects.using(using)
    submissions = apps.get_model("kpi", "Submission").objects.using(using)
    own = entries.filter(
        action="kpi.submission",
        subject_type__app_label="kpi",
        subject_type__model="submission",
    )
    for row in submissions.filter(round__gt=0):
        for entry in own.filter(subject_id=row.pk).order_by("-revision"):
            if entry.after.get("状態") == IN_WORDS:
                row.returned_at, row.returned_by_id = entry.at, entry.actor_id
                row.returned_revision = entry.revision
                row.save(update_fields=["returned_at", "returned_by", "returned_revision"])
                break


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0009_rules_anew'),
        ('records', '0007_history_readers'),
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='reopening',
            name='asked_revision',
            field=models.PositiveBigIntegerField(default=0, verbose_name='申請の版番号'),
        ),
        migrations.AddField(
            model_name='submission',
            name='returned_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='差し戻した日時'),
        ),
        migrations.AddField(
            model_name='submission',
            name='returned_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='差し戻した人'),
        ),
        migrations.AddField(
            model_name='submission',
            name='returned_revision',
            field=models.PositiveBigIntegerField(default=0, verbose_name='差し戻したときの版番号'),
        ),
        migrations.CreateModel(
            name='ReturnReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(verbose_name='差戻しの回')),
                ('reply', models.CharField(max_length=300, verbose_name='差戻しへの返答')),
                ('replied_at', models.DateTimeField(verbose_name='返答の日時')),
                ('replied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='返答者')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='kpi.submission', verbose_name='提出')),
            ],
            options={
                'verbose_name': '差戻しへの返答',
                'verbose_name_plural': '差戻しへの返答',
                'ordering': ['submission', 'round'],
                'constraints': [models.UniqueConstraint(fields=('submission', 'round'), name='kpi_reply_once_a_round', violation_error_message='この差戻しには、すでに返答しています。')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
