"""A feed as CSV and as JSON: the same names, the same values, numbers as exact as they are stored.

JSON is written here, because Python's own writer knows no decimal that is not first made a float.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from foundation.sheets.csvfile import csv_bytes
from foundation.sheets.download import CSV
from foundation.sheets.texts import leaving
from headquarters.feeds.columns import Feed
from headquarters.reports.key import ReportKey
from headquarters.reports.model import MonthlyReport

SCHEMA = 1  # of the JSON: grows when a name goes or changes what it means
TYPES = {"csv": CSV, "json": "application/json"}


def written(feed: Feed, kind: str, report: MonthlyReport, key: ReportKey) -> bytes:
    """The feed of a report as csv or json."""
    return as_csv(feed, report) if kind == "csv" else as_json(feed, report, key)


def as_csv(feed: Feed, report: MonthlyReport) -> bytes:
    """UTF-8 with BOM, a line of heads, a line for each row."""
    columns = feed.columns(report)
    rows = ([column.getter(row) for column in columns] for row in feed.rows_of(report))
    return csv_bytes([column.header for column in columns], rows)[0]


def as_json(feed: Feed, report: MonthlyReport, key: ReportKey) -> bytes:
    """What it is of, its columns, and an object with the heads of the CSV for each row."""
    columns = feed.columns(report)
    content = {
        "schema": SCHEMA,
        "feed": feed.name,
        "format": report.format_version,
        "plan": report.plan,
        "municipality": report.municipality,
        "municipality_code": report.municipality_code,
        "at": str(key),
        "month": f"{report.month:%Y-%m}",
        "version": report.version,
        "edition": report.edition,
        "as_of": report.as_of,
        "runs": report.runs,
        "is_sample": report.sample,
        "columns": [
            {
                "name": column.header,
                "physical_name": column.name,
                "kind": column.kind,
                "unit": column.unit or None,
                "meaning": column.meaning or None,
            }
            for column in columns
        ],
        "rows": [
            {column.header: column.getter(row) for column in columns}
            for row in feed.rows_of(report)
        ],
    }
    return f"{literal(content)}\n".encode()


def literal(value: Any) -> str:
    """A value as JSON; a Decimal as the number with its very digits."""
    match value:
        case dict():
            parts = (f"{literal(str(name))}:{literal(each)}" for name, each in value.items())
            return f"{{{','.join(parts)}}}"
        case list():
            return f"[{','.join(map(literal, value))}]"
        case Decimal():
            return f"{value.normalize():f}"
        case date() | datetime():
            return f'"{value.isoformat()}"'
        case str():
            return json.dumps(leaving(value), ensure_ascii=False)
    return json.dumps(value)
