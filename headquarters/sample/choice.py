"""Does sample data come at a start? The answer of the first start holds for all that follow."""

from datetime import datetime

from foundation.accounts.models import User
from foundation.records.actions import sample_loaded
from headquarters.sample.models import SampleChoice
from measures.loading import own_title
from measures.models import Plan


def remember(wanted: bool, *, at: datetime) -> None:
    """Keep the choice; the newest one holds."""
    SampleChoice.objects.update_or_create(id=1, defaults={"wanted": wanted, "decided_at": at})


def is_own_plan(plan: Plan | None) -> bool:
    """Is the plan the one that comes with the program? The sample is made for it and no other."""
    return plan is not None and plan.title == own_title()


def wants_sample(*, refused: bool, production: bool, at: datetime) -> bool:
    """Is this the start that loads sample data?

    Only the first one of a portal that is not in production and where nobody is registered; a
    refusal is remembered. Whoever wants it later runs `load_sample`.
    """
    if sample_loaded():
        return False
    if SampleChoice.objects.exists() and not refused:
        return False
    wanted = not (refused or production or User.objects.exists())
    if not wanted:
        remember(False, at=at)
    return wanted
