"""Master data of people in Django's admin (its own log keeps these changes)."""

from django.contrib import admin

from foundation.accounts.models import Department, Membership


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "sort_order", "valid_from", "valid_until")


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("user", "department", "role", "post", "valid_from", "valid_until")
    list_select_related = ("user", "department")
