"""What can be found of the plan: measures, indicators, steps, milestones, its text.

As of a day: numbers, names and departments of that day, and what stands in the plan on it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.html import strip_tags

from foundation.japanese.calendar import wareki_date
from foundation.japanese.folding import folded
from foundation.records.addresses import address_of
from foundation.records.compiled import Compiled
from headquarters.desk.search.model import Candidate
from headquarters.desk.search.rows import Row, rows_of
from kpi.models import Indicator
from kpi.querysets import call_then as call_indicator
from measures.labels import call_then
from measures.models import EditorialNote, Measure, Plan, PlanSection, TownStatistic
from measures.querysets import UNDECIDED
from roadmap.models import Milestone, Step

STEP, MILESTONE = "step", "milestone"
SECTION, NOTE, STATISTIC = "section", "note", "statistic"
PASSAGES = (  # of a measure's page: field, its place there, what it is called
    ("summary", "summary", "概要"),
    ("current_issues", "issues", "現状・課題"),
    ("initiatives", "initiatives", "取組"),
    ("kpi_text", "kpi-text", "KPI（原文）"),
    ("roadmap_text", "roadmap-text", "工程表（原文）"),
)


@dataclass(frozen=True)
class Named:
    """The measures of a day by id, under their names of that day. One query."""

    by_id: dict[int, Measure]

    @classmethod
    def on(cls, day: date) -> "Named":
        """Those that stand in the plan on that day, in its order."""
        return cls({row.pk: call_then(row, row) for row in _measures(day)()})

    @property
    def plan(self) -> Plan | None:
        """The plan of which they are."""
        return next((row.policy.plan for row in self.by_id.values()), None)

    def called(self, key: int | None) -> str:
        """「施策2 書かない窓口構築」; nothing for none, or one that has left the plan."""
        row = self.by_id.get(key) if key else None
        return f"施策{row.number} {row.name}" if row else ""


@lru_cache(maxsize=16)
def _measures(day: date) -> Compiled[Measure]:
    """The question for them, put together once for a day."""
    return Compiled(Measure.objects.on(day).select_related("policy__plan"))


@lru_cache(maxsize=16)
def _indicators(month: date) -> Compiled[Indicator]:
    """The question for the indicators of a month, put together once."""
    return Compiled(Indicator.objects.in_month(month))


def measures(named: Named) -> list[Candidate]:
    """The measures."""
    return [
        Candidate(
            "施策",
            address_of("measures:detail", row.number),
            named.called(row.pk),
            row.lead_department.name if row.lead_department else UNDECIDED,
            codes=(str(row.number), f"施策{row.number}"),
        )
        for row in named.by_id.values()
    ]


def indicators(named: Named, month: date) -> list[Candidate]:
    """The indicators of a month. One query."""
    rows = _indicators(month)()
    return [_indicator(call_indicator(row, row), named) for row in rows]


def _indicator(row: Indicator, named: Named) -> Candidate:
    return Candidate(
        "指標",
        address_of("reports:indicator", row.code),
        f"{row.code} {row.name}",
        named.called(row.measure_id),
        "" if folded(row.source_text) == folded(row.name) else row.source_text,
        (folded(row.code),),
    )


def kinds(day: date) -> list[QuerySet]:
    """The rows of the roadmap on a day and of the plan's own words, for `joined`."""
    return [_steps(day), _milestones(day), _sections(), _notes(), _statistics()]


def _steps(day: date):
    return rows_of(Step.objects.on(day), STEP, title="name", measure="measure_id")


def _milestones(day: date):
    return rows_of(
        Milestone.objects.standing(day),
        MILESTONE,
        title="name",
        place="step__name",
        measure="step__measure_id",
        day="approved_on",
    )


def roadmap(rows: Iterable[Row], named: Named) -> list[Candidate]:
    """The steps and milestones of the measures, out of these rows."""
    stages = (row for row in rows if row.kind in (STEP, MILESTONE))
    return [_stage(row, named.called(row.measure)) for row in stages if row.measure in named.by_id]


def _stage(row: Row, measure: str) -> Candidate:
    if row.kind == STEP:
        return Candidate("工程", address_of("roadmap:step", row.key), row.title, measure)
    due = f"期日 {wareki_date(row.day)}" if row.day else ""
    return Candidate(
        "マイルストーン",
        address_of("roadmap:milestone_edit", row.key),
        row.title,
        "　".join(
            filter(
                None,
                [
                    measure,
                    f"工程「{row.place}」",
                    due,
                ],
            )
        ),
    )


def text(rows: Iterable[Row], named: Named) -> list[Candidate]:
    """The plan's own words out of these rows: what measures say, chapters, 補記 beside them, and
    the town's numbers.
    """
    found = list(rows)
    written = [_passage(row, named) for row in found if row.kind in (SECTION, NOTE)]
    return [*_of_measures(named), *filter(None, written), *_of_series(found)]


def _sections():
    return rows_of(
        PlanSection.objects.all(),
        SECTION,
        title="heading",
        text="body",
        place="chapter_title",
        number="order",
    )


def _notes():
    return rows_of(
        EditorialNote.objects.all(),
        NOTE,
        title="quote",
        text="note",
        number="section__order",
        measure="measure_id",
    )


def _statistics():
    return rows_of(
        TownStatistic.objects.all(),
        STATISTIC,
        title="series",
        text=Concat("source", Value("　"), "note", output_field=CharField()),
        place="group",
        number="year",
    )


def _of_series(rows: Iterable[Row]) -> Iterator[Candidate]:
    """まちの現状: a line for each series, which leads to its first number there."""
    series: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.kind == STATISTIC:
            series.setdefault((row.place, row.title), []).append(row)
    for (place, title), numbers in series.items():
        page = f"{address_of('measures:context')}#number-{min(row.key for row in numbers)}"
        years = "・".join(str(row.number) for row in numbers if row.number)
        said = "　".join(dict.fromkeys(row.text.strip("　") for row in numbers))
        whose = "　".join(filter(None, ["まちの現状", place]))
        yield Candidate("統計", page, title, whose, said, note=f"{years}年" if years else "")


@lru_cache(maxsize=512)
def _without_tags(text: str) -> str:
    return strip_tags(text)


def _of_measures(named: Named) -> list[Candidate]:
    found = []
    for row in named.by_id.values():
        page = address_of("measures:detail", row.number)
        for field, place, label in PASSAGES:
            said = _without_tags(getattr(row, field))
            whose = named.called(row.pk)
            found.append(Candidate("計画書", f"{page}#{place}", "", whose, said, note=label))
    return found


def _passage(row: Row, named: Named) -> Candidate | None:
    """A chapter's passage, or a 補記 with the words beside which it stands."""
    page = f"{address_of('measures:plan')}#s{row.number}"
    if row.kind == SECTION:
        whose = "　".join(filter(None, [row.place, row.title]))
        return Candidate("計画書", page, "", whose, row.text)
    said = f"「{row.title}」：{row.text}"
    if not row.measure:
        return Candidate("補記", page, "", "計画書", said)
    measure = named.by_id.get(row.measure)
    if measure is None:
        return None
    page = f"{address_of('measures:detail', measure.number)}#notes"
    return Candidate("補記", page, "", named.called(row.measure), said)
