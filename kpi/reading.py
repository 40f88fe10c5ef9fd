"""From rows to the pure rules: everything a screen needs to know about the indicators of one
month.

`load(month)` asks two queries whatever the data and returns one `IndicatorMonth` per indicator;
lists, entry grid, indicator page, measure sheet and monthly report all read it, so a number is
computed one way only.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from foundation.japanese.calendar import (
    add_months,
    fiscal_year,
    fiscal_year_end,
    fiscal_year_start,
    last_of_month,
)
from kpi.cells.answers import numerators_of, readings_of, sources_of, version_in
from kpi.cells.fetched import Values, answered_by, definitions_of, values_within, versions_of
from kpi.choices import CellState
from kpi.models import Definition, Indicator, KpiValue, Target
from kpi.models.aimed import targets_of
from kpi.models.readings import bands_of, rule_of, target_of
from kpi.rules.achievement import Band
from kpi.rules.checks import Entry, Numbers, soft_warnings
from kpi.rules.counting import (
    Reading,
    Rule,
    begins_anew,
    cell_state,
    compared_since,
    counting_sentence,
    month_figure,
)
from kpi.rules.expectation import TargetOfYear
from kpi.rules.judged import Progress
from kpi.rules.outlook import lost_baseline
from kpi.rules.progress import moved_by_target, progress
from kpi.rules.versions import month_by_month
from measures.models import Measure, Plan
from measures.settings_of import Settings, SettingVersions


@dataclass(frozen=True)
class IndicatorMonth:
    """One indicator as seen from one month: definition, readings up to the month, targets in
    force, judgement.

    `on`: the day as of which it is seen; a month that has not ended by then is not judged and not
    missing. `stored` and `readings`: {month: row} since the plan's first month; `versions`: Target
    rows, oldest version first; `definitions`: the versions of its definition up to the month,
    oldest first (the last one is `definition`). `decided`: the settings of the plan. `numerators`:
    {month: row of the other indicator whose value is the numerator}; `readings` have it filled in.
    """

    definition: Definition
    definitions: tuple[Definition, ...]
    rule: Rule
    month: date
    on: date
    stored: dict[date, KpiValue]
    readings: dict[date, Reading]
    plan_start: date
    decided: SettingVersions
    numerators: dict[date, KpiValue] = field(default_factory=dict)
    judged: bool = True

    @cached_property
    def versions(self) -> tuple[Target, ...]:
        """The versions of its targets; none where they were not asked for."""
        return targets_of(self.definition) if self.judged else ()

    @property
    def settings(self) -> Settings:
        """What the town decided about its rules, as it holds in the month."""
        return self.decided.in_month(self.month)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The grade bands of the month, best first."""
        return bands_of(self.settings)

    @property
    def indicator(self) -> Indicator:
        """The indicator row."""
        return self.definition.indicator

    @property
    def plan(self) -> Plan:
        """The plan it stands in."""
        plan: Plan = self.indicator.measure.policy.plan
        return plan

    @property
    def targets(self) -> dict[int, Target]:
        """{fiscal year: Target row} known in this month, of later years as they will begin, for
        lists.
        """
        later = fiscal_year_end(max((row.fiscal_year for row in self.versions), default=1))
        coming = self.targets_in(later)
        now, year = self.targets_in(self.month), fiscal_year(self.month)
        return {
            each: row for each, row in sorted((coming | now).items()) if each > year or each in now
        }

    def targets_in(self, month: date) -> dict[int, Target]:
        """{fiscal year: Target row} as in force in `month` (docs/rules.md §3)."""
        return self._in_force(month)

    @cached_property
    def _in_force(self) -> Callable[[date], dict[int, Target]]:
        return month_by_month(self.versions, self.plan_start)

    @property
    def reading(self) -> Reading | None:
        """What was reported for the month itself."""
        return self.readings.get(self.month)

    def saved_in(self, month: date) -> list[KpiValue]:
        """The rows that make a month's answer, the one saved last first."""
        rows = (self.stored.get(month), self.numerators.get(month))
        return sorted((row for row in rows if row), key=lambda row: row.version, reverse=True)

    @property
    def numerator(self) -> Decimal | None:
        """The month's numerator where it is another indicator's value (None: there is none)."""
        row = self.numerators.get(self.month)
        return row.value if row else None

    @property
    def awaits_numerator(self) -> bool:
        """Is the other indicator's value all that is missing?"""
        known = self.stored.get(self.month) is not None
        return known and self.reading is None and self.numerators.get(self.month) is None

    @cached_property
    def state(self) -> CellState:
        """The state of the month's cell (docs/rules.md §2)."""
        return self.state_in(self.month)

    def definition_in(self, month: date) -> Definition:
        """The version of the definition that holds in `month` (the first one for months before
        it).
        """
        return version_in(self.definitions, month)

    @cached_property
    def breaks(self) -> list[date]:
        """Months from which another thing is counted.

        Figures before and after are not added up or compared.
        """
        return [
            newer.from_month
            for older, newer in pairwise(self.definitions)
            if begins_anew(older, newer)
        ]

    @property
    def lost_baseline(self) -> bool:
        """Has the count changed, and no baseline of its own come with it, so that 計画全体の進捗
        has nothing to compare with? A total of the plan needs none.
        """
        return lost_baseline(self.rule_in(self.month))

    def state_in(self, month: date) -> CellState:
        """The state of another month's cell. Before the first month in use nothing is missing."""
        rule = self._of_version[id(self.definition_in(month))]
        state = cell_state(rule, month, self.readings.get(month), until=self.month)
        asked = self.decided.in_month(month).asks_for(month)
        return CellState.NOT_DUE if state == CellState.MISSING and not asked else state

    def runs(self, month: date) -> bool:
        """Has the month not ended by the day as of which this is seen?"""
        return self.on <= last_of_month(month)

    def judged_state_in(self, month: date) -> CellState:
        """The state of a month's cell for whoever judges: what still runs is not missing yet."""
        state = self.state_in(month)
        return CellState.NOT_DUE if state == CellState.MISSING and self.runs(month) else state

    def figure_in(self, month: date) -> Decimal | None:
        """A month's own figure, or None when there is none."""
        return month_figure(self.readings.get(month), self.rule.unit)

    @property
    def revisions(self) -> list[Target]:
        """Target versions after the first of the month's fiscal year that are in force by now,
        oldest first.
        """
        year = fiscal_year(self.month)
        return [
            row
            for row in self.versions
            if row.fiscal_year == year and row.version > 1 and row.from_month <= self.month
        ]

    def progress_at(self, until: date, *, original: bool = False) -> Progress:
        """The judgement as of the end of `until`, with the definition and the targets that were in
        force then; `original`: against the first version of every target. Of a month that runs
        neither value nor expectation enters.
        """
        if original:
            first = {row.fiscal_year: row for row in self.versions if row.version == 1}
            return self._judged_by(first, until)
        known = self.targets_in(until)
        judged = self._judged_by(known, until)
        before, year = add_months(until, -1), fiscal_year(until)
        revised = self.targets_in(before).get(year) != known.get(year)
        if not revised or until == fiscal_year_start(year):
            return judged
        stays = self._judged_by(self.targets_in(before), until)
        return moved_by_target(judged, stays, self._judged_by(self.targets_in(before), before))

    def rule_in(self, month: date) -> Rule:
        """The rule that holds in a month, with the month since which it is counted this way."""
        definition = self.definition_in(month)
        counted_from = max((each for each in self.breaks if each <= month), default=None)
        key = (id(definition), counted_from)
        if key not in self._rules:
            self._rules[key] = replace(self._of_version[id(definition)], counted_from=counted_from)
        return self._rules[key]

    @cached_property
    def _of_version(self) -> dict[int, Rule]:
        older = {id(row): rule_of(row) for row in self.definitions[:-1]}
        return older | {id(self.definition): self.rule}

    @cached_property
    def _rules(self) -> dict[tuple[int, date | None], Rule]:
        return {}  # as the targets; rows are known by what they are, ids may be still to come

    @cached_property
    def _goals(self) -> dict[int, TargetOfYear]:
        return {id(row): target_of(row) for row in self.versions}

    def _judged_by(self, known: dict[int, Target], until: date) -> Progress:
        """The judgement as of the end of `until` against these targets."""
        return progress(
            self.rule_in(until),
            [row for month, row in self.readings.items() if month <= until],
            [self._goals[id(row)] for row in known.values()],
            until=until,
            plan_start=self.plan_start,
            bands=bands_of(self.decided.in_month(until)),
            running=self.runs(until),
        )

    def with_value(self, value: KpiValue | None) -> "IndicatorMonth":
        """The same with the month's value as it was just saved (None: cleared); no queries."""
        stored = {month: row for month, row in self.stored.items() if month != self.month}
        if value is not None:
            stored[self.month] = value
        readings = readings_of(self.definitions, stored, self.numerators)
        return replace(self, stored=stored, readings=readings)

    def with_numerator(self, entry: Entry) -> Entry:
        """An entry with the numerator that is another indicator's value, where it is one."""
        linked = self.definition.numerator_source_id and entry.denominator is not None
        return replace(entry, numerator=self.numerator) if linked else entry

    def warnings_about(self, entry: Numbers) -> list[str]:
        """Soft warnings about what is, or would be, the month's value (docs/rules.md §2); a
        numerator that is another indicator's value stands in it. Not against what was counted
        another way.
        """
        since = max([compared_since(self.definition.accumulation, self.month), *self.breaks])
        numbers = [
            row
            for month, row in sorted(self.readings.items())
            if since <= month < self.month and row.has_number
        ]
        previous = numbers[-1] if numbers else None
        floor = self.settings.warning_floor.of(self.definition.unit)
        return soft_warnings(entry, self.definition, previous, floor)

    @property
    def unexplained(self) -> list[str]:
        """Soft warnings about the month's stored value that no comment answers."""
        stored, answer = self.stored.get(self.month), self.reading
        if answer is None or (stored is not None and stored.note):
            return []
        return self.warnings_about(answer)

    @property
    def counting(self) -> str:
        """The counting rule in words."""
        return counting_sentence(self.rule)


