"""What the portal is called: after the plan it runs, its town and whom one asks.

Asked with the person who opens a page, in the same query (`foundation.accounts.along`); a page of
somebody who is not signed in asks once. Where nothing may be asked (a page of an error, the server
itself), the process says what it heard last.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Subquery
from django.db.models.functions import JSONObject
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from foundation.japanese.calendar import fiscal_year_name, wareki_month
from measures.months import PlanMonths

ALONG = "plan_names"
FIELDS = (
    "title",
    "municipality",
    "secretariat",
    "adopted_on",
    "first_fiscal_year",
    "last_fiscal_year",
)
MAY_BREAK = SafeString("<wbr>")
PORTAL = "DX推進計画"  # while no plan is loaded


@dataclass(frozen=True)
class PlanNames:
    """The names of the plan; of none (`years` None) those that hold for every town."""

    title: str = PORTAL
    municipality: str = ""
    secretariat: str = ""
    adopted: str = ""
    years: tuple[int, int] | None = None

    @classmethod
    def read(cls, found: dict[str, Any] | None) -> "PlanNames":
        """Out of what the database gives."""
        if not found:
            return cls()
        return cls(
            found["title"],
            found["municipality"],
            found["secretariat"],
            wareki_month(date.fromisoformat(str(found["adopted_on"])[:10])),
            (found["first_fiscal_year"], found["last_fiscal_year"]),
        )

    @property
    def brand(self) -> SafeString:
        """The title, whose line may break after the town: 「大崎町<wbr>DX推進計画」."""
        rest = self.title.removeprefix(self.municipality)
        parts = [self.title[: len(self.title) - len(rest)], rest]
        return format_html_join(MAY_BREAK, "{}", ((part,) for part in parts if part))

    @property
    def office(self) -> str:
        """「事務局（総務課デジタル推進係）」."""
        return f"事務局（{self.secretariat}）" if self.secretariat else "事務局"

    @property
    def asked(self) -> str:
        """Whom one asks: 「総務課デジタル推進係」."""
        return self.secretariat or "事務局"

    @property
    def source(self) -> str:
        """「大崎町DX推進計画（令和8年3月）」."""
        return f"{self.title}（{self.adopted}）" if self.adopted else self.title

    @property
    def term(self) -> str:
        """「令和8年4月～令和12年3月」."""
        return str(PlanMonths.between(*self.years)) if self.years else ""

    @property
    def fiscal_years(self) -> str:
        """「令和8年度～令和11年度」."""
        return "～".join(map(fiscal_year_name, self.years)) if self.years else ""


_heard: list[PlanNames] = []


def names_asked_along() -> Subquery:
    """The annotation that fetches them with another row."""
    rows = _plans().order_by("first_fiscal_year")
    return Subquery(rows.values(names=JSONObject(**{name: name for name in FIELDS}))[:1])


def names_for(user: Any) -> PlanNames:
    """The names on a page of this person (None, nobody: who is not signed in)."""
    along = getattr(user, "asked_along", None)
    return _hear(PlanNames.read(along[ALONG]) if along else current_names())


def current_names() -> PlanNames:
    """The names as they are. One query."""
    row = _plans().order_by("first_fiscal_year").values(*FIELDS).first()
    return _hear(PlanNames.read(row))


def heard() -> PlanNames:
    """The names that this process heard last; asks nothing."""
    return _heard[0] if _heard else PlanNames()


def forget() -> None:
    """For tests: nothing was heard."""
    _heard.clear()


def _hear(names: PlanNames) -> PlanNames:
    if names.years:
        _heard[:] = [names]
    return names


def _plans() -> Any:
    return apps.get_model("measures", "Plan").objects
