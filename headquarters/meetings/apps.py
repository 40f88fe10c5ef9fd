from importlib import import_module

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "headquarters.meetings"
    verbose_name = "会議"

    def ready(self):
        import_module("headquarters.meetings.undoing")  # tells the roadmap whose a baseline is
