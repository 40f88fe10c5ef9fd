"""Two pictures of the roadmap side by side: what moved, what was added, what was cancelled, by how
many days.

A picture is a baseline, today, or any day (`picture_on`); comparing is pure.
"""

from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import last_of_month, wareki_month_short, wareki_short
from roadmap import reading
from roadmap.models import Baseline
from roadmap.schedule import CANCELLED, Health


@dataclass(frozen=True)
class ComparedItem:
    """One milestone (its date) or step (its span) in a picture; `day` is what is compared."""

    key: tuple
    measure: str
    name: str
    day: date | None
    words: str
    cancelled: bool = False
    postponements: int = 0
    trouble: str | None = None
    """遅延 or 見込日の超過 on that day, 「」 for neither; None where the picture is no day's."""
    sentence: str = ""


@dataclass(frozen=True)
class BaselineDifference:
    """One line of a comparison. `days`: later is positive; None when one side has no date."""

    kind: str
    item: ComparedItem
    before: str
    after: str
    days: int | None = None


def _milestone(step, row, day, **rest) -> ComparedItem:
    return ComparedItem(
        ("m", row.pk),
        str(step.measure),
        f"{step.name}：{row.name}",
        day,
        wareki_short(day) if day else "－",
        **rest,
    )


def _span(step, first, last) -> ComparedItem:
    return ComparedItem(
        ("s", step.pk),
        str(step.measure),
        step.name,
        last_of_month(last),
        f"{wareki_month_short(first)}–{wareki_month_short(last)}",
    )


def _trouble(state: Health) -> str:
    """What has gone wrong by a day: late, or the forecast has passed too."""
    return "見込日の超過" if state.passed else "遅延" if state.late else ""


def picture_of(baseline: Baseline) -> dict:
    """{key: ComparedItem} of what a baseline approved. One query."""
    found = {}
    for entry in baseline.entries.select_related("milestone__step__measure", "step__measure"):
        item = (
            _milestone(entry.milestone.step, entry.milestone, entry.due_on)
            if entry.milestone
            else _span(entry.step, entry.first_month, entry.last_month)
        )
        found[item.key] = item
    return found


def picture_on(on: date, *, roadmap: reading.AsOf = reading.load) -> dict:
    """{key: ComparedItem} of how things stood at the end of a day; `roadmap`: how it is read.

    Done, else forecast, else approved. Two queries.
    """
    found = {}
    for step in roadmap(on):
        if step.row.first_month:
            item = _span(step.row, step.row.first_month, step.row.last_month)
            found[item.key] = item
        for each in step.milestones:
            facts = each.facts
            day = facts.completed_on or facts.forecast_on or facts.approved_on
            item = _milestone(
                step.row,
                each.row,
                day,
                cancelled=facts.state == CANCELLED,
                postponements=facts.postponements,
                trouble=_trouble(each.health),
                sentence=each.health.sentence,
            )
            found[item.key] = item
    return found


def compare(before: dict, after: dict) -> list[BaselineDifference]:
    """Everything that differs, in the order of `after` and then what is gone.

    移動, 追加, 中止, なくなった; between two days also what became 遅延 since, or whose forecast
    passed too (見込日の超過).
    """
    between_days = all(item.trouble is not None for item in before.values() if item.key[0] == "m")
    changes = []
    for key, item in after.items():
        old = before.get(key)
        if item.cancelled and not (old and old.cancelled):
            changes.append(
                BaselineDifference(
                    "中止",
                    item,
                    old.words if old else "－",
                    "中止",
                )
            )
        elif old is None:
            changes.append(BaselineDifference("追加", item, "－", item.words))
        elif old.words != item.words:
            changes.append(
                BaselineDifference(
                    "移動",
                    item,
                    old.words,
                    item.words,
                    (item.day - old.day).days,
                )
            )
        if between_days and _fell_behind(item, old):
            changes.append(BaselineDifference(item.trouble, item, _stood(old), item.sentence))
    gone = [
        BaselineDifference("なくなった", old, old.words, "－")
        for key, old in before.items()
        if key not in after
    ]
    return changes + gone


def _fell_behind(item: ComparedItem, old: ComparedItem | None) -> bool:
    """Is it late, or its forecast passed, and was it not so before?"""
    return bool(item.trouble) and (old is None or old.trouble != item.trouble)


def _stood(old: ComparedItem | None) -> str:
    return "－" if old is None else old.trouble or f"期日前（{old.words}）"
