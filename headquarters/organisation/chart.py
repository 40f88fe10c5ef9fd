"""推進体制図: the plan's chapter 4 as of a day; headquarters, project teams, departments."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from foundation.accounts.models import Department
from foundation.japanese.calendar import fiscal_year
from headquarters.organisation.drawing import (
    EDGE,
    MIDDLE,
    PADDING,
    WIDTH,
    Box,
    Card,
    Drawing,
    Stroke,
    height_of,
)
from headquarters.organisation.projects.models import Project
from headquarters.organisation.roster.choices import Duty
from headquarters.organisation.roster.reading import posts_of_the_plan, roster
from headquarters.organisation.teams.choices import TeamState
from headquarters.organisation.teams.reading import TeamLine, teams
from measures.models import Measure, Plan

UNREGISTERED = "（未登録）"
HEAD, DEPUTY, OFFICE, TEAM = 240, 210, 228, 476  # widths
LEFT_OF_MEMBERS, BETWEEN = 66, 24
Seats = dict[Duty, list[tuple[str, str]]]  # {役: (職, 氏名)}


@dataclass
class Place:
    """A department on the chart: the measures it leads, how many projects it carries this year."""

    department: Department
    measures: list[int] = field(default_factory=list)
    projects: int = 0

    @property
    def card(self) -> Card:
        """「総務課　施策 5・6・7　3事業」."""
        numbers = "・".join(map(str, self.measures)) or "－"
        name, led = (self.department.name, "b"), (f"施策 {numbers}", "")
        return Card((name, led, (f"{self.projects}事業", "r")))


def drawing(plan: Plan | None, day: date) -> Drawing:
    """The whole chart of a day."""
    drawn = Drawing()
    y = _headquarters(
        drawn,
        plan,
        _seats(plan, day),
    )
    y = _teams(
        drawn,
        y,
        [line for line in teams(day) if line.state == TeamState.ACTIVE],
    )
    y = _departments(
        drawn,
        y,
        places(day),
    )
    drawn.height = y + EDGE
    return drawn


def _seats(plan: Plan | None, day: date) -> Seats:
    """The posts of a day with their holders; before the town has entered any, those of the plan."""
    found: Seats = defaultdict(list)
    for group in roster(day):
        for line in group.lines:
            if line.kind == "now":
                name = line.holding.name if line.holding else UNREGISTERED
                found[group.duty].append((line.post.title, name))
    if not found:
        for row in posts_of_the_plan(plan):
            found[row.duty].append((row.title, UNREGISTERED))
    return found


def _headquarters(drawn: Drawing, plan: Plan | None, seats: Seats) -> float:
    """The frame of the headquarters; returns where it ends."""
    drawn.say(plan.headquarters if plan else "推進本部", 30)
    office = Card((("事務局", "b"), *_named(seats[Duty.OFFICE], "")))
    beside = height_of(office, OFFICE) + 20
    y = _in_the_middle(
        drawn,
        20,
        HEAD,
        "head",
        _called(Duty.HEAD, seats, "l"),
    )
    drawn.card(
        office,
        WIDTH - EDGE - OFFICE,
        20,
        OFFICE,
        beside - 20,
        "soft",
    )
    link = (MIDDLE + HEAD / 2, WIDTH - EDGE - OFFICE)
    drawn.strokes.append(Stroke(f"M{link[0]} 52H{link[1]}", "dash"))
    if seats[Duty.DEPUTY]:
        drawn.strokes.append(Stroke(f"M{MIDDLE} {y}V{y + BETWEEN}"))
        y = _in_the_middle(
            drawn,
            y + BETWEEN,
            DEPUTY,
            "",
            _called(Duty.DEPUTY, seats, "b"),
        )
    bus = max(y + BETWEEN, beside + 16)
    members = [Card(((title, "b"), _holder(name))) for title, name in seats[Duty.MEMBER]]
    if members:
        drawn.strokes.append(Stroke(f"M{MIDDLE} {y}V{bus}"))
        drawn.say("委員", bus + 50)
        bus = drawn.row(members, bus, LEFT_OF_MEMBERS)
    end = bus + BETWEEN
    drawn.boxes.insert(
        0,
        Box(
            0.5,
            0.5,
            WIDTH - 1,
            end,
            "frame",
        ),
    )
    return end


def _in_the_middle(drawn: Drawing, y: float, width: float, look: str, card: Card) -> float:
    height = height_of(card, width)
    drawn.card(
        card,
        MIDDLE - width / 2,
        y,
        width,
        height,
        look,
    )
    return y + height


def _called(duty: Duty, seats: Seats, look: str) -> Card:
    """「本部長　町長」 over the name, one after the other."""
    lines: list[tuple[str, str]] = []
    for title, name in seats[duty] or [("", UNREGISTERED)]:
        lines += [(f"{duty.label}　{title}".strip("　"), look), _holder(name)]
    return Card(tuple(lines))


def _named(rows: list[tuple[str, str]], look: str) -> list[tuple[str, str]]:
    lines = []
    for title, name in rows:
        lines.append((title, look))
        lines.append(_holder(name, "r"))
    return lines


def _holder(name: str, look: str = "") -> tuple[str, str]:
    return (name, "r" if name == UNREGISTERED else look)


def _teams(drawn: Drawing, y: float, rows: list[TeamLine]) -> float:
    """The teams at work, two side by side, hung from the line between them."""
    drawn.say("プロジェクトチーム", y + 45)
    drawn.say(
        "国の重点取組事項・個別施策等の検討",
        y + 45,
        "r",
        right=True,
    )
    top = y + 58
    if not rows:
        drawn.say(
            "置かれているチームはありません。",
            top + 16,
            "r",
        )
        top += 26
    for start in range(
        0,
        len(rows),
        2,
    ):
        cards = [_team_card(line) for line in rows[start : start + 2]]
        height = max(height_of(card, TEAM) for card in cards)
        for side, card in enumerate(cards):
            x = WIDTH - EDGE - TEAM if side else EDGE
            drawn.card(
                card,
                x,
                top,
                TEAM,
                height,
                "team",
            )
            ends = (MIDDLE, x) if side else (x + TEAM, MIDDLE)
            drawn.strokes.append(Stroke(f"M{ends[0]} {top + height / 2}H{ends[1]}", "dash"))
        top += height + PADDING
    drawn.strokes.append(Stroke(f"M{MIDDLE} {y}V{top}"))
    return top


def _team_card(line: TeamLine) -> Card:
    """「窓口デジタル化チーム　施策1・2　リーダー 住民環境課長　5課8人」."""
    who = f"リーダー {line.leader}　{line.size}"
    return Card(((line.team.name, "b"), (line.team.concerns, ""), (who, "r")))


def places(day: date) -> list[Place]:
    """The departments of a day with what they lead and carry. Two queries."""
    theirs = Project.objects.in_year(fiscal_year(day)).filter(department=OuterRef("pk"))
    number = theirs.order_by().values("department").annotate(number=Count("pk")).values("number")
    rows: Any = Department.objects.on(day).order_by("sort_order", "code")
    carrying = rows.annotate(projects_of_year=Coalesce(Subquery(number), 0))
    found = {row.pk: Place(row, projects=row.projects_of_year) for row in carrying}
    for measure in Measure.objects.on(day):
        if measure.lead_id in found:
            found[measure.lead_id].measures.append(measure.number)
    return list(found.values())


def _departments(drawn: Drawing, y: float, rows: list[Place]) -> float:
    """The departments under everything else; returns where they end."""
    drawn.say("各課（DX関連事業を推進）", y + 44)
    drawn.say(
        "個別施策の所管",
        y + 44,
        "r",
        right=True,
    )
    bus = y + 58
    if not rows:
        drawn.say("課はまだ登録されていません。", bus + 20, "r")
        return bus + 30
    drawn.strokes.append(Stroke(f"M{MIDDLE} {y}V{bus}"))
    return drawn.row(
        [row.card for row in rows],
        bus,
        EDGE,
        "soft",
    )
