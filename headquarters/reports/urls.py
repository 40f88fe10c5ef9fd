from django.urls import path

from headquarters.reports import views
from headquarters.reports.pages import dashboard, indicators
from headquarters.reports.town_form import views as own

app_name = "reports"
urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/milestones/", dashboard.milestones, name="milestones"),
    path("dashboard/submissions/", dashboard.submissions, name="submissions"),
    path("kpis/", indicators.indicator_list, name="indicator_list"),
    path("kpis/<code:code>/", indicators.indicator, name="indicator"),
    path("measures/<int:number>/kpis/", indicators.measure_kpis, name="measure_kpis"),
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
    path("reports/annual/<int:year>/close/", views.close_annual, name="close_annual"),
    path("reports/form/", own.town_form, name="town_form"),
    path("reports/form/example/", own.town_form_example, name="town_form_example"),
    path("reports/form/stop/", own.town_form_stop, name="town_form_stop"),
    path("reports/form/<int:pk>/", own.town_form_preview, name="town_form_preview"),
    path("reports/form/<int:pk>/file/", own.town_form_file, name="town_form_file"),
    path("reports/close/", views.close_next, name="close_next"),
    path("reports/<month:month>/close/", views.close, name="close"),
]
