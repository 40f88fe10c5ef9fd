"""Whatever comes back through the door: the entry sheet, the monthly report, a CSV; another file is
refused by what it is.
"""

from functools import lru_cache

from foundation.sheets.bounds import OLE, OTHER_KIND, Unreadable
from foundation.sheets.download import CSV, XLSX
from foundation.sheets.reading import Workbook
from kpi.identity import TITLE
from kpi.intake.back import report
from kpi.intake.back.csv_file import csv_file
from kpi.intake.back.returned import FRESH, Returned, entry_sheet

ARCHIVES = (b"PK", OLE)
PUBLIC = "公表版（zip）です。取り込めません。" + FRESH
SEVERAL = "zipのままでは取り込めません。中のExcelを取り出し、1つずつ選んでください。"
DATA_ONLY = (
    "「データのみ」のExcelです。取り込めるのは、同じ月の月次報告のExcel（印刷用のシートもあるもの）か、"
    "入力様式です。どちらかを取り出し直してください。"
)
OLD_REPORT = "照合の情報がない月次報告のExcelです（以前の形式の版など）。" + report.AGAIN
NOT_OURS = "ポータルの入力様式ではありません（シート：{}）。" + FRESH
COVER = "表紙"


@lru_cache(maxsize=8)
def understand(content: bytes) -> Returned:
    """What a file says. Unreadable with what is wrong, and what to do.

    The last files are remembered: one is read when it comes, shown and taken over, and nobody who
    writes waits for the reading.
    """
    if not content.startswith(ARCHIVES):
        return csv_file(content)
    book = _opened(content)
    if TITLE not in book.titles:
        raise Unreadable(_stranger(book.titles))
    known = book.rows(TITLE)
    if report.is_report(known):
        return report.report(
            book,
            known,
        )
    return entry_sheet(book, known)


def kind_of(content: bytes) -> str:
    """As which kind of file a kept one is sent: whatever its name says."""
    return XLSX if content.startswith(ARCHIVES) else CSV


def _opened(content: bytes) -> Workbook:
    try:
        return Workbook(content)
    except Unreadable as error:
        if str(error) != OTHER_KIND:
            raise
        raise Unreadable(_archive(content)) from error


def _archive(content: bytes) -> str:
    """What another archive is, by the names of its parts."""
    if b"editions.json" in content:
        return PUBLIC
    return SEVERAL if b".xlsx" in content else OTHER_KIND


def _stranger(titles: list[str]) -> str:
    """What a workbook without the hidden sheet is, by the names of its sheets."""
    if report.SHEET not in titles:
        return NOT_OURS.format("、".join(titles[:5]))
    return OLD_REPORT if COVER in titles else DATA_ONLY
