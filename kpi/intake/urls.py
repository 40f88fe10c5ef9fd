from django.urls import path

from kpi.intake import views

app_name = "intake"
urlpatterns = [
    path("kpis/intake/", views.start, name="start"),
    path("kpis/intake/<month:month>/sheets/", views.sheets, name="sheets"),
    path("kpis/intake/<month:month>/sheets/<int:department>/", views.sheet, name="sheet"),
]
