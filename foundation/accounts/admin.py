"""What Django's admin may be here: a look at tables, for the secretariat."""

from django.contrib.admin import ModelAdmin

from foundation.accounts.permissions import is_secretariat


class ReadOnly(ModelAdmin):
    """A table to look at: no adding, no changing, no deleting, no actions."""

    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return is_secretariat(request.user)
