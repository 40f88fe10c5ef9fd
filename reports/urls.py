from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("reports/", views.report_list, name="list"),
    path("reports/<month:month>/workbook/", views.workbook, name="workbook"),
    path("reports/<month:month>/close/", views.close, name="close"),
]
