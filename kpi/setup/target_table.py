"""The table of all yearly targets: one row per indicator, one box per fiscal year, saved by row."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.japanese.calendar import fiscal_year_short
from foundation.japanese.numbers import (
    NumberError,
    decimals_of,
    parse_decimal,
    places_wanted,
    whole_number,
)
from foundation.records.actions import moment
from foundation.records.conflict import SavedAlready
from kpi import words
from kpi.cells.fetched import definitions_to_aim_at
from kpi.choices import Direction
from kpi.models import Definition, Target
from kpi.rules.checks import places_of
from kpi.setup.points import settle_targets
from kpi.setup.targets import NewTarget, set_target, standing_of


@dataclass
class Cell:
    """One fiscal year's target: the version that will hold at its end, what was typed.

    `version`: the newest one (0: none), whether it holds or not.
    """

    code: str
    year: int
    stored: Target | None
    version: int = 0
    typed: str | None = None
    error: str = ""
    seen: int | None = None

    def take(self, data) -> None:
        """What was typed, and the version that was seen."""
        self.typed = data.get(self.name, "").strip()
        self.seen = whole_number(data.get(self.seen_name), 0)

    def see(self, typed: str, data) -> None:
        """What was pasted; a page that has shown no version yet sees the newest one."""
        self.typed = typed
        self.seen = whole_number(data.get(self.seen_name), self.version)

    @property
    def changed(self) -> bool:
        """Was something else typed than what is stored?"""
        return self.typed != self.words

    @property
    def agreed(self) -> str:
        """Who has stored the same since the page was drawn, in a sentence; else nothing."""
        if self.changed or self.stored is None or self.seen == self.version:
            return ""
        return SavedAlready.by(self.stored.created_by, self.stored).sentence

    @property
    def name(self) -> str:
        """The field's name."""
        return f"{self.code}-y{self.year}"

    @property
    def seen_name(self) -> str:
        """The name of the field with the version that was seen."""
        return f"{self.code}-seen{self.year}"

    @property
    def shown(self) -> str:
        """What stands in the box: what was typed, else what is stored."""
        return self.typed if self.typed is not None else self.words

    @property
    def words(self) -> str:
        """The stored target in words."""
        return words.target(self.stored).replace("−", "-") if self.stored else ""


