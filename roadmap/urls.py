from django.urls import path

from roadmap import views

app_name = "roadmap"
urlpatterns = [
    path("roadmap/", views.roadmap, name="roadmap"),
    path("roadmap/milestones/", views.milestones, name="milestones"),
    path("roadmap/milestones/<int:pk>/", views.milestone_edit, name="milestone_edit"),
    path("roadmap/baselines/", views.baselines, name="baselines"),
    path("measures/<int:number>/roadmap/", views.measure_roadmap, name="measure_roadmap"),
]
