from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "headquarters.reports"
    verbose_name = "総括と報告"