@dataclass
class TargetTableRow:
    """One indicator's targets."""

    definition: Definition
    cells: list[Cell]
    errors: list = field(default_factory=list)
    saved: bool = False
    agreed: str = ""

    @property
    def indicator(self):
        """The indicator."""
        return self.definition.indicator

    @property
    def ranged(self) -> bool:
        """Is the target a range (維持)?"""
        return self.definition.direction == Direction.MAINTAIN

    @property
    def counting(self) -> str:
        """「［件］増加・年度内の合計」, with 「（下限～上限）」 for a range."""
        definition = self.definition
        words = f"{definition.get_direction_display()}・{definition.get_accumulation_display()}"
        return f"［{definition.unit}］{words}{'（下限～上限）' if self.ranged else ''}"

    @property
    def complete(self) -> bool:
        """Has every year a target?"""
        return all(cell.stored for cell in self.cells)

    @property
    def status(self) -> words.RowStatus:
        """What the last column says."""
        if self.errors or any(cell.error for cell in self.cells):
            return words.WRONG
        if self.agreed:
            return words.RowStatus("ok", self.agreed)
        if self.saved:
            return words.SAVED
        left = sum(cell.stored is None for cell in self.cells)
        return (
            words.RowStatus("todo", f"未設定 {left}") if left else words.RowStatus("ok", "設定済み")
        )

    def save(self, data, terms, *, by, at: datetime | None = None) -> bool:
        """Store every changed year as a new version, all or none.

        What is wrong stays on the row with what was typed.
        """
        at = moment(at)
        for cell in self.cells:
            cell.take(data)
        changed = [cell for cell in self.cells if cell.changed]
        self.agreed = next((cell.agreed for cell in self.cells if cell.agreed), "")
        if changed and not terms.is_valid():
            self.errors += [text for problems in terms.errors.values() for text in problems]
        if self.errors:
            return False
        try:
            with transaction.atomic():
                for cell in changed:
                    self.save_cell(cell, terms.cleaned_data, by, at)
                settle_targets(
                    by=by,
                    indicator=self.indicator,
                    at=at,
                )
        except ValidationError:
            return False
        return True

    def save_cell(self, cell, terms: dict, by, at) -> Target:
        """Store what was typed for one year; what is wrong stays on the cell, too.

        `terms`: from when, why, decided where. Raises ValidationError.
        """
        try:
            new = self.new_target(cell, **terms)
            return set_target(
                by=by, indicator=self.indicator, at=at, seen_version=cell.seen, new=new
            )
        except ValidationError as error:
            cell.error = "。".join(error.messages)
            raise

    def new_target(self, cell, **terms) -> NewTarget:
        """What was typed for one year, as `set_target` takes it. ValidationError in words."""
        return NewTarget(
            fiscal_year=cell.year,
            **self.aim(cell),
            **terms,
        )

    def says_the_same(self, cell) -> bool:
        """Does what was typed aim at what is stored, however it is written?"""
        if cell.stored is None:
            return False
        try:
            aim = self.aim(cell)
        except ValidationError:
            return False
        return all(getattr(cell.stored, name) == value for name, value in aim.items())

    def aim(self, cell) -> dict:
        """What a box aims at: numbers, with the midyear target kept, or nothing (「目標なし」)."""
        if cell.typed in (words.NO_TARGET_WANTED, "目標を置かない"):
            return {"none": True}

        midyear = cell.stored.midyear_value if cell.stored else None
        return {**self._numbers(cell.typed), "midyear_value": midyear}

    def _numbers(self, text) -> dict:
        """{value} or {lower, upper} of a box; ValidationError in words."""
        if not text:
            raise ValidationError(
                "目標は消せません。見直すときは新しい値を、置かないと決めたときは「目標なし」を入力してください。"
            )
        parts = (
            [part.strip() for part in text.replace("〜", "～").split("～")]
            if self.ranged
            else [text]
        )
        if self.ranged and len(parts) != 2:
            raise ValidationError(
                "「維持」の指標です。「10～20」のように下限～上限で入力してください（片方だけでも入力できます）。"
            )
        try:
            numbers = [
                parse_decimal(part, unit=self.definition.unit, allow_negative=True)
                if part
                else None
                for part in parts
            ]
        except NumberError as error:
            raise ValidationError(str(error)) from None
        places = places_of(self.definition, "value")
        if any(number is not None and decimals_of(number) > places for number in numbers):
            raise ValidationError(places_wanted(places))
        return {"lower": numbers[0], "upper": numbers[1]} if self.ranged else {"value": numbers[0]}


def _cells(code: str, years: list[int], rows: list[Target], plan_start: date) -> list[Cell]:
    """The boxes of an indicator out of its target rows, oldest version first."""
    standing = standing_of(rows, plan_start)
    newest = {row.fiscal_year: row.version for row in rows}
    return [Cell(code, year, standing.get(year), newest.get(year, 0)) for year in years]


@dataclass
class TargetTable:
    """All rows in the plan's order."""

    years: list
    rows: list

    @classmethod
    def load(cls, month: date) -> "TargetTable":
        """Definitions in force in `month`, newest target version of every fiscal year.

        Two queries.
        """
        definitions = definitions_to_aim_at(month)
        if not definitions:
            return cls([], [])
        plan = definitions[0].indicator.measure.policy.plan
        years = list(plan.fiscal_years)
        targets: dict[int, list[Target]] = {}
        for row in Target.objects.select_related("created_by").order_by("version"):
            targets.setdefault(row.indicator_id, []).append(row)
        return cls(
            years,
            [
                TargetTableRow(
                    definition,
                    _cells(
                        definition.indicator.code,
                        years,
                        targets.get(definition.indicator_id, []),
                        plan.months.first,
                    ),
                )
                for definition in definitions
            ],
        )

    @property
    def heads(self) -> list[str]:
        """Column heads of the years."""
        return [fiscal_year_short(year) for year in self.years]

    @property
    def done(self) -> int:
        """How many of all targets are set."""
        return sum(cell.stored is not None for row in self.rows for cell in row.cells)

    @property
    def total(self) -> int:
        """How many targets there are."""
        return len(self.rows) * len(self.years)

    @property
    def problems(self) -> dict[str, str]:
        """{sentence: anchor of its row} of what is wrong."""
        found = {}
        for row in self.rows:
            for text in (*row.errors, *(cell.error for cell in row.cells if cell.error)):
                found[f"{row.indicator.code}：{text}"] = f"t{row.indicator.code}"
        return found

    def row(self, code: str):
        """The row of an indicator code, or None."""
        return next((row for row in self.rows if row.indicator.code == code), None)