def load(
    month: date,
    *,
    on: date,
    measure: Measure | None = None,
    indicator: Indicator | None = None,
    code: str | None = None,
    code_in: date | None = None,
    submissions: bool = False,
    judged: bool = True,
    evidence: bool = False,
    departments: Collection[int] | None = None,
    values: Values | None = None,
) -> list[IndicatorMonth]:
    """All indicators of the plan in `month` (first of month), or those of one measure, or one
    indicator (itself, or by its `code` in that month or in `code_in`), as seen on the day `on`.

    Two queries (definitions with targets, values), whatever the data; `submissions`: each knows the
    state of its department's submission and the month's due day, too. Without `judged` the targets
    are not asked. `evidence`: with what its own page shows of each. `departments`: only what they
    answer for. `values`: all until that month or later (`values_of`), where they are known.
    """
    asked = (measure and measure.pk, code, code_in, indicator and indicator.pk)
    versions = versions_of(definitions_of(month, *asked, submissions, judged, evidence)())
    if departments is not None:
        versions = answered_by(departments, versions)
    if not versions:
        return []
    plan = versions[0][0].indicator.measure.policy.plan
    some = departments is not None or any(each is not None for each in asked)
    only = [rows[0].indicator_id for rows in versions] if some else None
    plan_start, decided = plan.months.first, SettingVersions.read(versions[0][0].decided)
    read = only and [*only, *sources_of(versions)]
    stored = values_within(plan_start, month, read, values)
    found = []
    for rows in versions:
        own = stored.get(rows[-1].indicator_id, {})
        numerators = numerators_of(rows, stored)
        found.append(
            IndicatorMonth(
                definition=rows[-1],
                definitions=rows,
                rule=rule_of(rows[-1]),
                month=month,
                on=on,
                stored=own,
                readings=readings_of(rows, own, numerators),
                judged=judged,
                plan_start=plan_start,
                decided=decided,
                numerators=numerators,
            )
        )
    return found
