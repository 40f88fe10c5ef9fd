"""The page 用語. Fetch, answer."""

from dataclasses import replace

from django.shortcuts import render
from django.utils import timezone

from foundation.accounts.permissions import Permission, requires
from foundation.japanese.calendar import first_of_month
from foundation.japanese.numbers import format_number
from headquarters.desk.glossary import figures, work
from headquarters.desk.glossary.term import Group
from measures.setting import versions_now
from measures.settings_of import GradeBand, Settings

GROUPS = figures.GROUPS + work.GROUPS


@requires(Permission.READ)
def words(request):
    """The words of the portal by matter, with the settings that hold today."""
    settings = versions_now().in_month(first_of_month(timezone.localdate()))
    return render(
        request,
        "desk/words.html",
        {"groups": [told(group, settings) for group in GROUPS]},
    )


def told(group: Group, settings: Settings) -> Group:
    """A group whose meanings say what the plan's settings are."""
    said = {
        "grades": "、".join(_grade(band) for band in settings.grades),
        "deadline": f"{settings.deadline.day}日の{settings.deadline.hour_words}",
        "stale": settings.stale_days,
    }
    terms = tuple(replace(term, meaning=term.meaning.format(**said)) for term in group.terms)
    return replace(group, terms=terms)


def _grade(band: GradeBand) -> str:
    """「A 順調（100.0％以上）」, 「D 遅れ（それ未満）」."""
    rate = "それ未満" if band.threshold is None else f"{format_number(band.threshold, 1)}％以上"
    return f"{band.letter} {band.name}（{rate}）"
