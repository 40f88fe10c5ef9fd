from django.urls import path

from headquarters.desk import dates, handover, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("handover/", handover.handover, name="handover"),
    path("dates/read/", dates.date_read, name="date_read"),
    path("history/", views.history, name="history"),
]
