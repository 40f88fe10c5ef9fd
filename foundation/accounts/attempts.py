"""What django-axes has written down about errors at the sign-in."""

from datetime import date, datetime, timedelta

from axes.models import AccessAttempt, AccessLog

COUNTED_FOR = timedelta(days=1)  # far longer than any lock-out


def names_tried(address: str | None, since: datetime) -> int:
    """Under how many user names errors were made at an address since a moment."""
    tried = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since)
    return tried.order_by().values("username").distinct().count()


def forget_attempts(*, today: date, before: date) -> None:
    """Drop errors that lock nobody out any more, and sign-ins as axes once kept them."""
    AccessAttempt.objects.filter(attempt_time__date__lt=today - COUNTED_FOR).delete()
    AccessLog.objects.filter(attempt_time__date__lt=before).delete()
