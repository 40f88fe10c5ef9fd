from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "headquarters.feeds"
    verbose_name = "データの取得"
