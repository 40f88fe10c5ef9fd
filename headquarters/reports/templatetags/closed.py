"""What reports knows of a closed month, for the pages of kpi that show it."""

from django import template
from django.utils import timezone

from headquarters.reports.changes import causes, counted
from headquarters.reports.editions import changes_after, editions_of
from headquarters.reports.explained import ExplainedChange, with_history
from headquarters.reports.models import Edition
from headquarters.reports.reclosing import closed_months

register = template.Library()


@register.simple_tag
def newest_edition(month) -> Edition | None:
    """The newest edition of a month without its contents, or None."""
    return next(iter(editions_of(month)), None)


@register.simple_tag(takes_context=True)
def changed_after_closing(context, edition) -> list[ExplainedChange]:
    """「締めた後に変わったもの」 of an edition: what somebody changed, with who and why; what
    follows from it by computing is left out.
    """
    today = timezone.localdate()
    changes = causes(changes_after(edition, on=today))
    if not changes:
        return []
    user = context["request"].user
    return with_history(changes, user)


@register.simple_tag
def with_editions(rows) -> list[tuple]:
    """(row, ClosedMonth or None) of rows that have a `month`."""
    closed = closed_months([row.month for row in rows], now=timezone.now())
    return [(row, closed.get(row.month)) for row in rows]


@register.filter
def kinds(changes) -> str:
    """「値 2件・公表 19件」 of explained changes."""
    plain = [each.change for each in changes]
    return counted(plain)
