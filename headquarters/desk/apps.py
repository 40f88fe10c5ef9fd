from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "headquarters.desk"
    verbose_name = "窓口"
