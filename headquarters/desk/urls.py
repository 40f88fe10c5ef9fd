from django.urls import path

from headquarters.desk import handover, views
from headquarters.upkeep import checks, plan_changes

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("plan/checks/", checks.checks, name="checks"),
    path("plan/checks/<int:pk>/", checks.check_settle, name="check_settle"),
    path("plan/changes/", plan_changes.plan_changes, name="plan_changes"),
    path("handover/", handover.handover, name="handover"),
    path("history/", views.history, name="history"),
]
