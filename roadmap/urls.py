from django.urls import path

from roadmap import baseline_views, milestone_views, planning_views, views
from roadmap.sheets import views as sheet_views

app_name = "roadmap"
urlpatterns = [
    path("roadmap/", views.roadmap, name="roadmap"),
    path("roadmap/setup/", planning_views.setup, name="setup"),
    path("roadmap/steps/new/", planning_views.step_create, name="step_create"),
    path("roadmap/steps/<int:pk>/", planning_views.step, name="step"),
    path("roadmap/steps/<int:pk>/end/", planning_views.step_end, name="step_end"),
    path("roadmap/steps/<int:pk>/move/", planning_views.step_move, name="step_move"),
    path(
        "roadmap/steps/<int:pk>/milestones/",
        planning_views.milestone_create,
        name="milestone_create",
    ),
    path("roadmap/milestones/", milestone_views.milestones, name="milestones"),
    path("roadmap/milestones/bulk/", milestone_views.milestone_bulk, name="milestone_bulk"),
    path("roadmap/milestones/sheets/", sheet_views.milestone_sheets, name="milestone_sheets"),
    path(
        "roadmap/milestones/sheets/<int:department>/",
        sheet_views.milestone_sheet,
        name="milestone_sheet",
    ),
    path(
        "roadmap/milestones/files/<int:pk>/",
        sheet_views.milestone_returned,
        name="milestone_returned",
    ),
    path(
        "roadmap/milestones/files/<int:pk>/file/",
        sheet_views.milestone_returned_file,
        name="milestone_returned_file",
    ),
    path(
        "roadmap/milestones/files/<int:pk>/marked/",
        sheet_views.milestone_marked_file,
        name="milestone_marked_file",
    ),
    path(
        "roadmap/milestones/files/<int:pk>/undo/",
        sheet_views.milestone_take_back,
        name="milestone_take_back",
    ),
    path("roadmap/milestones/<int:pk>/", milestone_views.milestone_edit, name="milestone_edit"),
    path("roadmap/milestones/<int:pk>/plan/", planning_views.milestone_plan, name="milestone_plan"),
    path("roadmap/milestones/<int:pk>/move/", planning_views.milestone_move, name="milestone_move"),
    path("roadmap/milestones/<int:pk>/knock-on/", milestone_views.knock_on, name="knock_on"),
    path("roadmap/baselines/", baseline_views.baselines, name="baselines"),
    path("roadmap/baselines/new/", baseline_views.baseline_create, name="baseline_create"),
    path(
        "roadmap/baselines/<int:pk>/withdraw/",
        baseline_views.baseline_withdraw,
        name="baseline_withdraw",
    ),
    path("roadmap/baselines/compare/", baseline_views.baseline_compare, name="baseline_compare"),
    path("measures/<int:number>/roadmap/", views.measure_roadmap, name="measure_roadmap"),
]
