"""評価区分 and 提出期限 of a form: what the portal begins with, until the town decides otherwise.

Only what differs from the initial values is written, as a version that nobody has decided.
"""

from dataclasses import replace
from datetime import datetime

from headquarters.upkeep.plan_form.faults import Faults
from headquarters.upkeep.plan_form.reading import FormRow
from headquarters.upkeep.plan_form.sheets import LETTERS
from measures.deciding import begin
from measures.models import Plan
from measures.settings_of import GradeBand, SettingKind, Settings

REASON = "計画の様式で読み込んだ値"
FALLS = "評価{}の下限は、評価{}の下限より低くしてください。"
TWICE = "評価{}と評価{}が同じ名前です。別の名前にしてください。"


def load_settings(plan: Plan, row: FormRow, faults: Faults, *, at: datetime) -> int:
    """Write them; how many versions were made."""
    usual, settings = Settings(), _read(row)
    _check(row, settings, faults)
    count = 0
    for kind, differs in (
        (SettingKind.GRADES, settings.grades != usual.grades),
        (SettingKind.DEADLINE, settings.deadline != usual.deadline),
    ):
        if differs:
            begin(plan=plan, kind=kind, settings=settings, reason=REASON, at=at)
            count += 1
    return count


def _read(row: FormRow) -> Settings:
    """The settings with what was filled in; what was left blank has its initial value."""
    usual, given = Settings(), row.values
    grades = tuple(
        GradeBand(
            band.letter,
            given[f"grade_{band.letter}"] or band.name,
            _or(given.get(f"from_{band.letter}"), band.threshold),
        )
        for band in usual.grades
    )
    deadline = replace(
        usual.deadline,
        day=_or(given["deadline_day"], usual.deadline.day),
        hour=_or(given["deadline_hour"], usual.deadline.hour),
    )
    return replace(usual, grades=grades, deadline=deadline)


def _or(given, usual):
    return usual if given is None else given


def _check(row: FormRow, settings: Settings, faults: Faults) -> None:
    """The rates fall from A to C, and no two grades have one name."""
    bands = settings.grades
    for higher, lower in zip(bands[:-2], bands[1:-1], strict=True):
        if not (higher.threshold or 0) > (lower.threshold or 0):
            place = row.place(f"from_{lower.letter}")
            faults.add(place, FALLS.format(lower.letter, higher.letter))
    names = [band.name for band in bands]
    for letter, name in zip(LETTERS, names, strict=True):
        first = LETTERS[names.index(name)]
        if first != letter:
            faults.add(row.place(f"grade_{letter}"), TWICE.format(first, letter))
