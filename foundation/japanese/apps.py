from django.apps import AppConfig


class JapaneseConfig(AppConfig):
    name = "foundation.japanese"
    verbose_name = "和暦と数"
