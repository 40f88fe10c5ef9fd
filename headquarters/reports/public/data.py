"""The data of a public edition: kpi.csv, kpi.json with its schema, and what columns and codes mean.

CSV, JSON, schema and dictionary are drawn from one list of columns (`columns.py`).
"""

from collections.abc import Sequence
from dataclasses import replace

from foundation.sheets.book import Column
from foundation.sheets.columns import text
from foundation.sheets.csvfile import csv_bytes
from foundation.sheets.jsonfile import json_bytes
from headquarters.reports.public.columns import (
    OF_INDICATOR,
    code_lists,
    csv_columns,
    indicator_columns,
    month_columns,
)
from headquarters.reports.public.schema import SCHEMA_VERSION, schema_of
from headquarters.reports.public.shown import PublicEdition
from headquarters.reports.rows import BandRow, IndicatorRow, TargetRow
from headquarters.reports.workbook.kpi_data import KpiRow, kpi_rows

CSV, JSON, SCHEMA = "kpi.csv", "kpi.json", "kpi.schema.json"
COLUMNS, CODES = "columns.csv", "codes.csv"


def files_of(edition: PublicEdition) -> dict[str, bytes]:
    """{name: content} of an edition's data."""
    return {
        CSV: _csv(
            csv_columns(edition.report),
            _records(edition),
        ),
        JSON: json_bytes(json_of(edition)),
        SCHEMA: json_bytes(schema_of(edition.report)),
        COLUMNS: _columns_csv(edition),
        CODES: _codes_csv(edition),
    }


def _records(edition: PublicEdition) -> list[KpiRow]:
    """A row for every indicator that leaves and every month of the plan so far."""
    return kpi_rows(replace(edition.report, indicators=edition.indicators))


def one_line(value: object) -> object:
    """A text without line ends of any kind: in a CSV a record is a line."""
    if not isinstance(value, str):
        return value
    return " ".join(
        filter(
            None,
            map(str.strip, value.splitlines()),
        )
    )


def _csv(columns: Sequence[Column], rows: Sequence) -> bytes:
    lines = [[one_line(column.getter(row)) for column in columns] for row in rows]
    content, _ = csv_bytes([column.header for column in columns], lines)
    return content


def json_of(edition: PublicEdition) -> dict:
    """What kpi.json says."""
    report = edition.report
    return {
        "schema_version": SCHEMA_VERSION,
        "schema": SCHEMA,
        "plan": report.plan,
        "municipality_code": report.municipality_code,
        "municipality": report.municipality,
        "report_month": f"{report.month:%Y-%m}",
        "fiscal_year": report.fiscal_year,
        "edition": edition.number,
        "as_of": report.as_of,
        "closed_on": edition.closed_on,
        "sample": report.sample,
        "grades": [_grade(band) for band in report.bands],
        "indicators": [_indicator(edition, row) for row in edition.indicators],
    }


def _grade(band: BandRow) -> dict:
    return {"letter": band.letter, "name": band.name, "rate_from": band.threshold}


def _indicator(edition: PublicEdition, row: IndicatorRow) -> dict:
    """An indicator with its targets and its months."""
    columns = month_columns()
    once = [each for each in columns if each.name in OF_INDICATOR]
    monthly = [each for each in columns if each.name not in OF_INDICATOR]
    said = _named([*indicator_columns(edition.report), *once], KpiRow(row, row.months[-1]))
    return said | {
        "decimals": row.decimals,
        "targets": [_target(each) for each in row.targets],
        "records": [_named(monthly, KpiRow(row, cell)) for cell in row.months],
    }


def _named(columns: Sequence[Column], row: KpiRow) -> dict:
    return {column.name: column.getter(row) for column in columns}


def _target(row: TargetRow) -> dict:
    """A fiscal year's target that is in force; `decided_none`: it was decided to set none."""
    return {
        "fiscal_year": row.fiscal_year,
        "target": row.value,
        "target_lower": row.lower,
        "target_upper": row.upper,
        "decided_none": row.none,
    }


def _columns_csv(edition: PublicEdition) -> bytes:
    """データ定義: what each column of kpi.csv is; its physical name is its key in kpi.json."""
    return _csv(
        [
            text("項目名", "header", lambda c: c.header),
            text("物理名", "name", lambda c: c.name),
            text("データの型", "kind", lambda c: c.kind),
            text("単位", "unit", lambda c: c.unit),
            text("意味", "meaning", lambda c: c.meaning or c.header),
            text("コード表の項目", "codes", lambda c: c.codes),
        ],
        csv_columns(edition.report),
    )


def _codes_csv(edition: PublicEdition) -> bytes:
    """コード表: every value of every coded column."""
    rows = [
        (item, choice.code, choice.label)
        for item, listed in code_lists(edition.report).items()
        for choice in listed.choices
    ]
    return _csv(
        [
            text("項目", "item", lambda r: r[0]),
            text("コード", "code", lambda r: r[1]),
            text("表示名", "label", lambda r: r[2]),
        ],
        rows,
    )
