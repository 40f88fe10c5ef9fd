"""What is different between the facts that a sheet was judged on and others: fact by fact. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from foundation.japanese.calendar import wareki_short
from foundation.japanese.numbers import format_number
from headquarters.reviews.old_words import verdict_in_a_sentence
from headquarters.reviews.stored import (
    SheetFacts,
    SheetInstruction,
    SheetKpi,
    SheetMilestone,
    SheetProject,
)

ABSENT = "－"
Kinds = Sequence[tuple[str, Callable[[Any], str]]]


@dataclass(frozen=True)
class FactChange:
    """One fact that is another now: of what, which one, before and after in words."""

    subject: str
    what: str
    before: str
    after: str


def _day(day: date | None) -> str:
    return wareki_short(day) if day else ABSENT


def _rate(row: SheetKpi) -> str:
    return ABSENT if row.rate is None else f"{format_number(row.rate, 1)}％"


def _grade(row: SheetKpi) -> str:
    """「B 概ね順調」「－（未入力）」."""
    if row.grade is None:
        return f"{ABSENT}（{row.not_judged}）" if row.not_judged else ABSENT
    return f"{row.grade} {row.grade_name}".strip()


def _slip(row: SheetMilestone) -> str:
    return f"{row.slip:+d}日" if row.slip else ABSENT


def _verdict(facts: SheetFacts) -> str:
    return f"{facts.verdict or ABSENT}（{verdict_in_a_sentence(facts.why)}）"


OF_KPIS: Kinds = (
    ("番号", lambda row: row.code),
    ("名称", lambda row: row.name),
    ("年度目標", lambda row: row.target),
    ("実績", lambda row: row.actual),
    ("期待値", lambda row: row.expectation),
    ("達成率", _rate),
    ("評価", _grade),
    ("年度末見込", lambda row: row.forecast or ABSENT),
)
OF_MILESTONES: Kinds = (
    ("工程", lambda row: row.step),
    ("名称", lambda row: row.name),
    ("当初計画", lambda row: _day(row.original_on)),
    ("計画", lambda row: _day(row.approved_on)),
    ("見込", lambda row: _day(row.forecast_on)),
    ("完了", lambda row: _day(row.completed_on)),
    ("状態", lambda row: row.state),
    ("ずれ", _slip),
    ("理由", lambda row: row.reason or ABSENT),
)
OF_INSTRUCTIONS: Kinds = (
    ("指示事項", lambda row: row.text),
    ("期限", lambda row: _day(row.due_on)),
    ("状態", lambda row: row.state),
)
OF_PROJECTS: Kinds = (
    ("課", lambda row: row.department),
    ("年度", lambda row: row.years),
    ("状態", lambda row: row.state),
    ("予算（千円）", lambda row: row.budgeted),
    ("決算（千円）", lambda row: row.spent),
)


def compare(before: SheetFacts, after: SheetFacts) -> list[FactChange]:
    """Every difference: the measure's name, KPIs, milestones, then the verdict that follows."""
    measure = (("番号・名称", lambda facts: facts.measure),)
    verdict = (("自動判定", _verdict),)
    return [
        *_differing(
            "施策",
            before,
            after,
            measure,
        ),
        *_of_rows(before.kpis, after.kpis, OF_KPIS, "指標", _kpi),
        *_of_rows(before.milestones, after.milestones, OF_MILESTONES, "節目", _milestone),
        *_differing("施策", before, after, verdict),
        *_of_instructions(before, after),
        *_of_projects(before, after),
    ]


def _of_projects(before: SheetFacts, after: SheetFacts) -> Iterator[FactChange]:
    """What became of the projects; nothing where they were not kept."""
    if before.projects is not None and after.projects is not None:
        yield from _of_rows(before.projects, after.projects, OF_PROJECTS, "事業", _project)


def _project(row: SheetProject) -> str:
    return f"事業「{row.name}」"


def _of_instructions(before: SheetFacts, after: SheetFacts) -> Iterator[FactChange]:
    """What became of those that were there; a later one belongs to the next sheet."""
    old, new = before.instructions, after.instructions
    if old is None or new is None:
        return
    known = {row.pk for row in old}
    still = [row for row in new if row.pk in known]
    yield from _of_rows(old, still, OF_INSTRUCTIONS, "指示事項", _instruction)


def _instruction(row: SheetInstruction) -> str:
    return f"指示「{row.text}」"


def _kpi(row: SheetKpi) -> str:
    return f"{row.code} {row.name}"


def _milestone(row: SheetMilestone) -> str:
    return f"{row.step}：{row.name}"


def _of_rows(
    old: Sequence[Any], new: Sequence[Any], kinds: Kinds, noun: str, name: Callable[[Any], str]
) -> Iterator[FactChange]:
    """Row by row as they stood; what is gone and what is new is said once."""
    left, right = {row.pk: row for row in old}, {row.pk: row for row in new}
    for key in [*left, *(key for key in right if key not in left)]:
        before, after = left.get(key), right.get(key)
        if before is None or after is None:
            words = ("なし", "あり") if before is None else ("あり", "なし")
            yield FactChange(name(before or after), noun, *words)
        else:
            yield from _differing(name(before), before, after, kinds)


def _differing(subject: str, before: Any, after: Any, kinds: Kinds) -> Iterator[FactChange]:
    for what, words in kinds:
        if words(before) != words(after):
            yield FactChange(subject, what, words(before), words(after))
