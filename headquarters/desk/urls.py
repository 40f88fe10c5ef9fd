from django.urls import path

from headquarters.desk import dates, handover, transfers, views
from headquarters.desk.glossary import views as glossary_views
from headquarters.desk.search import views as search_views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("handover/", handover.handover, name="handover"),
    path("handover/transfers/", transfers.transfers, name="transfers"),
    path("dates/read/", dates.date_read, name="date_read"),
    path("history/", views.history, name="history"),
    path("search/", search_views.search, name="search"),
    path("words/", glossary_views.words, name="words"),
]
