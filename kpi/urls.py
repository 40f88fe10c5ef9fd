from django.urls import path

from kpi.entry import views
from kpi.forecasts import views as forecast_views
from kpi.month import reopening_views, submission_views
from kpi.month import views as month_views
from kpi.pages import views as page_views
from kpi.setup import views as setup_views
from kpi.setup.sheets import views as sheet_views

app_name = "kpi"
urlpatterns = [
    path("kpis/months/", month_views.months, name="months"),
    path("kpis/months/current/", month_views.month_current, name="month_current"),
    path("kpis/months/<month:month>/", month_views.month, name="month"),
    path("kpis/months/<month:month>/missing/", month_views.missing, name="missing"),
    path(
        "kpis/months/<month:month>/confirm/",
        submission_views.submissions_confirm,
        name="submissions_confirm",
    ),
    path(
        "kpis/months/<month:month>/reopenings/",
        reopening_views.reopenings_request,
        name="reopenings_request",
    ),
    path("kpis/reopenings/<int:pk>/", reopening_views.reopening_decide, name="reopening_decide"),
    path("kpis/targets/", setup_views.target_table, name="target_table"),
    path("kpis/targets/paste/", setup_views.target_paste, name="target_paste"),
    path("kpis/targets/sheets/", sheet_views.target_sheets, name="target_sheets"),
    path("kpis/targets/sheets/all/", sheet_views.target_sheet, name="target_sheet"),
    path("kpis/targets/files/<int:pk>/", sheet_views.target_returned, name="target_returned"),
    path(
        "kpis/targets/files/<int:pk>/file/",
        sheet_views.target_returned_file,
        name="target_returned_file",
    ),
    path(
        "kpis/targets/files/<int:pk>/marked/",
        sheet_views.target_marked_file,
        name="target_marked_file",
    ),
    path(
        "kpis/targets/files/<int:pk>/undo/",
        sheet_views.target_take_back,
        name="target_take_back",
    ),
    path("kpis/definitions/", setup_views.definition_table, name="definition_table"),
    path("kpis/entry/", views.entry_current, name="entry_current"),
    path("kpis/entry/<month:month>/", views.entry, name="entry"),
    path("kpis/entry/<month:month>/paste/", views.paste_block, name="paste"),
    path("kpis/entry/<month:month>/paste/undo/", views.paste_undo, name="paste_undo"),
    path("kpis/entry/<month:month>/forecasts/", forecast_views.forecasts, name="forecasts"),
    path(
        "kpis/entry/<month:month>/submission/",
        submission_views.submission_edit,
        name="submission_edit",
    ),
    path("kpis/entry/<month:month>/<code:code>/", views.value_edit, name="value_edit"),
    path(
        "kpis/entry/<month:month>/<code:code>/files/",
        page_views.evidence_add,
        name="evidence_add",
    ),
    path(
        "kpis/entry/<month:month>/<code:code>/reopening/",
        reopening_views.reopening_request,
        name="reopening_request",
    ),
    path("kpis/files/<int:pk>/", page_views.evidence, name="evidence"),
    path("kpis/<code:code>/targets/", setup_views.targets, name="targets"),
    path("kpis/<code:code>/definition/", setup_views.definition, name="definition"),
]
