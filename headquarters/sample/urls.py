from django.urls import path

from headquarters.sample import views

app_name = "sample"
urlpatterns = [path("sample/switch/", views.switch, name="switch")]
