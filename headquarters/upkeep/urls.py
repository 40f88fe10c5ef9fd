from django.urls import path

from headquarters.upkeep import checks, plan_changes, settings

app_name = "upkeep"
urlpatterns = [
    path("plan/checks/", checks.checks, name="checks"),
    path("plan/checks/<int:pk>/", checks.check_settle, name="check_settle"),
    path("plan/settings/", settings.settings, name="settings"),
    path("plan/changes/", plan_changes.plan_changes, name="plan_changes"),
]
