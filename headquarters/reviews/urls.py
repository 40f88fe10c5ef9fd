from django.urls import path

from headquarters.reviews import cycle_views, views

app_name = "reviews"
urlpatterns = [
    path("reviews/", cycle_views.cycles, name="cycles"),
    path("reviews/files/<int:pk>/", views.file, name="file"),
    path("reviews/<slug:code>/", cycle_views.cycle, name="cycle"),
    path("reviews/<slug:code>/missing/", cycle_views.missing, name="missing"),
    path("reviews/<slug:code>/<int:number>/", views.sheet, name="sheet"),
    path(
        "reviews/<slug:code>/<int:number>/transition/",
        views.sheet_transition,
        name="sheet_transition",
    ),
    path("reviews/<slug:code>/<int:number>/files/", views.file_add, name="file_add"),
    path("measures/<int:number>/reviews/", views.measure_reviews, name="measure_reviews"),
]
