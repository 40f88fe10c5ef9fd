"""What a sheet is judged on, as plain data: kept as JSON at 提出 and 本部評価 (docs/rules.md §7).

Words and figures as they stood, so that later names, targets and code change nothing in them.
Pure.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.records.frozen import as_json, read_as
from headquarters.organisation.projects.money import money

FORMAT_VERSION = 4
NOT_IN_1 = dict.fromkeys(("forecast", "pace", "last_year"), "")


@dataclass(frozen=True)
class SheetKpi:
    """One indicator. `actual`, `expectation`, `target`: in words; `figure` is that of
    `figure_month`, uncut; `rate`: percent. `forecast`, `pace`, `last_year`: in words what stands
    beside the judgement (年度末見込 with its reason, このままのペースなら, 前年同月).
    """

    pk: int
    code: str
    name: str
    figure: Decimal | None
    figure_month: date | None
    actual: str
    expectation: str
    target: str
    rate: Decimal | None
    grade: str | None
    grade_name: str
    not_judged: str
    sentence: str
    forecast: str
    pace: str
    last_year: str


@dataclass(frozen=True)
class SheetMilestone:
    """One milestone of one step. `state`: in words; `kind`: its sign; `slip`: days."""

    pk: int
    step: str
    name: str
    state: str
    kind: str
    late: bool
    slipping: bool
    stale: bool
    is_due: bool
    original_on: date | None
    approved_on: date
    forecast_on: date | None
    forecast_passed: bool
    completed_on: date | None
    slip: int | None
    sentence: str
    reason: str


@dataclass(frozen=True)
class SheetInstruction:
    """One instruction of the headquarters on the measure. `state`: in words."""

    pk: int
    meeting: str
    given_on: date
    text: str
    due_on: date
    state: str
    is_open: bool
    is_closed: bool
    answered_on: date | None


@dataclass(frozen=True)
class SheetProject:
    """One DX関連事業 of the measure in the fiscal year of the sheet. `state`: in words; `kind`: its
    sign; money in 千円, None where there is none or it is not known.
    """

    pk: int
    name: str
    department: str
    years: str
    state: str
    kind: str
    budget: int | None
    settled: int | None

    @property
    def budgeted(self) -> str:
        """予算 in words."""
        return money(self.budget)

    @property
    def spent(self) -> str:
        """決算 in words."""
        return money(self.settled)


@dataclass(frozen=True)
class SheetFacts:
    """All of it as of a day, with the automatic verdict (`verdict` None = －) and its why.

    `instructions`: None where they were not kept (before format 3, in editions); so `projects`
    (before format 4).
    """

    format_version: int
    as_of: date
    measure: str
    kpis: tuple[SheetKpi, ...]
    milestones: tuple[SheetMilestone, ...]
    verdict: str | None
    why: str
    instructions: tuple[SheetInstruction, ...] | None
    projects: tuple[SheetProject, ...] | None


def dump(facts: SheetFacts) -> str:
    """The facts as JSON: the same facts give the same text."""
    return as_json(facts)


def parse(text: str) -> SheetFacts:
    """Facts out of their JSON, older formats brought up.

    ValueError when the format is one this code does not know.
    """
    data = json.loads(text)
    if data.get("format_version") == 1:
        kpis = [NOT_IN_1 | row for row in data["kpis"]]
        data |= {"kpis": kpis, "format_version": 2}
    if data.get("format_version") == 2:
        data |= {"instructions": None, "format_version": 3}
    if data.get("format_version") == 3:
        data |= {"projects": None, "format_version": FORMAT_VERSION}
    if data.get("format_version") != FORMAT_VERSION:
        raise ValueError(
            f"このシートの数字の形式（{data.get('format_version')}）は読み取れません。"
        )
    facts: SheetFacts = read_as(SheetFacts, data)
    return facts
