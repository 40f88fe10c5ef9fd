"""The folder for the town's site as a zip: every edition so far, and the index that lists them.

What the index names is in the same zip, so unpacking a newer one over an older one leaves no link
that leads nowhere. The same editions give the same bytes.
"""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from foundation.sheets.download import sample_mark
from foundation.sheets.jsonfile import json_bytes
from headquarters.reports.model import MonthlyReport
from headquarters.reports.public.data import CSV, JSON, SCHEMA, files_of
from headquarters.reports.public.pages import edition_page, index_page
from headquarters.reports.public.schema import SCHEMA_VERSION
from headquarters.reports.public.shown import PublicEdition, public_editions, published

STAMP = (2000, 1, 1, 0, 0, 0)
STYLE = Path(__file__).with_name("style.css")
INDEX, LIST = "index.html", "editions.json"
NOTHING = "公表する指標がありません。"


class NothingMarked(ValueError):
    """No indicator was marked 公表 when the month was closed."""


def bundle(reports: Sequence[MonthlyReport]) -> bytes:
    """The zip of these editions, the last of them being the one that is asked for.

    ValueError for a report that is no edition; NothingMarked when the last one has nothing to show.
    """
    editions = public_editions(reports)
    if not published(reports[-1]):
        raise NothingMarked(NOTHING)
    return _zipped(files(editions))


def files(editions: Sequence[PublicEdition]) -> dict[str, bytes]:
    """{path in the folder: content}."""
    found = {
        INDEX: index_page(editions),
        LIST: json_bytes([_listed(each) for each in editions]),
        "style.css": STYLE.read_bytes(),
    }
    for each in editions:
        own = {INDEX: edition_page(each)} | files_of(each)
        found |= {f"{each.folder}/{name}": content for name, content in own.items()}
    return found


def _listed(edition: PublicEdition) -> dict:
    """An edition in editions.json, with the paths of its files."""
    report = edition.report
    return {
        "plan": report.plan,
        "municipality_code": report.municipality_code,
        "report_month": f"{report.month:%Y-%m}",
        "fiscal_year": report.fiscal_year,
        "edition": edition.number,
        "newest_edition": edition.newest,
        "as_of": report.as_of,
        "closed_on": edition.closed_on,
        "sample": report.sample,
        "indicators": len(edition.indicators),
        "schema_version": SCHEMA_VERSION,
        "page": f"{edition.folder}/{INDEX}",
        "csv": f"{edition.folder}/{CSV}",
        "json": f"{edition.folder}/{JSON}",
        "schema": f"{edition.folder}/{SCHEMA}",
    }


def _zipped(found: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def bundle_name(report: MonthlyReport) -> str:
    """The file's name."""
    mark = sample_mark(report.sample)
    return f"公表_{report.month:%Y-%m}_第{report.edition}版{mark}.zip"
