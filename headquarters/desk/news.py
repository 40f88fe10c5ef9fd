"""What there is to read for somebody with nothing to do: the newest edition and the meetings."""

from dataclasses import dataclass
from datetime import date

from headquarters.meetings.models import Meeting
from headquarters.reports.models import Edition


@dataclass(frozen=True)
class News:
    """The newest edition, the coming meeting and the last one (None: there is none)."""

    edition: Edition | None
    coming: Meeting | None
    last: Meeting | None

    def __bool__(self) -> bool:
        return any((self.edition, self.coming, self.last))


def news(on: date) -> News:
    """As of a day: three queries."""
    meetings = Meeting.objects.standing()
    return News(
        edition=Edition.objects.listed().order_by("-month", "-number").first(),
        coming=meetings.filter(held_on__gte=on).order_by("held_on", "pk").first(),
        last=meetings.filter(held_on__lt=on).order_by("-held_on", "-pk").first(),
    )
