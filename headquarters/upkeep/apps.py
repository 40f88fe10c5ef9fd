from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "headquarters.upkeep"
    verbose_name = "計画の手入れ"
