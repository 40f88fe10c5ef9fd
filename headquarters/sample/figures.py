"""Sample definitions, targets and values.

Random with a fixed seed: the same month, the same figures.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from foundation.japanese.calendar import fiscal_year as fiscal_year_of
from foundation.japanese.calendar import fiscal_year_start, month_span
from headquarters.sample.source import Source
from headquarters.sample.story import Story, dice
from headquarters.sample.town import START, Town
from kpi.choices import Kind, Maturity
from kpi.models import Definition, Indicator
from kpi.rules.checks import Entry
from kpi.setup.definitions import set_definition, shown_of
from kpi.setup.targets import NewTarget, set_target

HIGHEST = Decimal("0.97")
READ: dict[str, Callable[[str], object]] = {
    "baseline_value": Decimal,
    "measured_from": date.fromisoformat,
}


def make_definitions(town: Town, at: datetime) -> None:
    """Baselines, frequencies, sources, and which indicators are made public."""
    published, given = town.data["published"], town.data["definitions"]
    for row in Definition.objects.select_related("indicator"):
        code = row.indicator.code
        shown = shown_of(row)
        shown.pop("published")
        told = {name: READ.get(name, str)(value) for name, value in _texts(given.get(code, {}))}
        set_definition(
            by=town.keeper,
            indicator=row.indicator,
            values=shown | _plain(given.get(code, {})) | told,
            published=code in published,
            at=at,
        )


def _texts(given: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in given.items() if name in READ]


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in READ}


def make_targets(town: Town, at: datetime) -> None:
    """The yearly targets of the plan period."""
    indicators = {row.code: row for row in Indicator.objects.all()}
    for code, years in town.data["targets"].items():
        for year, numbers in enumerate(years, START.year):
            if numbers:
                value, *midyear = map(Decimal, numbers)
                new = NewTarget(
                    year,
                    value=value,
                    midyear_value=midyear[0] if midyear else None,
                    rationale="見本",
                )
                set_target(
                    by=town.keeper,
                    indicator=indicators[code],
                    new=new,
                    at=at,
                )


def entry_of(story: Story, definition: Definition, month: date) -> Entry | None:
    """What is entered for one cell: a number, a reason why there is none, or nothing yet."""
    data, code = story.town.data, definition.indicator.code
    spec, last = data["values"].get(code), month == story.until
    if spec is None or (last and code in data["blank_last"]):
        return None
    words = _words(story, code, month)
    reason = _told(story, data["missing"], code, month)
    if reason:
        return Entry(missing_reason=reason, **words)
    provisional = last and code in data["provisional_last"]
    return Entry(
        maturity=Maturity.PROVISIONAL if provisional else Maturity.FINAL,
        **_numbers(story, definition, spec, month),
        **words,
    )


def _told(story: Story, told: Source, code: str, month: date) -> str:
    """What is written down for an indicator and that month, counted from the last one."""
    texts = told.get(code, {})
    found = (text for distance, text in texts.items() if story.month(int(distance)) == month)
    return next(found, "")


def _words(story: Story, code: str, month: date) -> dict[str, Any]:
    data = story.town.data
    distance = data["follow_up"].get(code)
    return {
        "note": _told(story, data["notes"], code, month),
        "public_note": _told(story, data["public_notes"], code, month),
        "follow_up": distance is not None and story.month(distance) == month,
    }


def _numbers(story: Story, definition: Definition, spec: Source, month: date) -> dict[str, Any]:
    first = definition.measured_from or story.plan.months.first
    if spec.get("every_year"):
        first = max(first, fiscal_year_start(fiscal_year_of(month)))
    position = len(month_span(first, month)) - 1
    chance = dice(definition.indicator.code, month)
    if definition.kind == Kind.RATIO:
        numerator, denominator = _ratio(spec, position, chance)
        if definition.numerator_source_id is not None:
            return {"denominator": denominator}
        return {"numerator": numerator, "denominator": denominator}
    return {"value": _number(spec, position, chance)}


def _number(spec: Source, position: int, chance: Random) -> Decimal:
    if "list" in spec:
        return Decimal(spec["list"][position % len(spec["list"])])
    if "start" in spec:
        return Decimal(int(spec["start"] + spec["step"] * position))
    places: int = spec.get("decimals", 0)
    return round(Decimal(max(0.0, chance.gauss(spec["mean"], spec["spread"] / 2))), places)


def _ratio(spec: Source, position: int, chance: Random) -> tuple[Decimal, Decimal]:
    whole: int = spec["den"]
    if whole > 200:
        whole = int(whole * chance.uniform(0.95, 1.05))
    since, jump = spec.get("jump", (0, 0))
    rate = spec["rate"] + spec["slope"] * position + chance.uniform(-0.4, 0.4)
    rate += jump if position >= since else 0
    return Decimal(int(min(Decimal(whole * rate / 100), whole * HIGHEST))), Decimal(whole)
