from django.urls import path

from headquarters.organisation import views

app_name = "organisation"
urlpatterns = [
    path("meetings/items/<int:pk>/", views.action_item, name="action_item"),
]
