"""Meetings that are over have been held: they look at the newest edition of before their day.

Where their month had no edition by then nobody knows what they looked at: they stay 準備中.
"""

from django.db import migrations
from django.utils import timezone


def hold(apps, schema_editor):
    """State and numbers of each meeting before today whose month was closed by its day."""
    Meeting = apps.get_model("meetings", "Meeting")
    Edition = apps.get_model("reports", "Edition")
    HeldNumbers = apps.get_model("meetings", "HeldNumbers")
    now = timezone.now()
    for meeting in Meeting.objects.filter(held_on__lt=timezone.localdate(now)):
        editions = Edition.objects.filter(kind="month", month=meeting.month)
        in_time = [
            row
            for row in editions.only("pk", "closed_at").order_by("-number")
            if timezone.localtime(row.closed_at).date() <= meeting.held_on
        ]
        if in_time:
            HeldNumbers.objects.create(meeting=meeting, edition=in_time[0], kept_at=now)
            Meeting.objects.filter(pk=meeting.pk).update(state="held")


class Migration(migrations.Migration):
    dependencies = [("meetings", "0004_held"), ("reports", "0004_annual_editions")]
    operations = [migrations.RunPython(hold, migrations.RunPython.noop)]
