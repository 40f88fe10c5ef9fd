from django.apps import AppConfig


class RoundTripConfig(AppConfig):
    name = "foundation.round_trip"
    verbose_name = "様式の取込"
