"""The grades are versions of a setting by now (0006), in a transaction of its own: PostgreSQL alters
no table with rows waiting to be checked.
"""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("measures", "0006_settings")]

    operations = [migrations.RemoveField(model_name="plan", name="bands")]
