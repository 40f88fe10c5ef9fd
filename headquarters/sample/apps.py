from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "headquarters.sample"
    verbose_name = "見本データ"
