"""The town's form with the numbers of a report."""

import hashlib
import logging
from dataclasses import dataclass

from foundation.sheets.named import NamedBook, key_of
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition, FilledForm, TownForm, TownFormUse
from headquarters.reports.town_form.items import looks_ours, values_of
from headquarters.reports.workbook.assembly import annual_name, file_name

log = logging.getLogger(__name__)
NAME_LIMIT = 150  # characters, as the column holds
FAILED = "町の様式に値を入れられませんでした。版とExcelの報告書には影響ありません。"


@dataclass(frozen=True)
class Filled:
    """The filled form; `note`: names of ours in it which this report does not have."""

    content: bytes
    name: str
    note: str


def filled(form: TownForm, report: MonthlyReport, *, annual: bool = False) -> Filled:
    """The form with the report's values. Raises UnfitBook (`sheets.named`)."""
    book, values = NamedBook(bytes(form.content)), values_of(report)
    known = set(map(key_of, values))
    lost = [cell.name for cell in book.cells if looks_ours(cell) and cell.key not in known]
    note = f"この報告にない名前があります（様式のまま）：{'、'.join(lost)}" if lost else ""
    return Filled(book.filled(values), _name(form, report, annual), note)


def _name(form: TownForm, report: MonthlyReport, annual: bool) -> str:
    """「様式第3号_進捗報告_R8-10_第1版.xlsx」: the form's own name, then which report it is."""
    stem = form.name.removesuffix(".xlsx")
    said = annual_name(report) if annual else file_name(report)
    said = said.removeprefix(report.plan)
    return stem[: NAME_LIMIT - len(said)] + said


@dataclass(frozen=True)
class Filling:
    """The form in use, and what became of it; not `made`: it could not be filled."""

    form: TownForm
    made: Filled | None


def filling_of(report: MonthlyReport, *, annual: bool) -> Filling | None:
    """Fill the form in use; None while no form is used. Nothing is kept.

    Whatever is wrong with the form, the month can be closed.
    """
    form = TownFormUse.objects.form_in_use()
    if form is None:
        return None
    try:
        return Filling(form, filled(form, report, annual=annual))
    except Exception:  # of a file from outside; nothing of it may stop a closing
        log.exception("the form %s cannot be filled", form.pk)
        return Filling(form, None)


def keep_filled(edition: Edition, filling: Filling | None) -> FilledForm | None:
    """Keep the form with the edition, or what went wrong with it."""
    if filling is None:
        return None
    form, made = filling.form, filling.made
    if made is None:
        return FilledForm.objects.create(edition=edition, form=form, name=form.name, note=FAILED)
    return FilledForm.objects.create(
        edition=edition,
        form=form,
        content=made.content,
        name=made.name,
        sha256=hashlib.sha256(made.content).hexdigest(),
        note=made.note,
    )


def in_history(kept: FilledForm | None) -> dict[str, str]:
    """What the entry of an edition says of its form."""
    if kept is None:
        return {}
    said = f"{kept.name}（照合値 {kept.sha256}）" if kept.is_filled else kept.note
    return {"町の様式": said}
