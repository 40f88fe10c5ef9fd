"""The pages of the town's form: the one in use, handing in, its preview, the names, an example."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import answer, answer_act, data_of, errors_on, posted, recorded
from foundation.accounts.permissions import Permission, requires
from foundation.sheets.download import XLSX, file_response
from foundation.sheets.lists import asked_kind, list_file
from foundation.sheets.named import NamedBook
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import TownForm, TownFormUse
from headquarters.reports.town_form import actions, example
from headquarters.reports.town_form.filling import filled
from headquarters.reports.town_form.forms import HandInForm, StopForm, UseForm
from headquarters.reports.town_form.items import items_of
from headquarters.reports.town_form.names import name_list
from headquarters.reports.town_form.preview import by_group, newest_report, preview_of

secretariat = requires(Permission.CLOSE_MONTH)


def _report(on: date) -> MonthlyReport:
    report = newest_report(on=on)
    if report is None:
        raise Http404(actions.NO_PLAN)
    return report


@secretariat
def town_form(request):
    """Which form is filled, the names that it may ask for, and handing in another."""
    on = timezone.localdate()
    report = _report(on)
    if asked_kind(request):
        return list_file(request, name_list(report))
    form = HandInForm(data_of(request), request.FILES or None)
    if posted(request, form):
        with errors_on(form):
            file, now = form.cleaned_data["file"], timezone.now()
            actions.tried(file.content, on=on)  # before the lock of `recorded`
            row = recorded(
                request,
                form,
                lambda: actions.keep_form(by=request.user, file=file, at=now),
                "様式を読み込みました。内容を確かめてから使ってください。",
                at=now,
            )
            return redirect("reports:town_form_preview", row.pk)
    page = {
        "use": TownFormUse.objects.newest(),
        "uses": TownFormUse.objects.listed(),
        "handed_in": TownForm.objects.listed(),
        "report": report,
        "groups": by_group(items_of(report)),
        "stop": StopForm(facts=actions.uses_seen()),
    }
    return answer(request, "reports/town_form.html", form, page)


@secretariat
def town_form_preview(request, pk):
    """What a form would get with the newest month; taking it."""
    row, on = get_object_or_404(TownForm, pk=pk), timezone.localdate()
    form = UseForm(data_of(request), facts=actions.uses_seen())
    if posted(request, form):
        with errors_on(form):
            actions.use_form(by=request.user, form=row, on=on, seen=form.seen, at=timezone.now())
            messages.success(
                request, f"「{row.name}」を使います。次に締める版から、値を入れて保存します。"
            )
            return redirect("reports:town_form")
    newest = TownFormUse.objects.newest()
    page = {
        "row": row,
        "in_use": newest is not None and newest.form_id == row.pk,
        "replaced": newest.form if newest else None,
        "preview": preview_of(NamedBook(bytes(row.content)), _report(on)),
    }
    return answer(
        request,
        "reports/town_form_preview.html",
        form,
        page,
    )


@secretariat
def town_form_file(request, pk):
    """A form as it was handed in, byte for byte; ?filled=1 with the values of the preview."""
    row = get_object_or_404(TownForm, pk=pk)
    if request.GET.get("filled"):
        made = filled(row, _report(timezone.localdate()))
        return file_response(made.content, made.name, XLSX)
    return file_response(
        bytes(row.content),
        row.name,
        XLSX,
    )


@secretariat
def town_form_stop(request):
    """Fill no form any more."""
    form = StopForm(data_of(request), facts=actions.uses_seen())
    if posted(request, form):
        with errors_on(form):
            reason = form.cleaned_data["reason"]
            actions.stop_form(
                by=request.user,
                reason=reason,
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, "様式を使うのをやめました。これまでの版の分は残っています。")
            return redirect("reports:town_form")
    back = reverse("reports:town_form")
    return answer_act(request, form, title="様式を使うのをやめる", submit="やめる", back=back)


@secretariat
def town_form_example(request):
    """A form that can be filled as it is, to begin with."""
    report = _report(timezone.localdate())
    return file_response(
        example.example_form(report),
        example.file_name(report),
        XLSX,
    )
