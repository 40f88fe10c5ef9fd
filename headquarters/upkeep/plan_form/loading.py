"""A read form into an empty database: all of it, or nothing and every fault."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Model

from foundation.japanese.calendar import fiscal_year_name, fiscal_year_start
from foundation.records.actions import record_change
from foundation.records.seen import wait_in_line
from headquarters.upkeep.plan_form.bands import load_settings
from headquarters.upkeep.plan_form.columns import FormSheet
from headquarters.upkeep.plan_form.faults import Faulty
from headquarters.upkeep.plan_form.gathering import Values
from headquarters.upkeep.plan_form.reading import NOTHING, FormRow, ReadForm
from headquarters.upkeep.plan_form.sheets import (
    INDICATORS,
    MEASURES,
    NAME_ALONE,
    NOTES,
    PLAN,
    POINTS,
    POLICIES,
    SECTIONS,
    STATISTICS,
    STEPS,
    TARGETS,
    Place,
    Subject,
)
from kpi.models import Definition, Indicator, Target
from kpi.rules.codes import typed_code
from measures.models import (
    BasicPolicy,
    EditorialNote,
    Measure,
    OpenPoint,
    Plan,
    PlanSection,
    TownStatistic,
)
from roadmap.models import Step

HAS_PLAN = (
    "このデータベースには、すでに計画「{}」があります。別の計画は、空のデータベースに読み込んで"
    "ください（データの置き場所か DATABASE_URL を変えます）。"
)
NOT_THERE = "{}「{}」は、「{}」のシートにありません。番号を確かめてください。"
BACKWARDS = "最終年度は初年度以後にしてください。"
OUTSIDE = "{}は、計画期間（{}～{}）の外です。"
HALF = "開始月と終了月は、両方入力するか、両方空欄にしてください。"
SPAN = ("first_month", "last_month")
OWN = ("code", "name", "source_text", "published")  # of an indicator; the rest is its definition
ELSE = (*OWN, "measure", "numerator_source")
DEFINITION = [each.name for each in INDICATORS.columns if each.name not in ELSE]


class AlreadyThere(Exception):
    """The database has a plan."""


def load_form(form: ReadForm, *, file_name: str, at: datetime) -> tuple[Plan, int]:
    """The plan and how many rows were made. AlreadyThere, or Faulty with every fault: then nothing
    was loaded.
    """
    with transaction.atomic():
        wait_in_line()
        there = Plan.objects.current()
        if there is not None:
            raise AlreadyThere(HAS_PLAN.format(there))
        loader = _Loader(form, at)
        plan = loader.load()
        if plan is None or loader.faults.found:
            raise Faulty(loader.faults)
        record_change(
            by=None,
            action="plan.load",
            subject=plan,
            before={},
            after={"追加した件数": loader.count, "様式": file_name},
            at=at,
        )
    return plan, loader.count


class _Loader:
    """Makes the rows, sheet by sheet; goes on after a fault to find the others.

    `known`: by sheet what was made under which key, None for a row that has a fault.
    """

    def __init__(self, form: ReadForm, at: datetime) -> None:
        self.form, self.faults, self.at = form, form.faults, at
        self.count = 0
        self.known: dict[str, dict[Any, Any]] = {}
        self.plan: Plan | None = None

    def load(self) -> Plan | None:
        """Everything, in the order in which the rows lean on each other."""
        heads = self.form.of(PLAN)
        self.plan = self._plan(heads[0]) if heads else None
        if self.plan is None:
            return None
        for sheet in (POLICIES, MEASURES, INDICATORS):
            if not self.form.of(sheet):
                self.faults.add(sheet.title, NOTHING)
        self._each(POLICIES, self._policy)
        self._each(MEASURES, self._measure)
        self._each(SECTIONS, self._section)
        self._each(STATISTICS, self._statistic, key="series")
        self._each(NOTES, self._note)
        self._each(INDICATORS, self._indicator)
        for row in self.form.of(INDICATORS):
            self._definition(row)
        self._each(TARGETS, self._target)
        self._each(STEPS, self._step, key=("measure", "order"))
        self._each(POINTS, self._point)
        return self.plan

    def _each(
        self,
        sheet: FormSheet,
        make: Callable[[FormRow], Model | None],
        key: str | tuple[str, ...] = "",
    ) -> None:
        """Every row of a sheet; what it is called by (its first key, else `key`) is kept."""
        names = key or sheet.key[0]
        known = self.known.setdefault(sheet.title, {})
        for row in self.form.of(sheet):
            at = row.values[names] if isinstance(names, str) else tuple(map(row.values.get, names))
            known[at] = make(row)

    def _save(self, row: FormRow, made: Model, *without: str) -> Model | None:
        """The row in the database; None and the faults where it cannot stand."""
        try:
            made.full_clean(exclude=without)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                for sentence in sentences:
                    self._fault(row, name, sentence)
            return None
        made.save(force_insert=True)
        self.count += 1
        return made

    def _fault(self, row: FormRow, name: str, sentence: str) -> None:
        """A fault of a field, unless its cell has been found faulty when it was read."""
        place = row.line if name == NON_FIELD_ERRORS else row.place(name)
        if all(fault.place != place for fault in self.faults.found):
            self.faults.add(place, sentence)

    def _find(self, row: FormRow, name: str, sheet: FormSheet) -> Any:
        """What a row leans on; None where that is not there, or has a fault of its own."""
        key, known = row.values[name], self.known.get(sheet.title, {})
        if key not in known and key not in (None, ""):
            label = f"{sheet.title}の番号"
            self._fault(row, name, NOT_THERE.format(label, key, sheet.title))
        return known.get(key)

    def _plan(self, row: FormRow) -> Plan | None:
        values = {field.name: row.values.get(field.name) for field in Plan._meta.fields}
        first, last = values["first_fiscal_year"], values["last_fiscal_year"]
        if first and last and last < first:
            self._fault(row, "last_fiscal_year", BACKWARDS)
            return None
        values.pop("id")
        blank = [name for name, value in values.items() if value == ""]
        plan = self._save(row, Plan(**values), *blank)
        if isinstance(plan, Plan):
            self.count += load_settings(plan, row, self.faults, at=self.at)
            return plan
        return None

    def _policy(self, row: FormRow) -> Model | None:
        return self._save(row, BasicPolicy(plan=self.plan, **row.values), "effect")

    def _measure(self, row: FormRow) -> Model | None:
        policy = self._find(row, "policy", POLICIES)
        if policy is None:
            return None
        return self._save(row, Measure(**row.values | {"policy": policy}))

    def _section(self, row: FormRow) -> Model | None:
        return self._save(row, PlanSection(plan=self.plan, **row.values))

    def _statistic(self, row: FormRow) -> Model | None:
        return self._save(row, TownStatistic(plan=self.plan, **row.values))

    def _note(self, row: FormRow) -> Model | None:
        beside = {
            Place.SECTION.value: ("section", SECTIONS),
            Place.MEASURE.value: ("measure", MEASURES),
        }
        if row.values["place"] not in beside:
            return None
        name, sheet = beside[row.values["place"]]
        whose = self._find(row, "key", sheet)
        if whose is None:
            return None
        own = {each: row.values[each] for each in ("code", "quote", "note")}
        return self._save(row, EditorialNote(plan=self.plan, **own, **{name: whose}))

    def _indicator(self, row: FormRow) -> Model | None:
        measure = self._find(row, "measure", MEASURES)
        if measure is None:
            return None
        own = {name: row.values[name] for name in OWN}
        order = 1 + self.form.of(INDICATORS).index(row)
        made = Indicator(measure=measure, order=order, **own)
        return self._save(row, made, *(() if own["source_text"] else ("source_text",)))

    def _definition(self, row: FormRow) -> None:
        """How it is counted from the plan's first month on; after all indicators, because its
        numerator may be another one's value.
        """
        assert self.plan is not None
        indicator = self._find(row, "code", INDICATORS)
        source = self._find(row, "numerator_source", INDICATORS)
        if indicator is None:
            return
        values: Values = {name: row.values[name] for name in DEFINITION}
        for name in ("measured_from", "measured_until"):
            self._check_day(row, name, values[name])
        made = Definition(
            indicator=indicator,
            from_month=self.plan.months.first,
            numerator_source=source,
            **values,
        )
        self._save(row, made)

    def _target(self, row: FormRow) -> Model | None:
        assert self.plan is not None
        indicator, year = self._find(row, "code", INDICATORS), row.values["fiscal_year"]
        if year and year not in self.plan.fiscal_years:
            first, last = self.plan.fiscal_years[0], self.plan.fiscal_years[-1]
            names = map(fiscal_year_name, (year, first, last))
            self._fault(row, "fiscal_year", OUTSIDE.format(*names))
            return None
        if indicator is None or not year:
            return None
        values = row.values | {"indicator": indicator, "from_month": fiscal_year_start(year)}
        for name in ("code", NAME_ALONE):
            values.pop(name)
        made = Target(**values, created_at=self.at)
        return self._save(row, made, "created_by")

    def _step(self, row: FormRow) -> Model | None:
        measure, span = self._find(row, "measure", MEASURES), SPAN
        given = [row.values[name] for name in span]
        if None in given and any(given):
            self._fault(row, span[given.index(None)], HALF)
        for name, month in zip(span, given, strict=True):
            self._check_day(row, name, month)
        if measure is None:
            return None
        return self._save(row, Step(**row.values | {"measure": measure}))

    def _check_day(self, row: FormRow, name: str, day: date | None) -> None:
        """A fault of a day that the plan cannot have meant."""
        assert self.plan is not None
        try:
            self.plan.months.plan_days.check(day, name)
        except ValidationError as error:
            self._fault(row, name, " ".join(error.messages))

    def _point(self, row: FormRow) -> Model | None:
        subject = self._subject(row)
        if subject is None:
            return None
        values = {each.name: row.values[each.name] for each in POINTS.columns}
        for name in ("subject", "key"):
            values.pop(name)
        made = OpenPoint(
            plan=self.plan,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            subject_label=str(subject).strip()[:150],
            **values,
        )
        return self._save(
            row,
            made,
        )

    def _subject(self, row: FormRow) -> Any:
        """What a point is about."""
        kind, key = row.values["subject"], row.values["key"]
        sheets: dict[str, tuple[FormSheet, Callable[[str], Any]]] = {
            Subject.POLICY.value: (POLICIES, _number),
            Subject.MEASURE.value: (MEASURES, _number),
            Subject.INDICATOR.value: (INDICATORS, typed_code),
            Subject.STATISTIC.value: (STATISTICS, str),
            Subject.STEP.value: (STEPS, _step_key),
        }
        if kind not in sheets:
            return self.plan if kind == Subject.PLAN.value else None
        sheet, reads = sheets[kind]
        known = self.known.get(sheet.title, {})
        found = reads(key)
        if found not in known:
            self._fault(row, "key", NOT_THERE.format(sheet.title, key, sheet.title))
        return known.get(found)


def _number(text: str) -> Any:
    """A number of a policy or a measure; what is none is in no sheet."""
    return int(Decimal(text)) if text.strip().isdecimal() else text


def _step_key(text: str) -> Any:
    """「4-2」 → (4, 2)."""
    measure, _, order = typed_code(text).partition("-")
    return _number(measure), _number(order)
