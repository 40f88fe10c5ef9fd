"""A team as its page shows it: members of a day, sittings with what they decided and asked for."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from foundation.japanese.calendar import wareki_date
from foundation.records.compiled import Compiled
from headquarters.organisation.choices import ActionState
from headquarters.organisation.models import ActionItem
from headquarters.organisation.teams.choices import TeamPart, TeamState
from headquarters.organisation.teams.models import ProjectTeam, Sitting, TeamMember
from measures.models import Measure


@dataclass(frozen=True)
class TeamLine:
    """A team in the list. `state`, `leader` and `members` are those of the day."""

    team: ProjectTeam
    state: TeamState
    members: list[TeamMember]

    @property
    def leader(self) -> str:
        """Who leads it, by place or by name."""
        found = (row for row in self.members if row.part == TeamPart.LEADER)
        return next((row.place or row.name for row in found), "未登録")

    @property
    def size(self) -> str:
        """「5課8人」: departments and members; of a team without any 「構成員 未登録」."""
        places = {row.department_id for row in self.members if row.department_id}
        count = len(self.members)
        return f"{len(places)}課{count}人" if count else "構成員 未登録"

    @property
    def meetings(self) -> str:
        """「会合3回（前回 令和8年10月28日）」, 「会合なし」."""
        days = [row.held_on for row in self.team.sittings.all()]
        return f"会合{len(days)}回（前回 {wareki_date(max(days))}）" if days else "会合なし"


@dataclass(frozen=True)
class AskedLine:
    """An instruction of a sitting with its sign and state in words."""

    item: ActionItem
    kind: str
    words: str


@dataclass(frozen=True)
class SittingLine:
    """A sitting with its number in the team."""

    row: Sitting
    number: int
    asked: list[AskedLine]


def line_of(team: ProjectTeam, day: date) -> TeamLine:
    """A team on a day; of one that has ended, on its last day."""
    then = min(day, team.ends_on) if team.ends_on else max(day, team.starts_on)
    return TeamLine(
        team,
        team.state_on(day),
        team.members_on(then),
    )


def teams(day: date) -> list[TeamLine]:
    """Every team, those that go on first. Four queries."""
    return [line_of(team, day) for team in ProjectTeam.objects.listed()]


def teams_of(measure: Measure, day: date) -> list[TeamLine]:
    """The teams of a measure that are at work on a day. Four queries."""
    return [line_of(team, day) for team in _at_work(measure.pk, day)()]


@lru_cache(maxsize=128)
def _at_work(measure: int, day: date) -> Compiled[ProjectTeam]:
    """The question for them, put together once for a measure and a day."""
    return Compiled(ProjectTeam.objects.active(day).about(measure).listed())


def asked_line(item: ActionItem, day: date) -> AskedLine:
    """「期限超過 2日」, 「回答済み」."""
    late = (day - item.due_on).days
    if item.state == ActionState.OPEN and late > 0:
        return AskedLine(
            item,
            "late",
            f"期限超過 {late}日",
        )
    signs = {
        ActionState.OPEN: "todo",
        ActionState.ANSWERED: "doing",
        ActionState.CLOSED: "done",
        ActionState.WITHDRAWN: "off",
    }
    return AskedLine(
        item,
        signs[ActionState(item.state)],
        item.get_state_display(),
    )


def sittings_of(team: ProjectTeam, day: date) -> list[SittingLine]:
    """The sittings of a team, the newest first and numbered from the first. Two queries."""
    rows = list(team.sittings.all())
    asked: dict[int, list[AskedLine]] = {}
    for item in ActionItem.objects.of_team(team):
        asked.setdefault(
            item.sitting_id,
            [],
        ).append(asked_line(item, day))
    count = len(rows)
    return [
        SittingLine(
            row,
            count - place,
            asked.get(row.pk, []),
        )
        for place, row in enumerate(rows)
    ]
