"""What stands beside a sheet, within the question for the sheet itself: what was kept of it, why it
came back, its files, the sheet before it, and what its measure carries.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from foundation.records.attached import files_told, files_within
from foundation.records.models import Attachment
from foundation.records.people import person_told, who
from foundation.records.within import by_age, moment_of, row_within, rows_within
from headquarters.organisation.asked import items_told, items_within
from headquarters.organisation.models import ActionItem
from headquarters.organisation.projects.beside import lines_told, lines_within
from headquarters.organisation.projects.reading import ProjectLine
from headquarters.reviews.models import KeptFacts, Review, ReviewCycle, ReviewReturn

EARLIER = ("next_action", "next_direction", "headquarters_grade")  # what a page says of it


@dataclass(frozen=True)
class OfItsMeasure:
    """What the measure of a sheet carries: instructions, and the projects of its fiscal year."""

    instructions: list[ActionItem]
    projects: list[ProjectLine]


def on_page(rows: Any) -> Any:
    """Sheets with all that stands beside them. No query more."""
    mine = {"review": OuterRef("pk")}
    return rows.annotate(
        kept_told=rows_within(
            KeptFacts.objects.filter(**mine),
            by="review",
            id="id",
            round="round",
            occasion="occasion",
            format_version="format_version",
            facts="facts",
            at="kept_at",
        ),
        returns_told=rows_within(
            ReviewReturn.objects.filter(**mine),
            by="review",
            id="id",
            round="round",
            from_state="from_state",
            reason="reason",
            said_at="at",
            **who("by"),
        ),
        files_told=files_within(Review, "pk", monthly=False),
        before_told=_before(),
        instructions_told=items_within("measure", "cycle__fiscal_year"),
        projects_told=lines_within("measure", "cycle__fiscal_year"),
    )


def _before() -> Subquery:
    earlier = Review.objects.before(OuterRef("measure"), OuterRef("cycle__as_of"))
    return row_within(earlier, name="cycle__name", **{name: name for name in EARLIER})


def returns_of(review: Any) -> list[ReviewReturn]:
    """Why it came back, the newest reason first."""
    return [
        ReviewReturn(
            id=told["id"],
            review=review,
            round=told["round"],
            from_state=told["from_state"],
            reason=told["reason"],
            by=person_told(told),
            at=moment_of(told["said_at"]),
        )
        for told in reversed(by_age(review.returns_told))
    ]


def files_of(review: Any) -> list[Attachment]:
    """Its files, the newest first."""
    return files_told(review.files_told)


def before_of(review: Any) -> Review | None:
    """The sheet of its measure before it, with what a page says of it."""
    told = review.before_told
    if told is None:
        return None
    return Review(
        cycle=ReviewCycle(name=told["name"]),
        measure=review.measure,
        **{name: told[name] for name in EARLIER},
    )


def of_its_measure(review: Any) -> OfItsMeasure | None:
    """What its measure carries; None of a sheet that was not asked for `on_page`."""
    if not hasattr(review, "projects_told"):
        return None
    return OfItsMeasure(items_told(review.instructions_told), lines_told(review.projects_told))
