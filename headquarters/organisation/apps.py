from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "headquarters.organisation"
    verbose_name = "推進体制"
