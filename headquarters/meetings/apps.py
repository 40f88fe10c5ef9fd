from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "headquarters.meetings"
    verbose_name = "会議"
