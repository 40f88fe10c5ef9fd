"""The plan's data as tables to look at; it changes through the plan's pages and `load_plan`."""

from django.contrib import admin

from foundation.accounts.admin import ReadOnly
from measures.models import BasicPolicy, EditorialNote, Measure, PlanSection, TownStatistic


@admin.register(BasicPolicy)
class BasicPolicyAdmin(ReadOnly):
    list_display = ("number", "name", "target")


@admin.register(Measure)
class MeasureAdmin(ReadOnly):
    list_display = ("number", "name", "policy", "valid_from", "valid_until")
    list_select_related = ("policy",)


@admin.register(PlanSection)
class PlanSectionAdmin(ReadOnly):
    list_display = ("order", "chapter_title", "heading")


@admin.register(EditorialNote)
class EditorialNoteAdmin(ReadOnly):
    list_display = ("code", "quote", "note")


@admin.register(TownStatistic)
class TownStatisticAdmin(ReadOnly):
    list_display = ("order", "group", "series", "year", "value")
