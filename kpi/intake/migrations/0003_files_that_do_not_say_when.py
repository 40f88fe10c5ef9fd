from django.db import migrations, models

from foundation.records.append_only import Unguarded


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_words_of_taking_back")]

    operations = [
        Unguarded(
            [
                migrations.AlterField(
                    model_name="returnedfile",
                    name="department",
                    field=models.CharField(blank=True, max_length=100, verbose_name="課"),
                ),
                migrations.AlterField(
                    model_name="returnedfile",
                    name="issued_at",
                    field=models.DateTimeField(
                        blank=True, null=True, verbose_name="様式の取得日時"
                    ),
                ),
            ]
        ),
    ]
