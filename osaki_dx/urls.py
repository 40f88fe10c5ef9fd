"""Wiring only: each app states its full addresses in its own urls.py."""

from django.contrib import admin
from django.urls import include, path, register_converter

from japanese.converters import MonthConverter
from osaki_dx.health import healthz

register_converter(MonthConverter, "month")

handler400 = "osaki_dx.errors.bad_request"
handler403 = "osaki_dx.errors.forbidden"
handler404 = "osaki_dx.errors.not_found"
handler500 = "osaki_dx.errors.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("desk.urls")),
    path("", include("accounts.urls")),
    path("", include("measures.urls")),
    path("", include("kpi.urls")),
    path("", include("roadmap.urls")),
    path("", include("reviews.urls")),
    path("", include("reports.urls")),
    path("", include("meetings.urls")),
    path("admin/", admin.site.urls),
]
