"""What the town decides about its rules becomes rows of its own; the grades of the plan are carried
over where they are not the usual ones.

Open points that asked for such a rule and were answered with a sentence are open again: the
sentence changed nothing. It stays in the history.
"""

from datetime import date

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

USUAL = [
    {"letter": "A", "name": "順調", "threshold": "100.0"},
    {"letter": "B", "name": "概ね順調", "threshold": "80.0"},
    {"letter": "C", "name": "やや遅れ", "threshold": "50.0"},
    {"letter": "D", "name": "遅れ", "threshold": None},
]
ASKING = ("bands", "deadlines")


def carry_over(apps, schema_editor):
    kept = apps.get_model("measures", "PlanSetting").objects
    for plan in apps.get_model("measures", "Plan").objects.all():
        if plan.bands and plan.bands != USUAL:
            kept.create(
                plan=plan,
                kind="grades",
                value=plan.bands,
                from_month=date(plan.first_fiscal_year, 4, 1),
                reason="これまでの評価区分を引き継ぎました",
                created_at=timezone.now(),
            )
    points = apps.get_model("measures", "OpenPoint").objects
    points.filter(subject_type__model="plan", field__in=ASKING).update(
        settled_at=None, settled_by=None, settled_value=""
    )


class Migration(migrations.Migration):

    dependencies = [
        ("measures", "0005_former_labels"),
        ("records", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanSetting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grades", "評価区分"),
                            ("method", "達成率の方法"),
                            ("warning_floor", "警告を出さない差"),
                            ("deadline", "提出期限"),
                            ("reminders", "督促する日"),
                            ("first_month", "利用開始月"),
                            ("cycles", "評価サイクル"),
                            ("stale_days", "更新なしとみなす日数"),
                        ],
                        max_length=20,
                        verbose_name="きまり",
                    ),
                ),
                ("value", models.JSONField(verbose_name="値")),
                ("from_month", models.DateField(verbose_name="いつから")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="決定日")),
                (
                    "decided_where",
                    models.CharField(blank=True, max_length=100, verbose_name="決めた会議等"),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                ("created_at", models.DateTimeField(verbose_name="記録日時")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="記録した人",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settings",
                        to="measures.plan",
                        verbose_name="計画",
                    ),
                ),
            ],
            options={
                "verbose_name": "計画のきまり",
                "verbose_name_plural": "計画のきまり",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_month__day", 1)),
                        name="measures_setting_first_of_month",
                        violation_error_message="「いつから」の月は1日の日付で保存します。",
                    )
                ],
            },
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
