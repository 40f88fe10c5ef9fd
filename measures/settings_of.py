"""What the town decided about its own rules, as of a month (docs/rules.md §10).

Pure: rows in, typed values out.

Each setting is stored in versions, each from a month on; what has not been decided has its initial
value, which is at work all the same. `SettingVersions.in_month(month)` gives the `Settings` that
hold in a month; whoever judges receives them and knows no constant of his own.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, time
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from django.db.models import TextChoices

from foundation.japanese.workdays import CLOSING_TIME, hour_words


class SettingKind(TextChoices):
    """The settings of a plan, in the order in which they are shown."""

    GRADES = "grades", "評価区分"
    METHOD = "method", "達成率の方法"
    WARNING_FLOOR = "warning_floor", "警告を出さない差"
    DEADLINE = "deadline", "提出期限"
    REMINDERS = "reminders", "督促する日"
    FIRST_MONTH = "first_month", "利用開始月"
    CYCLES = "cycles", "評価サイクル"
    STALE_DAYS = "stale_days", "更新なしとみなす日数"


@dataclass(frozen=True)
class GradeBand:
    """A letter (fixed, A to D), its name, and the rate from which it is given (None: below C)."""

    letter: str
    name: str
    threshold: Decimal | None


@dataclass(frozen=True)
class Deadline:
    """The day of the following month on which a month is due, and the hour of that day."""

    day: int = 10
    hour: time = CLOSING_TIME

    @property
    def hour_words(self) -> str:
        """「17時15分」."""
        return hour_words(self.hour)


@dataclass(frozen=True)
class WarningFloor:
    """From which difference a step from month to month asks for a comment; some units have their
    own.
    """

    usual: Decimal = Decimal(3)
    of_units: tuple[tuple[str, Decimal], ...] = ()

    def of(self, unit: str) -> Decimal:
        """The floor of a unit, full-width or half-width."""
        floors = {normalize("NFKC", name): floor for name, floor in self.of_units}
        return floors.get(normalize("NFKC", unit), self.usual)


USUAL_GRADES = (
    GradeBand("A", "順調", Decimal("100.0")),
    GradeBand("B", "概ね順調", Decimal("80.0")),
    GradeBand("C", "やや遅れ", Decimal("50.0")),
    GradeBand("D", "遅れ", None),
)


@dataclass(frozen=True)
class Settings:
    """All settings as they hold in one month; without a decision the initial values.

    `reminder_days`: days after the due day (negative: before). `cycles`: codes of
    `headquarters.reviews.cycles`. `first_month`: None: the plan's first.
    """

    grades: tuple[GradeBand, ...] = USUAL_GRADES
    method: str = "target_ratio"
    warning_floor: WarningFloor = WarningFloor()
    deadline: Deadline = Deadline()
    reminder_days: tuple[int, ...] = (-7, -1, 1, 7)
    first_month: date | None = None
    cycles: tuple[str, ...] = ("mid", "end")
    stale_days: int = 60

    def asks_for(self, month: date) -> bool:
        """Is a month asked for? Those before the first month in use are not."""
        return self.first_month is None or month >= self.first_month

    def with_value(self, kind: str, stored: Any) -> "Settings":
        """The same with one setting as it was stored."""
        return replace(self, **{FIELD[kind]: READERS[kind](stored)})


def _grades(stored: list[dict]) -> tuple[GradeBand, ...]:
    return tuple(
        GradeBand(
            row["letter"],
            row["name"],
            None if row["threshold"] is None else Decimal(row["threshold"]),
        )
        for row in stored
    )


def _deadline(stored: dict) -> Deadline:
    return Deadline(stored["day"], time.fromisoformat(stored["hour"]))


def _floor(stored: dict) -> WarningFloor:
    units = tuple((unit, Decimal(floor)) for unit, floor in stored["units"])
    return WarningFloor(Decimal(stored["usual"]), units)


FIELD: dict[str, str] = {
    **{kind: str(kind.value) for kind in SettingKind},
    SettingKind.REMINDERS: "reminder_days",
}
READERS: dict[str, Any] = {
    SettingKind.GRADES: _grades,
    SettingKind.METHOD: str,
    SettingKind.WARNING_FLOOR: _floor,
    SettingKind.DEADLINE: _deadline,
    SettingKind.REMINDERS: tuple,
    SettingKind.FIRST_MONTH: date.fromisoformat,
    SettingKind.CYCLES: tuple,
    SettingKind.STALE_DAYS: int,
}


def as_stored(kind: str, settings: Settings) -> Any:
    """One setting as it is stored: numbers of decimals, days and hours as text."""
    value = getattr(
        settings,
        FIELD[kind],
    )
    if kind == SettingKind.GRADES:
        return [
            {
                "letter": band.letter,
                "name": band.name,
                "threshold": None if band.threshold is None else str(band.threshold),
            }
            for band in value
        ]
    if kind == SettingKind.WARNING_FLOOR:
        units = [[unit, str(floor)] for unit, floor in value.of_units]
        return {"usual": str(value.usual), "units": units}
    if kind == SettingKind.DEADLINE:
        return {"day": value.day, "hour": value.hour.isoformat("minutes")}
    if kind == SettingKind.FIRST_MONTH:
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class StoredVersion:
    """One version of a setting: which, from which month, what was stored. `number` grows."""

    kind: str
    from_month: date
    value: Any
    number: int


@dataclass(frozen=True)
class SettingVersions:
    """Every version of every setting of a plan."""

    rows: tuple[StoredVersion, ...] = ()
    known: dict[date, Settings] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def read(cls, stored: Iterable[dict] | None) -> "SettingVersions":
        """Out of what `measures.setting.stored_versions` annotated on a row."""
        rows = (
            StoredVersion(
                row["kind"],
                date.fromisoformat(row["from_month"]),
                json.loads(row["value"]),
                row["id"],
            )
            for row in stored or ()
        )
        return cls(tuple(sorted(rows, key=lambda row: (row.from_month, row.number))))

    def in_month(self, month: date) -> Settings:
        """What holds in a month: of each setting the version that began last, else the initial
        value.
        """
        if month not in self.known:
            holds = {row.kind: row.value for row in self.rows if row.from_month <= month}
            settings = Settings()
            for kind, value in holds.items():
                if kind in READERS:
                    settings = settings.with_value(
                        kind,
                        value,
                    )
            self.known[month] = settings
        return self.known[month]
