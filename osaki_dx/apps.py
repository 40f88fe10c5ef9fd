from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class OsakiDxConfig(AppConfig):
    name = "osaki_dx"
    verbose_name = "ポータル"
    default = True


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django's admin with `PortalAdminSite` as the default site."""

    default_site = "osaki_dx.admin.PortalAdminSite"
    default = False
