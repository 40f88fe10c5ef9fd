"""Django's admin: the plan's master data to look at, for the secretariat only (404 for others).

Nothing is written here. What the portal changes, it changes on its own pages, through actions that
check, record and lock (ADR 21). Of other apps nothing is shown.
"""

from django.contrib.admin import AdminSite
from django.http import Http404

from foundation.accounts.admin import ReadOnly
from foundation.accounts.permissions import is_secretariat
from measures.naming import names_for


class PortalAdminSite(AdminSite):
    """The admin behind our own permission question; there is no second sign-in page."""

    site_title = "計画のデータ"
    index_title = "計画のデータ（閲覧のみ。変更は各画面で行います）"

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only what is read-only; what other apps bring (groups, sign-in log) stays out."""
        if admin_class is not None and issubclass(admin_class, ReadOnly):
            super().register(
                model_or_iterable,
                admin_class,
                **options,
            )

    def each_context(self, request):
        """As Django's, under the name of the plan."""
        title = names_for(request.user).title
        return {**super().each_context(request), "site_header": f"{title} 計画のデータ（閲覧）"}

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

    def password_change(self, request, extra_context=None):
        """Passwords change on the portal's own page, which records it."""
        raise Http404("ページが見つかりません。")
