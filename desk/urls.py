from django.urls import path

from desk import checks, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("plan/checks/", checks.checks, name="checks"),
    path("history/", views.history, name="history"),
]
