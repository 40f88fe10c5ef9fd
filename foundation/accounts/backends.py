"""Sign-in backend: the user and the memberships in one query (docs/trust.md §3)."""

from django.contrib.auth.backends import ModelBackend
from django.utils import timezone

from foundation.accounts.models import Membership, User
from foundation.accounts.permissions import is_secretariat


class MembershipBackend(ModelBackend):
    """As Django's, but `get_user` also fetches today's memberships.

    Django's own permission tables are not used.
    """

    def get_user(self, user_id):
        today = timezone.localdate()
        rows = list(
            Membership.objects.on(today).select_related("department", "user").filter(user=user_id)
        )
        user = rows[0].user if rows else User.objects.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user._memberships_on = {today: rows}
        return user

    def has_perm(self, user_obj, perm, obj=None):
        """Django's admin asks this; the secretariat may look, and nobody may write there."""
        return ".view_" in perm and is_secretariat(user_obj)

    def has_module_perms(self, user_obj, app_label):
        """May this person look at an app's tables in Django's admin?"""
        return is_secretariat(user_obj)
