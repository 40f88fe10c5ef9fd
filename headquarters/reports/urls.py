from django.urls import path

from headquarters.reports import views

app_name = "reports"
urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("reports/", views.report_list, name="list"),
    path("reports/<month:month>/workbook/", views.workbook, name="workbook"),
    path("reports/compare/", views.compare_editions, name="compare"),
    path("reports/<month:month>/editions/<int:number>/", views.edition_file, name="edition"),
    path(
        "reports/<month:month>/editions/<int:number>/public/",
        views.edition_public,
        name="edition_public",
    ),
    path("reports/annual/<int:year>/", views.annual, name="annual"),
    path("reports/<month:month>/close/", views.close, name="close"),
]
