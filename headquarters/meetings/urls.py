from django.urls import path

from headquarters.meetings import decide_views, present, run_views, views

app_name = "meetings"
urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/agenda/<int:pk>/", views.agenda_change, name="agenda_change"),
    path("meetings/present/", present.present_next, name="present_next"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("meetings/<int:pk>/agenda/", views.agenda, name="agenda"),
    path(
        "meetings/decisions/<int:pk>/withdraw/",
        decide_views.decision_withdraw,
        name="decision_withdraw",
    ),
    path("meetings/agenda/<int:pk>/edit/", run_views.agenda_edit, name="agenda_edit"),
    path("meetings/<int:pk>/attendance/", run_views.attendance, name="attendance"),
    path("meetings/<int:pk>/call-off/", run_views.call_off, name="call_off"),
    path("meetings/<int:pk>/edit/", run_views.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/propose/", run_views.propose, name="propose"),
    path("meetings/<int:pk>/reopen/", run_views.reopen, name="reopen"),
    path("meetings/<int:pk>/settle/", run_views.settle, name="settle"),
    path("meetings/<int:pk>/decide/", decide_views.decide, name="decide"),
    path("meetings/<int:pk>/hold/", views.hold, name="hold"),
    path("meetings/<int:pk>/minutes/", views.minutes, name="minutes"),
    path("meetings/<int:pk>/record/", views.record, name="record"),
    path("meetings/<int:pk>/present/", present.present, name="present"),
]
