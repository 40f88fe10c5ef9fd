"""Sign-in backend: the user, the memberships, and what every page asks of the data. They come with
the session (`sessions`); without one, in a query of their own (docs/trust.md §3).
"""

from datetime import date

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from foundation.accounts import along
from foundation.accounts.models import Membership, User
from foundation.accounts.permissions import is_secretariat
from foundation.accounts.sessions import came_along
from foundation.records.models import DataRevision, SampleLoad


class MembershipBackend(ModelBackend):
    """As Django's, but `get_user` also fetches today's memberships, whether sample data is loaded,
    and the data revision.

    Django's own permission tables are not used.
    """

    def get_user(self, user_id):
        today = timezone.localdate()
        rows = came_along(user_id, today)
        if rows is None:
            rows = list(memberships_on(today).filter(user=user_id))
        user = _person_of(rows[0]) if rows else _without_membership(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user._memberships_on, user.asked_on = {today: rows}, today
        return user

    def has_perm(self, user_obj, perm, obj=None):
        """Django's admin asks this; the secretariat may look, and nobody may write there."""
        return ".view_" in perm and is_secretariat(user_obj)

    def has_module_perms(self, user_obj, app_label):
        """May this person look at an app's tables in Django's admin?"""
        return is_secretariat(user_obj)


def memberships_on(day: date) -> QuerySet[Membership]:
    """Memberships of that day with their person, and what every page asks of the data."""
    return Membership.objects.on(day).select_related("user").annotate(**_of_the_data())


def _of_the_data() -> dict:
    """Annotations: is sample data loaded, and the number of the newest committed change."""
    revision = DataRevision.objects.filter(id=1).values("number")
    return {
        "sample_loaded": Exists(SampleLoad.objects.all()),
        "data_revision": Coalesce(Subquery(revision), 0),
        **along.annotations(),
    }


def _person_of(row) -> User:
    """The person of a membership, with what was asked along with it."""
    user: User = row.user
    user.sample_loaded, user.data_revision = row.sample_loaded, row.data_revision
    user.asked_along = along.answers(row)
    return user


def _without_membership(user_id) -> User | None:
    """Somebody who belongs to nothing today."""
    user = User.objects.annotate(**_of_the_data()).filter(pk=user_id).first()
    if user is not None:
        user.asked_along = along.answers(user)
    return user
