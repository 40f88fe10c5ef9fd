from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.handlers.wsgi import WSGIHandler

from osaki_dx.requests import InUtf8


class OsakiDxConfig(AppConfig):
    name = "osaki_dx"
    verbose_name = "ポータル"
    default = True

    def ready(self):
        """Every server of ours makes its requests so, whoever asks Django for the application."""
        WSGIHandler.request_class = InUtf8


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django's admin with `PortalAdminSite` as the default site."""

    default_site = "osaki_dx.admin.PortalAdminSite"
    default = False
