from django.urls import path

from kpi.intake import views
from kpi.intake.back import views as back

app_name = "intake"
urlpatterns = [
    path("kpis/intake/", views.start, name="start"),
    path("kpis/intake/<month:month>/sheets/", views.sheets, name="sheets"),
    path("kpis/intake/<month:month>/sheets/<int:department>/", views.sheet, name="sheet"),
    path("kpis/intake/files/", back.receive, name="receive"),
    path("kpis/intake/files/<int:pk>/", back.returned, name="returned"),
    path("kpis/intake/files/<int:pk>/file/", back.returned_file, name="returned_file"),
    path("kpis/intake/files/<int:pk>/marked/", back.marked_file, name="marked_file"),
    path("kpis/intake/files/<int:pk>/undo/", back.take_back, name="take_back"),
]
