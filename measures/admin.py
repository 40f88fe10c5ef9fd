"""Master data of the plan in Django's admin; the plan's own words are not edited here."""

from django.contrib import admin

from measures.models import Measure


@admin.register(Measure)
class MeasureAdmin(admin.ModelAdmin):
    list_display = ("number", "name", "policy")
    list_select_related = ("policy",)
    readonly_fields = (
        "source_text",
        "summary",
        "current_issues",
        "initiatives",
        "kpi_text",
        "roadmap_text",
    )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
