"""Attendance by post and name; proposals of the agenda; instructions that are withdrawn."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_former_names'),
        ('measures', '0007_grades_are_settings'),
        ('meetings', '0008_one_target_less'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attendee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='順番')),
                ('post', models.CharField(blank=True, max_length=100, verbose_name='職名')),
                ('name', models.CharField(max_length=100, verbose_name='氏名')),
                ('presence', models.CharField(choices=[('present', '出席'), ('absent', '欠席'), ('deputy', '代理')], max_length=10, verbose_name='出欠')),
                ('note', models.CharField(blank=True, max_length=100, verbose_name='代理の氏名・備考')),
            ],
            options={
                'verbose_name': '出席者',
                'verbose_name_plural': '出席者',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='actionitem',
            name='meetings_item_answered',
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='proposed',
            field=models.BooleanField(default=False, help_text='自動で並べた案。案を作り直すと入れ替わる', verbose_name='案のまま'),
        ),
        migrations.AlterField(
            model_name='actionitem',
            name='state',
            field=models.CharField(choices=[('open', '未回答'), ('answered', '回答済み'), ('closed', '完結'), ('withdrawn', '取消')], default='open', max_length=10, verbose_name='状態'),
        ),
        migrations.AddConstraint(
            model_name='actionitem',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'withdrawn']), models.Q(('answer', ''), _negated=True), _connector='OR'), name='meetings_item_answered', violation_error_message='回答を入力してください。'),
        ),
        migrations.AddField(
            model_name='attendee',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendees', to='meetings.meeting', verbose_name='会議'),
        ),
        migrations.AddConstraint(
            model_name='attendee',
            constraint=models.UniqueConstraint(fields=('meeting', 'post', 'name'), name='meetings_attendee_once'),
        ),
    ]
