"""The system check that compares the guards of the list with those of the database."""

from django.core.checks import Tags, Warning, register
from django.db import connections

from foundation.records.guards import faults


@register(Tags.database)
def guards_stand(app_configs, databases=None, **kwargs):
    """A warning (not an error: `migrate`, which mends it, runs this check first)."""
    return [
        Warning(
            f"追記専用の表の守り（トリガー）が欠けています（{alias}）：{'、'.join(names)}",
            hint="manage.py migrate を実行すると作り直されます。",
            id="records.W001",
        )
        for alias in databases or ()
        if (names := faults(connections[alias]))
    ]
