"""What a sheet was judged on: kept at 提出 and 本部評価, shown ever after, what moved beneath it
(docs/rules.md §7, docs/adr/0025).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from foundation.japanese.calendar import wareki_date
from foundation.records.actions import local_day
from headquarters.reviews.changes import FactChange, compare
from headquarters.reviews.choices import Occasion, ReviewState
from headquarters.reviews.earlier import facts_in_edition
from headquarters.reviews.facts import MeasureFacts
from headquarters.reviews.models import KeptFacts, Review
from headquarters.reviews.stored import SheetFacts, dump, parse

OCCASIONS = {"submit": Occasion.SUBMITTED, "grade": Occasion.GRADED}  # by transition
AFTER = {Occasion.SUBMITTED: "提出後", Occasion.GRADED: "本部評価後"}
NOTHING_KEPT = "提出時の数字は残っていません。いまの記録から計算した数字を示しています。"


@dataclass(frozen=True)
class Moved:
    """What is different between two moments. `title`: 「提出後に変わった数字」."""

    title: str
    since: date
    until: date
    changes: list[FactChange]


@dataclass(frozen=True)
class Shown:
    """What stands beside a sheet: the facts, which ones they are in words, what moved since.

    `kept`: are they those of a handing-in or a grading? A draft has those of now.
    """

    facts: SheetFacts
    words: str
    kept: bool
    missing: str
    moved: list[Moved]


def keep(review: Review, occasion: Occasion, facts: MeasureFacts, *, at: datetime) -> KeptFacts:
    """Keep the facts of this moment with a sheet; inside the transaction of its transition."""
    sheet = facts.sheet
    return KeptFacts.objects.create(
        review=review,
        round=review.round,
        occasion=occasion,
        format_version=sheet.format_version,
        facts=dump(sheet),
        kept_at=at,
    )


def kept_of(review: Review) -> list[KeptFacts]:
    """What was kept since the sheet was last handed in, oldest first; [] of a draft."""
    if review.state == ReviewState.DRAFT:
        return []
    found: list[KeptFacts] = []
    for row in review.kept_facts.order_by("pk"):
        found = [row] if row.occasion == Occasion.SUBMITTED else [*found, row]
    return found


def shown(review: Review, now: MeasureFacts, *, on: date) -> Shown:
    """What the page of a sheet shows on the day `on`; `now`: its facts as they are computed."""
    kept, live = kept_of(review), now.sheet
    if review.state == ReviewState.DRAFT:
        words = "いまの数字（提出すると、その時の数字を残します）"
        return Shown(live, words, False, "", [])
    if not kept:
        return _from_before(review, live, on)
    facts = [parse(row.facts) for row in kept]
    return Shown(facts[-1], words_of(kept[-1]), True, "", list(_moved(kept, facts, live, on)))


def _from_before(review: Review, live: SheetFacts, on: date) -> Shown:
    """Of a sheet from before this rule: the edition of its month, else the numbers of now."""
    found = facts_in_edition(review)
    if found is None:
        return Shown(live, "いまの数字", False, NOTHING_KEPT, [])
    changes = compare(found.facts, live)
    moved = [Moved(f"{found.name}の後に変わった数字", found.made_on, on, changes)]
    return Shown(found.facts, f"{found.name}の数字", True, "", moved if changes else [])


def words_of(row: KeptFacts) -> str:
    """「提出時（令和8年11月5日）の数字」."""
    return f"{row.get_occasion_display()}（{wareki_date(local_day(row.kept_at))}）の数字"


def _moved(
    kept: list[KeptFacts], facts: list[SheetFacts], live: SheetFacts, on: date
) -> Iterator[Moved]:
    """Since the newest of them until now, and before it from one to the next."""
    days = [*(local_day(row.kept_at) for row in kept), on]
    for place in range(len(kept) - 1, -1, -1):
        last = place == len(kept) - 1
        changes = compare(facts[place], live if last else facts[place + 1])
        title = AFTER[Occasion(kept[place].occasion)] if last else "提出から本部評価まで"
        if changes:
            yield Moved(f"{title}に変わった数字", days[place], days[place + 1], changes)
