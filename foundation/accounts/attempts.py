"""What django-axes has written down about errors at the sign-in."""

from datetime import date, datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Sum

from foundation.accounts.names import plain_name

COUNTED_FOR = timedelta(days=1)  # far longer than any lock-out


def counted_as(username: str) -> str:
    """A user's name as errors are counted under it."""
    return plain_name(username).lower()


def names_tried(address: str | None, since: datetime) -> int:
    """Under how many user names errors were made at an address since a moment."""
    tried = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since)
    return tried.order_by().values("username").distinct().count()


def locked_addresses(username: str, at: datetime) -> list[str | None]:
    """The addresses at which a name is locked out at that moment."""
    since = at - timedelta(hours=settings.AXES_COOLOFF_TIME)
    errors = AccessAttempt.objects.filter(username=counted_as(username), attempt_time__gte=since)
    counted = errors.order_by().values("ip_address").annotate(errors=Sum("failures_since_start"))
    locked = counted.filter(errors__gte=settings.AXES_FAILURE_LIMIT)
    return list(locked.order_by("ip_address").values_list("ip_address", flat=True))


def forget_errors_of(username: str) -> int:
    """Drop the errors under a name, at every address. Returns how many rows."""
    return AccessAttempt.objects.filter(username=counted_as(username)).delete()[0]


def forget_attempts(*, today: date, before: date) -> None:
    """Drop errors that lock nobody out any more, and sign-ins as axes once kept them."""
    AccessAttempt.objects.filter(attempt_time__date__lt=today - COUNTED_FOR).delete()
    AccessLog.objects.filter(attempt_time__date__lt=before).delete()
