from django.urls import path

from headquarters.organisation import views
from headquarters.organisation.projects import views as projects
from headquarters.organisation.roster import views as roster
from headquarters.organisation.teams import views as teams

app_name = "organisation"
HERE = "plan/organisation/"
urlpatterns = [
    path(HERE, roster.organisation, name="organisation"),
    path(f"{HERE}chart/", roster.chart, name="chart"),
    path(f"{HERE}posts/new/", roster.post_create, name="post_create"),
    path(f"{HERE}posts/departments/", roster.post_departments, name="post_departments"),
    path(f"{HERE}posts/<int:pk>/", roster.post_edit, name="post_edit"),
    path(f"{HERE}posts/<int:pk>/end/", roster.post_end, name="post_end"),
    path(f"{HERE}posts/<int:pk>/holder/", roster.holder_record, name="holder_record"),
    path(f"{HERE}holders/<int:pk>/", roster.holding_edit, name="holding_edit"),
    path(f"{HERE}holders/<int:pk>/withdraw/", roster.holding_withdraw, name="holding_withdraw"),
    path(f"{HERE}teams/", teams.teams, name="teams"),
    path(f"{HERE}teams/new/", teams.team_create, name="team_create"),
    path(f"{HERE}teams/<int:pk>/", teams.team, name="team"),
    path(f"{HERE}teams/<int:pk>/edit/", teams.team_edit, name="team_edit"),
    path(f"{HERE}teams/<int:pk>/withdraw/", teams.team_withdraw, name="team_withdraw"),
    path(f"{HERE}teams/<int:pk>/members/new/", teams.member_create, name="member_create"),
    path(f"{HERE}teams/<int:pk>/sittings/new/", teams.sitting_create, name="sitting_create"),
    path(f"{HERE}members/<int:pk>/", teams.member_edit, name="member_edit"),
    path(f"{HERE}members/<int:pk>/withdraw/", teams.member_withdraw, name="member_withdraw"),
    path(f"{HERE}sittings/<int:pk>/", teams.sitting_edit, name="sitting_edit"),
    path(f"{HERE}sittings/<int:pk>/withdraw/", teams.sitting_withdraw, name="sitting_withdraw"),
    path(f"{HERE}sittings/<int:pk>/instruct/", teams.instruct, name="instruct"),
    path(f"{HERE}projects/", projects.projects, name="projects"),
    path(f"{HERE}projects/new/", projects.project_measures, name="project_measures"),
    path(f"{HERE}projects/of/<int:pk>/new/", projects.project_create, name="project_create"),
    path(f"{HERE}projects/<int:pk>/", projects.project_edit, name="project_edit"),
    path(f"{HERE}projects/<int:pk>/withdraw/", projects.project_withdraw, name="project_withdraw"),
    path("meetings/items/<int:pk>/", views.action_item, name="action_item"),
    path("meetings/items/<int:pk>/correct/", views.item_correct, name="item_correct"),
    path("meetings/items/<int:pk>/withdraw/", views.item_withdraw, name="item_withdraw"),
]
