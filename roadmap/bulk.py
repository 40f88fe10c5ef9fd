"""Several milestones in one go: each says for itself what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.japanese.numbers import whole_number
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.seen import wait_in_line
from roadmap import actions
from roadmap.milestone_forms import BulkForm, Outcome
from roadmap.models import Milestone
from roadmap.reading import MilestoneView, load, milestone_on

UNCHANGED = "変わったところがないので、保存していません。"


@dataclass(frozen=True)
class Press:
    """Who set them, when, and which version of each was on the page."""

    by: User
    on: date
    at: datetime
    seen: Mapping[str, str]

    def version_of(self, row: Milestone) -> int:
        """The version that the page showed; -1 where it showed none."""
        return whole_number(self.seen.get(f"version-{row.pk}"), -1)


def set_several(form: BulkForm, rows: list[Milestone], press: Press) -> list[Outcome]:
    """Set them as the form says, in one transaction; what one refuses does not stop the others."""
    standing = {item.row.pk: item for step in load(press.on) for item in step.milestones}
    with transaction.atomic():
        wait_in_line()
        return [
            _set_one(
                form,
                row,
                standing.get(row.pk) or milestone_on(row.pk, press.on),
                press,
            )
            for row in rows
        ]


def _set_one(form: BulkForm, row: Milestone, item: MilestoneView, press: Press) -> Outcome:
    why_not = form.refusal_of(item)
    if why_not:
        return Outcome(row.pk, row.name, sentence=why_not, keeps_tick=True)
    try:
        changed = actions.update_milestone(
            by=press.by,
            milestone=row,
            update=form.update_of(item),
            on=press.on,
            seen_version=press.version_of(row),
            at=press.at,
        )
    except ValidationError as error:
        return Outcome(row.pk, row.name, sentence=error.messages[0], keeps_tick=True)
    except SavedAlready as same:
        return Outcome(
            row.pk,
            row.name,
            sentence=same.sentence,
        )
    except Conflict as conflict:
        said = f"{conflict.sentence}変えていません。もう一度押すと上書きします。"
        return Outcome(row.pk, row.name, sentence=said, keeps_tick=True)
    return Outcome(row.pk, row.name, saved=changed, sentence="" if changed else UNCHANGED)
