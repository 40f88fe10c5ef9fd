"""What a sheet was judged on: kept at 提出 and 本部評価, shown ever after, what moved beneath it
(docs/rules.md §7, docs/adr/0025).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from foundation.japanese.calendar import wareki_date, wareki_short
from foundation.records.actions import local_day
from foundation.records.within import by_age, moment_of
from headquarters.reviews.changes import FactChange, compare
from headquarters.reviews.choices import Occasion, ReviewState
from headquarters.reviews.earlier import facts_in_edition
from headquarters.reviews.facts import MeasureFacts
from headquarters.reviews.models import KeptFacts, Review
from headquarters.reviews.stored import SheetFacts, SheetInstruction, dump, parse

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
class InstructionLine:
    """An instruction as it stands beside A. `kind`: its sign; `words`: its state."""

    row: SheetInstruction
    kind: str
    words: str


@dataclass(frozen=True)
class Shown:
    """What stands beside a sheet: the facts, which ones they are in words, what moved since.

    `kept`: are they those of a handing-in or a grading? A draft has those of now. `on`: the day of
    the facts, by which an instruction is past its day.
    """

    facts: SheetFacts
    words: str
    kept: bool
    missing: str
    moved: list[Moved]
    on: date

    @property
    def instructions(self) -> list[InstructionLine] | None:
        """The headquarters' instructions with their signs; None where none were kept."""
        rows = self.facts.instructions
        return None if rows is None else [line_of(row, self.on) for row in rows]


def line_of(row: SheetInstruction, on: date) -> InstructionLine:
    """「回答済み（11月24日）」, or by how many days an answer is late."""
    days = (on - row.due_on).days
    if row.is_open and days > 0:
        return InstructionLine(row, "late", f"{row.state}・{days}日超過")
    if row.is_open:
        return InstructionLine(row, "todo", row.state)
    day = f"（{wareki_short(row.answered_on)}）" if row.answered_on else ""
    return InstructionLine(row, "done" if row.is_closed else "doing", f"{row.state}{day}")


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
    for row in _kept_rows(review):
        found = [row] if row.occasion == Occasion.SUBMITTED else [*found, row]
    return found


def _kept_rows(review: Any) -> Iterable[KeptFacts]:
    """All that was kept, oldest first; no query where it came with the sheet (`beside.on_page`)."""
    if not hasattr(review, "kept_told"):
        rows: Iterable[KeptFacts] = review.kept_facts.order_by("pk")
        return rows
    plain = ("id", "round", "occasion", "format_version", "facts")
    return [
        KeptFacts(
            review=review, kept_at=moment_of(told["at"]), **{name: told[name] for name in plain}
        )
        for told in by_age(review.kept_told)
    ]


def facts_handed_in(review: Review) -> SheetFacts | None:
    """The facts with which a sheet was last handed in, over prefetched `kept_facts`."""
    rows = [row for row in review.kept_facts.all() if row.occasion == Occasion.SUBMITTED]
    return parse(max(rows, key=lambda row: row.pk).facts) if rows else None


def shown(review: Review, now: MeasureFacts, *, on: date) -> Shown:
    """What the page of a sheet shows on the day `on`; `now`: its facts as they are computed."""
    kept, live = kept_of(review), now.sheet
    if review.state == ReviewState.DRAFT:
        words = "いまの数字（提出すると、その時の数字を残します）"
        return Shown(live, words, False, "", [], on)
    if not kept:
        return _from_before(review, live, on)
    facts = [parse(row.facts) for row in kept]
    moved = list(_moved(kept, facts, live, on))
    day = local_day(kept[-1].kept_at)
    return Shown(facts[-1], words_of(kept[-1]), True, "", moved, day)


def _from_before(review: Review, live: SheetFacts, on: date) -> Shown:
    """Of a sheet from before this rule: the edition of its month, else the numbers of now."""
    found = facts_in_edition(review)
    if found is None:
        return Shown(live, "いまの数字", False, NOTHING_KEPT, [], on)
    changes = compare(found.facts, live)
    moved = [Moved(f"{found.name}の後に変わった数字", found.made_on, on, changes)]
    words = f"{found.name}の数字"
    return Shown(found.facts, words, True, "", moved if changes else [], found.made_on)


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
