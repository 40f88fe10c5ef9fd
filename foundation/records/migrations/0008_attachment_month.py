"""A file can belong to a month of its object."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0007_history_readers")]
    operations = [
        migrations.AddField(
            model_name="attachment",
            name="month",
            field=models.DateField(blank=True, null=True, verbose_name="月"),
        ),
    ]
