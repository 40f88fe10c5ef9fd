from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from foundation.records import checks, guards, word_index


def _restore_guards(using, **kwargs):
    guards.restore(connections[using])
    word_index.stand(connections[using])


class RecordsConfig(AppConfig):
    name = "foundation.records"
    verbose_name = "記録"

    def ready(self):
        """Every `migrate` ends with guards and index whole, whatever it did to the tables."""
        post_migrate.connect(_restore_guards, sender=self, dispatch_uid=checks.__name__)
