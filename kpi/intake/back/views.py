"""The way back of the entry sheet: a file is received, its preview shown and confirmed, a batch
taken back. Fetch, form, act, answer.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import answer, answer_act, data_of, errors_on, posted, recorded
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.records.conflict import Conflict
from foundation.records.forms import Make
from foundation.records.statuses import Status
from foundation.round_trip.actions import MOVED
from foundation.round_trip.doors import others
from foundation.sheets.download import file_response
from kpi.intake.back import actions
from kpi.intake.back.any_file import kind_of
from kpi.intake.back.forms import SheetForm, TakeOverForm
from kpi.intake.back.marked_csv import marked
from kpi.intake.back.preview import preview_of
from kpi.intake.identity import DOCUMENT
from kpi.intake.models import ReturnedFile

enter = requires(Permission.ENTER_VALUES)
LATEST = 20
READ = "{}を読み取りました。内容を確かめてから確定してください。"


def _files(request):
    """The returned files that this person may look at."""
    user = request.user
    everybody = has_permission(user, Permission.CONFIRM)
    return ReturnedFile.objects.of(user, everybody=everybody)


@enter
def receive(request):
    """A filled-in sheet is chosen. POST: it is read and kept, and its preview follows."""
    today, now = timezone.localdate(), timezone.now()
    form = SheetForm(
        data_of(request),
        request.FILES or None,
        today=today,
    )
    if posted(request, form):
        with errors_on(form):
            received = form.cleaned_data["file"]
            made = recorded(
                request,
                form,
                lambda: actions.keep_file(by=request.user, received=received, at=now),
                READ.format(received.name),
                at=now,
            )
            return redirect("intake:returned", made.pk)
    page = {
        "files": _files(request).newest(LATEST),
        "back": reverse("intake:start"),
        "others": others(DOCUMENT, request.user),
    }
    return answer(request, "intake/receive.html", form, page)


@enter
def returned(request, pk):
    """What a file would change, cell by cell. POST: exactly that is taken over, as one batch."""
    file = get_object_or_404(_files(request), pk=pk)
    if hasattr(file, "batch"):
        return _taken_over(request, file)
    preview = preview_of(
        file,
        request.user,
        at=timezone.now(),
    )
    form = TakeOverForm(data_of(request), preview=preview)
    ready = posted(request, form)
    if form.has_moved:
        return _shown_again(request, file, MOVED)
    if not ready:
        return _preview_page(request, preview, form)
    try:
        batch = actions.take_over(
            by=request.user,
            file=file,
            seen=form.seen,
            picks=form.picks,
            on=timezone.localdate(),
            at=timezone.now(),
        )
    except Conflict as conflict:
        return _shown_again(request, file, conflict.sentence)
    except ValidationError as error:
        return _shown_again(request, file, " ".join(error.messages), Status.REFUSED)
    messages.success(request, f"{batch}として、{len(batch.cells)}件の指標に取り込みました。")
    return redirect("intake:returned", pk)


def _shown_again(request, file, why, status=Status.CONFLICT):
    """The preview as it stands now, with what was chosen; the next press confirms this one."""
    preview = preview_of(
        file,
        request.user,
        at=timezone.now(),
    )
    form = TakeOverForm(request.POST, preview=preview)
    form.renew()
    form.add_error(None, why)
    return _preview_page(request, preview, form, status)


def _preview_page(request, preview, form, status=None) -> HttpResponse:
    every = request.GET.get("show") == "all"
    cells = preview.cells if every else preview.to_see
    page = {
        "preview": preview,
        "file": preview.file,
        "form": form,
        "cells": [(each, each.choice and form[each.choice.name]) for each in cells],
        "every": every,
        "failed": bool(form.errors),
    }
    status = status or (Status.REFUSED if form.errors else Status.SAVED)
    return render(
        request,
        "intake/returned.html",
        page,
        status=status,
    )


def _taken_over(request, file):
    """What became of a file that was taken over; a repeated press is told the same."""
    if request.method == "POST":
        messages.info(request, f"{file.batch}として取込済みです。重ねては取り込んでいません。")
        return redirect("intake:returned", file.pk)
    page = {
        "file": file,
        "batch": file.batch,
        "undo": getattr(file.batch, "undo", None),
    }
    return render(request, "intake/taken_over.html", page | {"form": Make()})


@enter
@require_POST
def take_back(request, pk):
    """Take a batch back, until it is handed in."""
    file = get_object_or_404(_files(request).taken_over(), pk=pk)
    form, now = Make(request.POST), timezone.now()
    if posted(request, form):
        with errors_on(form):
            undo = actions.take_back(
                by=request.user, batch=file.batch, on=timezone.localdate(), at=now
            )
            for sentence in undo.left:
                messages.warning(request, sentence)
            messages.success(request, f"{file.batch}を取り消しました。")
            return redirect("intake:returned", pk)
    return answer_act(
        request,
        form,
        title=f"{file.batch}を取り消す",
        submit="取り消す",
        back=reverse("intake:returned", args=[pk]),
    )


@enter
def returned_file(request, pk):
    """The file as it came, always as a download."""
    file = get_object_or_404(_files(request), pk=pk)
    content = bytes(file.content)
    return file_response(
        content,
        file.name,
        kind_of(content),
    )


@enter
def marked_file(request, pk):
    """The file with what stands against each of its cells, as of now."""
    file = get_object_or_404(_files(request), pk=pk)
    preview = preview_of(
        file,
        request.user,
        at=timezone.now(),
    )
    content = marked(preview)
    return file_response(content, f"確認_{file.name}", kind_of(content))
