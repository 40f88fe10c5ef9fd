"""The sessions of a person: ended for good when the person may no longer sign in."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from foundation.accounts.models import User


def forget_sessions(user: User) -> None:
    """End every session of the user; one who is admitted again signs in again."""
    own = [
        row.pk
        for row in Session.objects.all()
        if row.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=own).delete()
