from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "kpi.intake"
    verbose_name = "入力様式と取込"
