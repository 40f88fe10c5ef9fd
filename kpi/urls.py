from django.urls import path

from kpi import views

app_name = "kpi"
urlpatterns = [
    path("kpis/", views.indicator_list, name="list"),
    path("kpis/entry/", views.entry_current, name="entry_current"),
    path("kpis/entry/<month:month>/", views.entry, name="entry"),
    path("kpis/entry/<month:month>/submission/", views.submission_edit, name="submission_edit"),
    path("kpis/entry/<month:month>/<slug:code>/", views.value_edit, name="value_edit"),
    path("kpis/entry/<month:month>/<slug:code>/files/", views.evidence_add, name="evidence_add"),
    path("kpis/files/<int:pk>/", views.evidence, name="evidence"),
    path("kpis/<slug:code>/", views.detail, name="detail"),
    path("kpis/<slug:code>/targets/", views.targets, name="targets"),
    path("measures/<int:number>/kpis/", views.measure_kpis, name="measure_kpis"),
]
