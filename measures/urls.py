from django.urls import path

from measures import views

app_name = "measures"
urlpatterns = [
    path("measures/", views.measure_list, name="list"),
    path("measures/leads/", views.leads, name="leads"),
    path("measures/<int:number>/", views.detail, name="detail"),
    path("measures/<int:number>/lead/", views.lead_edit, name="lead_edit"),
    path("measures/<int:number>/handover/", views.handover, name="handover"),
    path("measures/<int:number>/history/", views.history, name="history"),
    path("plan/", views.plan, name="plan"),
    path("plan/context/", views.context, name="context"),
]
