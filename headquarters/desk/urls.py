from django.urls import path

from headquarters.desk import dates, handover, transfers, views
from headquarters.desk.glossary import views as glossary_views
from headquarters.desk.manual import views as manual_views
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
    path("help/", manual_views.manual_contents, name="manual_contents"),
    path("help/trouble/", manual_views.manual_trouble, name="manual_trouble"),
    path("help/<slug:key>/", manual_views.manual, name="manual"),
    path("help/pictures/<str:name>", manual_views.manual_picture, name="manual_picture"),
]
