"""The town's form as a download, and what is said of it after a closing."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from foundation.sheets.download import XLSX, file_response
from foundation.sheets.named import UnfitBook
from headquarters.reports.choices import EditionKind
from headquarters.reports.editions import report_of
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition, TownFormUse
from headquarters.reports.town_form.filling import filled


def kept_form(row: Edition) -> HttpResponse:
    """The town's form that was filled with an edition, byte for byte; of one that was made while
    there was no form the form of today, with what the edition says.
    """
    kept = getattr(row, "filled", None)
    if kept is None:
        return form_now(report_of(row), annual=row.kind == EditionKind.ANNUAL)
    if not kept.is_filled:
        raise Http404("この版では、町の様式に値を入れられませんでした。")
    return file_response(bytes(kept.content), kept.name, XLSX)


def form_now(report: MonthlyReport, *, annual: bool) -> HttpResponse:
    """The form in use with the values of a report."""
    form = TownFormUse.objects.form_in_use()
    if form is None:
        raise Http404("使っている町の様式がありません。")
    try:
        made = filled(form, report, annual=annual)
    except UnfitBook as error:
        raise Http404(str(error)) from error
    return file_response(made.content, made.name, XLSX)


def say_of_form(request: HttpRequest, edition: Edition) -> None:
    """What went wrong with the form does not stop a closing; it is said."""
    kept = getattr(
        edition,
        "filled",
        None,
    )
    if kept is not None and kept.note:
        messages.warning(request, f"町の様式：{kept.note}")
