"""名簿 as data: a row for each holding, and for each post that nobody holds."""

from datetime import date

from foundation.records.models import HistoryEntry
from foundation.sheets.columns import Coded, choices_of, coded, day, flat, text
from foundation.sheets.lists import DataList
from headquarters.organisation.frame import data_list, whose
from headquarters.organisation.roster.choices import Duty, Part
from headquarters.organisation.roster.reading import RosterLine, roster
from measures.models import Plan

DUTIES = Coded("役", choices_of(Duty.choices))
PARTS = Coded("会議の出欠", choices_of(Part.choices))
STANDINGS = {"now": "在任中", "coming": "就任前", "past": "前任"}
VACANT, ENDED = "未登録", "廃止"


def _first(line: RosterLine) -> date | None:
    return line.holding.valid_from if line.holding else None


def _last(line: RosterLine) -> date | None:
    return line.holding.valid_until if line.holding else line.post.ends_on


def _department(line: RosterLine) -> str:
    return line.post.department.name if line.post.department else ""


def _standing(line: RosterLine) -> str:
    if line.holding:
        return STANDINGS[line.kind]
    return ENDED if line.is_past else VACANT


def roster_file(plan: Plan | None, on: date) -> DataList:
    """The whole roster of a day with everybody who ever held a post or will."""
    columns = flat(
        [
            whose(plan),
            day("基準日", "as_of", lambda _: on),
            coded("役", "duty", DUTIES, lambda line: line.post.get_duty_display()),
            text("職", "post", lambda line: line.post.title, 28),
            text(
                "課", "department", lambda line: line.post.department and line.post.department.name
            ),
            text("氏名", "name", lambda line: line.holding.name if line.holding else ""),
            text("在任の状態", "standing", _standing),
            day("いつから", "valid_from", _first),
            day("いつまで", "valid_until", _last),
            coded("会議の出欠", "part", PARTS, lambda line: line.post.get_part_display()),
        ]
    )
    lines = [line for group in roster(on, past=True) for line in group.lines]
    newest = HistoryEntry.objects.of_action("organisation.roster").first()
    return data_list(
        "推進本部名簿",
        plan,
        columns,
        lines,
        newest,
    )
