"""Wiring only: each app states its full addresses in its own urls.py."""

from django.contrib import admin
from django.urls import include, path, register_converter

from foundation.japanese.converters import MonthConverter
from kpi.addresses import CodeConverter
from osaki_dx.health import healthz

register_converter(MonthConverter, "month")
register_converter(CodeConverter, "code")

handler400 = "osaki_dx.errors.bad_request"
handler403 = "osaki_dx.errors.forbidden"
handler404 = "osaki_dx.errors.not_found"
handler500 = "osaki_dx.errors.server_error"

# Each address is tried from the top, for every page: first what is looked at most. `kpi` stands
# before `reports`, whose <code> would take its words.
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("headquarters.desk.urls")),
    path("", include("kpi.intake.urls")),
    path("", include("kpi.urls")),
    path("", include("headquarters.reports.urls")),
    path("", include("roadmap.urls")),
    path("", include("measures.urls")),
    path("", include("headquarters.reviews.urls")),
    path("", include("headquarters.meetings.urls")),
    path("", include("headquarters.organisation.urls")),
    path("", include("foundation.accounts.urls")),
    path("", include("headquarters.upkeep.urls")),
    path("", include("headquarters.sample.urls")),
    path("", include("headquarters.feeds.urls")),
    path("admin/", admin.site.urls),
]
