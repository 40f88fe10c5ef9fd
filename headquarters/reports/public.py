"""The public edition: from a frozen report, only indicators marked 公表, as static HTML, CSV and
JSON in one zip.

Nothing internal is read here: no comments, reasons, departments' answers, verdicts or milestones.
The page needs no scripts and nothing from elsewhere (JIS X 8341-3 AA: language, headings, table
heads, text beside every chart).
"""

import io
import json
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.template.loader import render_to_string

from foundation.japanese.calendar import fiscal_year, wareki_month_short
from foundation.japanese.numbers import format_number
from foundation.sheets.csvfile import csv_bytes
from foundation.sheets.texts import leaving
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow
from kpi.rules.codes import machine_code

STAMP = (2000, 1, 1, 0, 0, 0)  # the same report gives the same bytes
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 560, 150, 70, 10, 20
HEADS = [
    "指標番号",
    "指標",
    "単位",
    "年月",
    "実績値",
    "分子",
    "分母",
    "年度の値",
    "年度目標",
    "達成率（％）",
    "評価",
    "公表用の文",
]
STYLE = Path(__file__).with_name("public.css")


def published(report: MonthlyReport) -> list[IndicatorRow]:
    """The indicators that leave the house."""
    return [row for row in report.indicators if row.published]


@dataclass(frozen=True)
class Chart:
    """The year's figures as points in the drawing; `floor` is where the lowest one stands."""

    cells: tuple
    points: tuple
    top: Decimal
    low: Decimal
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = HEIGHT - BOTTOM


def chart_of(row: IndicatorRow, cells) -> Chart | None:
    """The line of a fiscal year; None with fewer than two figures."""
    known = [(number, cell) for number, cell in enumerate(cells) if cell.actual is not None]
    if len(known) < 2:
        return None
    top, low = (
        max(cell.actual for _, cell in known),
        min(Decimal(0), *(cell.actual for _, cell in known)),
    )
    span, step = (top - low) or Decimal(1), Decimal(WIDTH - LEFT - 10) / (len(cells) - 1)
    tall = HEIGHT - TOP - BOTTOM
    points = tuple(
        (f"{LEFT + step * number:.1f}", f"{TOP + (top - cell.actual) / span * tall:.1f}")
        for number, cell in known
    )
    return Chart(tuple(cell for _, cell in known), points, top, low)


def _months_words(row: IndicatorRow, chart: Chart | None) -> str:
    """「R8.4 12件、R8.5 30件」: the drawing for those who cannot see it."""
    cells = chart.cells if chart else ()
    return "、".join(
        f"{wareki_month_short(cell.month)} {format_number(cell.actual, row.decimals)}{row.unit}"
        for cell in cells
    )


def _shown(row: IndicatorRow, report: MonthlyReport) -> dict:
    """What the page says of one indicator."""
    year = [cell for cell in row.months if fiscal_year(cell.month) == report.fiscal_year]
    chart = chart_of(row, year)
    return {
        "row": row,
        "year": year,
        "chart": chart,
        "months_words": _months_words(row, chart),
        "grade_name": {band.letter: band.name for band in report.bands}.get(row.grade or "", ""),
        "note": next((cell.public_note for cell in reversed(year) if cell.public_note), ""),
    }


def page(report: MonthlyReport) -> str:
    """The whole page."""
    rows = [_shown(row, report) for row in published(report)]
    return render_to_string("reports/public.html", {"report": report, "rows": rows})


def _lines(report: MonthlyReport) -> list[list]:
    return [
        [
            machine_code(row.code),
            row.name,
            row.unit,
            f"{cell.month:%Y-%m}",
            cell.value,
            cell.numerator,
            cell.denominator,
            cell.actual,
            cell.target,
            cell.rate,
            cell.grade,
            cell.public_note or None,
        ]
        for row in published(report)
        for cell in row.months
    ]


def _plain(value):
    if isinstance(value, Decimal):
        return str(value)
    return leaving(value) if isinstance(value, str) else value


def bundle(report: MonthlyReport) -> bytes:
    """The zip: index.html, style.css, kpi.csv (UTF-8 with BOM), kpi.json.

    ValueError for a report that is no edition.
    """
    if report.edition is None:
        raise ValueError("公表できるのは締めた月の版だけです。")

    lines = _lines(report)
    content, _ = csv_bytes(HEADS, lines)
    data = [dict(zip(HEADS, map(_plain, line), strict=True)) for line in lines]
    files = {
        "index.html": leaving(page(report)).encode(),
        "style.css": STYLE.read_bytes(),
        "kpi.csv": content,
        "kpi.json": json.dumps(data, ensure_ascii=False, indent=1).encode(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def bundle_name(report: MonthlyReport) -> str:
    """The file's name."""
    mark = "_見本データ" if report.sample else ""
    return f"公表_{report.month:%Y-%m}_第{report.edition}版{mark}.zip"
