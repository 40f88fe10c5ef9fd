from django.urls import path

from headquarters.desk import handover, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("handover/", handover.handover, name="handover"),
    path("history/", views.history, name="history"),
]
