"""The annual report becomes an edition by its own act; every edition of before is of a month."""

from django.db import migrations, models

from foundation.records.append_only import Unguarded


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_sentences"), ("records", "0005_sentences")]
    operations = [
        Unguarded(
            [
                migrations.AddField(
                    model_name="edition",
                    name="kind",
                    field=models.CharField(
                        choices=[("month", "月次"), ("annual", "年次")],
                        default="month",
                        max_length=10,
                        verbose_name="種類",
                    ),
                ),
                migrations.AddField(
                    model_name="edition",
                    name="changed",
                    field=models.CharField(
                        blank=True, default="", max_length=300, verbose_name="前の版から変わったところ"
                    ),
                    preserve_default=False,
                ),
                migrations.AlterField(
                    model_name="edition",
                    name="reason",
                    field=models.TextField(
                        blank=True, verbose_name="未了のまま締めた理由・締め直した理由"
                    ),
                ),
                migrations.RemoveConstraint(model_name="edition", name="reports_edition_number"),
                migrations.AddConstraint(
                    model_name="edition",
                    constraint=models.UniqueConstraint(
                        fields=("kind", "month", "number"), name="reports_edition_number"
                    ),
                ),
            ]
        )
    ]
