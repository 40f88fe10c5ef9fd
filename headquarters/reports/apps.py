from importlib import import_module

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "headquarters.reports"
    verbose_name = "総括と報告"

    def ready(self):
        import_module("headquarters.reports.sheet_facts")  # tells reviews how to ask for editions
