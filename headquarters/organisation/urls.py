from django.urls import path

from headquarters.organisation import views

app_name = "organisation"
urlpatterns = [
    path("meetings/items/<int:pk>/", views.action_item, name="action_item"),
    path("meetings/items/<int:pk>/correct/", views.item_correct, name="item_correct"),
    path("meetings/items/<int:pk>/withdraw/", views.item_withdraw, name="item_withdraw"),
]
