"""The pages of a sheet that goes out and comes back, for the views of its room.

A room's view says who may (`requires`) and which kind; here is what all kinds do alike: a file is
received, its preview shown and confirmed, a batch taken back.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from foundation.accounts.acting import answer, answer_act, data_of, errors_on, posted, recorded
from foundation.accounts.permissions import has_permission
from foundation.records.conflict import Conflict
from foundation.records.forms import Make
from foundation.records.statuses import Status
from foundation.round_trip import actions, doors
from foundation.round_trip.confirming import TakeOverForm
from foundation.round_trip.forms import SheetFileForm
from foundation.round_trip.marked import marked
from foundation.round_trip.models import SheetFile
from foundation.round_trip.previewing import preview_of
from foundation.sheets.download import XLSX, file_response

LATEST = 20
READ = "{}を読み取りました。内容を確かめてから確定してください。"


@dataclass(frozen=True)
class Offer:
    """A sheet that can be taken along. `facts`: how much is in it; `note`: why it is of no use."""

    name: str
    facts: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Back:
    """Where one came from."""

    label: str
    address: str


def _files(request, kind):
    """The returned files of a kind that this person may look at."""
    everybody = has_permission(request.user, kind.everybody)
    return SheetFile.objects.of(
        request.user,
        kind.document,
        everybody=everybody,
    )


def sheets(request, kind, offers: list[Offer], back: Back, intro: str) -> HttpResponse:
    """Which sheets there are to take along, and the box that takes a filled-in one.

    POST: it is read and kept, and its preview follows.
    """
    now = timezone.now()
    form = SheetFileForm(data_of(request), request.FILES or None, kind=kind)
    if posted(request, form):
        with errors_on(form):
            received = form.cleaned_data["file"]
            made = recorded(
                request,
                form,
                lambda: actions.keep_sheet(by=request.user, received=received, kind=kind, at=now),
                READ.format(received.name),
                at=now,
            )
            return redirect(kind.address("returned", made.pk))
    page = {
        "kind": kind,
        "offers": offers,
        "back": back,
        "intro": intro,
        "others": doors.others(kind.document, request.user),
        "files": [
            (file, kind.address("returned", file.pk))
            for file in _files(request, kind).newest(LATEST)
        ],
    }
    return answer(request, "round_trip/sheets.html", form, page)


def returned(request, pk, kind, back: Back) -> HttpResponse:
    """What a file would change, cell by cell. POST: exactly that is taken over, as one batch."""
    file = get_object_or_404(_files(request, kind), pk=pk)
    if hasattr(file, "batch"):
        return _taken_over(request, file, kind, back)
    preview = preview_of(file, request.user, kind, at=timezone.now())
    form = TakeOverForm(data_of(request), preview=preview)
    ready = posted(request, form)
    if form.has_moved:
        return _shown_again(request, file, kind, actions.MOVED)
    if not ready:
        return _preview_page(
            request,
            preview,
            form,
        )
    try:
        batch = actions.take_over_sheet(
            by=request.user,
            file=file,
            kind=kind,
            seen=form.seen,
            picks=form.picks,
            on=timezone.localdate(),
            at=timezone.now(),
        )
    except Conflict as conflict:
        return _shown_again(request, file, kind, conflict.sentence)
    except ValidationError as error:
        return _shown_again(request, file, kind, " ".join(error.messages), Status.REFUSED)
    messages.success(request, f"{batch}として、{len(batch.cells)}件を取り込みました。")
    return redirect(kind.address("returned", pk))


def _shown_again(request, file, kind, why, status=Status.CONFLICT):
    """The preview as it stands now, with what was chosen; the next press confirms this one."""
    preview = preview_of(
        file,
        request.user,
        kind,
        at=timezone.now(),
    )
    form = TakeOverForm(request.POST, preview=preview)
    form.renew()
    form.add_error(None, why)
    return _preview_page(request, preview, form, status)


def _preview_page(request, preview, form, status=None) -> HttpResponse:
    every = request.GET.get("show") == "all"
    cells = preview.cells if every else preview.to_see
    picks = {choice.name: form[choice.name] for choice in preview.choices}
    file, kind = preview.file, preview.kind
    page = {
        "file": file,
        "kind": kind,
        "sheets": kind.address("sheets"),
        "marked": kind.address("marked_file", file.pk),
        "preview": preview,
        "form": form,
        "failed": bool(form.errors),
        "every": every,
        "cells": [(each, picks.get(each.choice.name) if each.choice else None) for each in cells],
    }
    if status is None:
        status = Status.REFUSED if form.errors else Status.SAVED
    return render(
        request,
        "round_trip/returned.html",
        page,
        status=status,
    )


def _taken_over(request, file, kind, back):
    """What became of a file that was taken over; a repeated press is told the same."""
    if request.method == "POST":
        messages.info(request, f"{file.batch}として取り込み済みです。重ねては取り込んでいません。")
        return redirect(kind.address("returned", file.pk))
    page = {
        "file": file,
        "kind": kind,
        "batch": file.batch,
        "undo": getattr(file.batch, "undo", None),
        "sheets": kind.address("sheets"),
        "file_address": kind.address("returned_file", file.pk),
        "undo_address": kind.address("take_back", file.pk),
        "back": back,
        "form": Make(),
    }
    return render(request, "round_trip/taken_over.html", page)


def take_back_page(request, pk, kind) -> HttpResponse:
    """Take a batch back."""
    file = get_object_or_404(_files(request, kind).taken_over(), pk=pk)
    form, now = Make(request.POST), timezone.now()
    if posted(request, form):
        with errors_on(form):
            undo = actions.take_back_sheet(
                by=request.user, batch=file.batch, kind=kind, on=timezone.localdate(), at=now
            )
            for sentence in undo.left:
                messages.warning(request, sentence)
            messages.success(
                request,
                f"{file.batch}を取り消しました。",
            )
            return redirect(kind.address("returned", pk))
    return answer_act(
        request,
        form,
        title=f"{file.batch}を取り消す",
        submit="取り消す",
        back=kind.address("returned", pk),
    )


def returned_file(request, pk, kind) -> HttpResponse:
    """The file as it came, always as a download."""
    file = get_object_or_404(_files(request, kind), pk=pk)
    return file_response(
        bytes(file.content),
        file.name,
        XLSX,
    )


def marked_file(request, pk, kind) -> HttpResponse:
    """The file with what stands against each of its cells, as of now."""
    file = get_object_or_404(_files(request, kind), pk=pk)
    preview = preview_of(file, request.user, kind, at=timezone.now())
    return file_response(marked(preview), f"確認_{file.name}", XLSX)
