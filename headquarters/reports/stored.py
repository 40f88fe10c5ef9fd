"""A `MonthlyReport` as JSON and back, older formats brought up step by step (docs/adr/0012)."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from functools import lru_cache

from foundation.records.frozen import as_json, read_as
from headquarters.reports.model import FORMAT_VERSION, MonthlyReport
from kpi.rules.counting import Reading, shown_figure


def dump(report: MonthlyReport) -> str:
    """The report as JSON, keys in a fixed order: the same report gives the same text."""
    return as_json(report)


def digest(report: MonthlyReport) -> str:
    """SHA-256 of the report's data: 照合値 of an edition, on its cover and in lists."""
    return hashlib.sha256(dump(report).encode()).hexdigest()


WORDS_SINCE_2 = ("summary", "current_issues", "initiatives", "kpi_text", "roadmap_text")


def _from_1(data: dict) -> dict:
    """Format 2 added the plan's words to the measures, the PDCA sheets, what changed and who
    closed; format 1 has none.
    """
    measures = [row | dict.fromkeys(WORDS_SINCE_2, "") for row in data["measures"]]
    return data | {
        "format_version": 2,
        "measures": measures,
        "reviews": [],
        "since": None,
        "closed_by": "",
    }


def _figure(cell: dict, row: dict) -> str | None:
    """The figure of a stored month, as `monthly` computes it for new ones."""
    numbers = {name: read_as(Decimal, cell[name]) for name in ("value", "numerator", "denominator")}
    reading = Reading(date.fromisoformat(cell["month"]), **numbers)
    figure = shown_figure(reading, row["unit"], row["decimals"])
    return None if figure is None else str(figure)


def _from_2(data: dict) -> dict:
    """Format 3 added the month's figure to its cell; `baseline` is called `baseline_value`."""
    indicators = []
    for row in data["indicators"]:
        months = [cell | {"figure": _figure(cell, row)} for cell in row["months"]]
        indicators.append(row | {"months": months, "baseline_value": row["baseline"]})
    return data | {"format_version": 3, "indicators": indicators}


def _from_3(data: dict) -> dict:
    """Format 4 says whether the month was running (editions are of months that had ended), of which
    month a figure of an earlier year is, why it was closed again, and of an annual report on which
    edition it is based.
    """
    indicators = [row | {"actual_of": None} for row in data["indicators"]]
    since = data["since"] and {"reason": ""} | data["since"]
    new = {"runs": False, "since": since, "closed_as": None, "based_on": ""}

    return data | new | {"format_version": 4, "indicators": indicators}


NOT_IN_4: dict[str, dict] = {
    "measures": {"id": None, "department_id": None},
    "steps": {"id": None, "department_id": None},
    "departments": {"id": None},
    "indicators": {
        "id": None,
        "department_id": None,
        "frequency": "",
        "method": "",
        "formula": "",
        "numerator_label": "",
        "denominator_label": "",
        "revisions": (),
        "breaks": (),
        "judged_until": None,
        "first_target": None,
        "uncomputed": "",
        "beside": "",
        "by_target": False,
        "submission": "",
    },
}
NO_DECISION = {
    "none": False,
    "from_month": None,
    "reason": "",
    "decided_on": None,
    "decided_where": "",
}
NO_INDICATOR = {"indicator": None}
NO_EXPECTATION = {"expectation": None, "judged_until": None}


def _with(rows: list[dict], new: dict) -> list[dict]:
    return [new | row for row in rows]


def _from_4(data: dict) -> dict:
    """Format 5 added ids, departments' ids, formula, labels, frequency, decisions of targets,
    expectation of every month and the state of the submission.
    """
    rows: dict = {name: _with(data[name], new) for name, new in NOT_IN_4.items()}
    for row in rows["indicators"]:
        row["targets"] = _with(row["targets"], NO_DECISION)
        row["months"] = _with(row["months"], NO_EXPECTATION)
    for row in rows["steps"]:
        row["milestones"] = _with(row["milestones"], {"id": None, "days_late": 0})

    if data["since"]:
        rows["since"] = data["since"] | {"changes": _with(data["since"]["changes"], NO_INDICATOR)}

    return data | rows | {"format_version": 5}


NOT_IN_5 = dict.fromkeys(("forecast", "pace", "last_year", "plan_progress"))


def _from_5(data: dict) -> dict:
    """Format 6 added what stands beside the judgement: 年度末見込, 前年同月, 計画全体の進捗."""
    rows = _with(data["indicators"], NOT_IN_5)
    for row in rows:
        row["months"] = _with(row["months"], {"last_year": None})
    return data | {"indicators": rows, "format_version": 6}


NOT_IN_6 = {"numerator_unit": "", "denominator_unit": "", "lower": None, "upper": None}
NOT_IN_CELLS_OF_6 = {"lower": None, "upper": None, "version": None}


def _range_in(year: int, row: dict) -> dict:
    """What format 6 lacks in an indicator; its range is that of the year's target."""
    target: dict = next((each for each in row["targets"] if each["fiscal_year"] == year), {})
    return NOT_IN_6 | {name: target.get(name) for name in ("lower", "upper")}


def _from_6(data: dict) -> dict:
    """Format 7 added what the sheets for machines say: ranges of targets, units of the parts of a
    ratio, the version of every value, and the revision at which all was gathered.
    """
    rows = [_range_in(data["fiscal_year"], row) | row for row in data["indicators"]]
    for row in rows:
        row["months"] = _with(row["months"], NOT_IN_CELLS_OF_6)
    return data | {
        "indicators": rows,
        "revision": None,
        "format_version": 7,
    }


def _maturity_in(row: dict) -> str:
    """確定 or 暫定 of a year's figure as format 7 took it: of the newest month in it."""
    months = {cell["month"]: cell for cell in row["months"]}
    return str(months.get(row["judged_until"], {}).get("maturity", ""))


def _from_7(data: dict) -> dict:
    """Format 8 says of the year's figure whether anything that it is made of is 暫定."""
    rows = [row | {"actual_maturity": _maturity_in(row)} for row in data["indicators"]]
    for row in rows:
        row["months"] = [cell | {"actual_maturity": cell["maturity"]} for cell in row["months"]]
    return data | {"indicators": rows, "format_version": 8}


UPGRADES = {
    1: _from_1,
    2: _from_2,
    3: _from_3,
    4: _from_4,
    5: _from_5,
    6: _from_6,
    7: _from_7,
}


@lru_cache(maxsize=4)
def parse(text: str) -> MonthlyReport:
    """A report out of its JSON, older formats brought up. One that was read lately is not read
    again: report and text stand.

    ValueError when the format is one this code does not know.
    """
    data = json.loads(text)
    data.setdefault("made_as", data.get("format_version"))
    while data.get("format_version") in UPGRADES:
        data = UPGRADES[data["format_version"]](data)
    if data.get("format_version") != FORMAT_VERSION:
        raise ValueError(f"この報告書の形式（{data.get('format_version')}）は読み取れません。")
    report: MonthlyReport = read_as(MonthlyReport, data)
    return report
