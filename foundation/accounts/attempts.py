"""What django-axes has written down about errors at the sign-in."""

from datetime import datetime

from axes.models import AccessAttempt


def names_tried(address: str | None, since: datetime) -> int:
    """Under how many user names errors were made at an address since a moment."""
    tried = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since)
    return tried.order_by().values("username").distinct().count()
