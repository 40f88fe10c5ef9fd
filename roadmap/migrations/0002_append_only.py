"""Updates and baselines cannot be changed afterwards."""

from django.db import migrations

from foundation.records.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0001_initial"), ("records", "0001_initial")]
    operations = [AppendOnly("roadmap_milestoneupdate", "roadmap_baseline", "roadmap_baselineentry")]
