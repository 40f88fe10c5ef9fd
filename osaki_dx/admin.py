"""Django's admin for master data.

Only the secretariat may enter; for everybody else it is not there (404).
"""

from django.contrib.admin import AdminSite
from django.http import Http404

from foundation.accounts.permissions import is_secretariat


class PortalAdminSite(AdminSite):
    """The admin behind our own permission question; there is no second sign-in page."""

    site_header = "大崎町DX推進計画 マスタ管理"
    site_title = "マスタ管理"
    index_title = "マスタデータ"

    def has_permission(self, request):
        return request.user.is_authenticated and is_secretariat(request.user)

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            if not self.has_permission(request):
                raise Http404("ページが見つかりません。")
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request, extra_context=None):
        raise Http404("ページが見つかりません。")
