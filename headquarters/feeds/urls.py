from django.urls import path, re_path

from headquarters.feeds import views
from headquarters.feeds.feed import feed

app_name = "feeds"
urlpatterns = [
    re_path(r"^feeds/(?P<name>kpi|milestones)\.(?P<kind>csv|json)\Z", feed, name="feed"),
    path("reports/excel/", views.guide, name="guide"),
    path("settings/feeds/", views.tokens, name="tokens"),
    path("settings/feeds/new/", views.token_create, name="token_create"),
    path("settings/feeds/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
]
