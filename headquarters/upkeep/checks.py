"""要確認一覧 and 初期設定チェックリスト.

What the plan left open, settled in place, with progress and export.
"""

from datetime import datetime
from itertools import groupby

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import errors_on, status_of
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import wareki_short
from foundation.records.actions import sample_loaded
from foundation.records.forms import Act
from foundation.sheets.book import Column, data_sheet, new_book, save
from foundation.sheets.csvfile import csv_bytes
from foundation.sheets.download import CSV, XLSX, file_response
from headquarters.upkeep.settings import setting_asked_by
from headquarters.upkeep.settling import form_of, settle_point
from headquarters.upkeep.setup import setup_list
from measures.actions import unsettle
from measures.models import OpenPoint


def _day(moment):
    return wareki_short(timezone.localtime(moment).date()) if moment else None


COLUMNS = [
    Column("区分", "group", lambda row: row.group, width=18),
    Column("対象", "subject", lambda row: row.subject_label, width=30),
    Column("項目", "field", lambda row: row.field_label, width=16),
    Column("仮の値", "proposal", lambda row: row.proposal or None, width=20),
    Column("由来", "provenance", lambda row: row.get_provenance_display(), width=10),
    Column("確かめること", "note", lambda row: row.note, width=50),
    Column("原文の文言", "source_text", lambda row: row.source_text or None, width=40),
    Column("確認した内容", "settled_value", lambda row: row.settled_value or None, width=30),
    Column("確認日", "settled_on", lambda row: _day(row.settled_at), width=12),
    Column(
        "確認者", "settled_by", lambda row: row.settled_by and row.settled_by.display_name, width=14
    ),
]


def _points():
    """All open points, groups in the order of the set-up."""
    points = list(
        OpenPoint.objects.select_related("settled_by", "subject_type").order_by("group", "order")
    )
    first: dict[str, int] = {}
    for point in points:
        first[point.group] = min(first.get(point.group, point.order), point.order)
        point.settled_on_page = setting_asked_by(point)
    return sorted(points, key=lambda point: (first[point.group], point.order))


def _export(kind: str, at: datetime):
    points, name = _points(), f"要確認一覧{'_見本データ' if sample_loaded() else ''}"
    if kind == "xlsx":
        book = new_book()
        data_sheet(book, "要確認一覧", COLUMNS, points)
        return file_response(
            save(book, when=at, title="要確認一覧", author=""), f"{name}.xlsx", XLSX
        )
    heads = [column.header for column in COLUMNS]
    content, _ = csv_bytes(
        heads, [[column.getter(row) for column in COLUMNS] for row in points], encoding="utf-8-sig"
    )
    return file_response(content, f"{name}.csv", CSV)


def _page(request, opened=None, form=None, status=200):
    points = _points()
    groups = [
        {"name": name, "rows": rows, "settled": sum(row.settled_at is not None for row in rows)}
        for name, rows in (
            (name, list(rows)) for name, rows in groupby(points, key=lambda point: point.group)
        )
    ]
    return render(
        request,
        "upkeep/checks.html",
        {
            "groups": groups,
            "settled": sum(group["settled"] for group in groups),
            "total": len(points),
            "opened": opened,
            "form": form,
            "may": has_permission(request.user, Permission.DEFINE),
            "setup": setup_list(points),
        },
        status=status,
    )


@requires(Permission.READ)
def checks(request):
    """The set-up list and all open points; ?format=xlsx or csv downloads them."""
    if request.GET.get("format") in ("xlsx", "csv"):
        return _export(request.GET["format"], timezone.now())
    return _page(request)


def _row(request, point, form=None, status=200):
    point.settled_on_page = setting_asked_by(point)
    if request.htmx:
        context = {"row": point, "form": form, "may": True, "opened": point.pk if form else None}
        return render(request, "upkeep/checks.html#row", context, status=status)
    if form:
        return _page(request, point.pk, form, status)
    return redirect(f"{reverse('upkeep:checks')}#p{point.pk}")


@requires(Permission.DEFINE)
def check_settle(request, pk):
    """One open point: its form, settling it, or opening it again."""
    point = get_object_or_404(OpenPoint.objects.select_related("settled_by", "subject_type"), pk=pk)
    elsewhere = setting_asked_by(point)
    if elsewhere and "reopen" not in request.POST:
        return redirect(elsewhere)
    if request.method != "POST":
        return _row(request, point, None if request.GET.get("close") == "1" else form_of(point))
    if "reopen" in request.POST:
        return _reopen(request, point)
    form = form_of(point, request.POST)
    if form.is_valid():
        with errors_on(form):
            done = settle_point(
                by=request.user, point=point, form=form, on=timezone.localdate(), at=timezone.now()
            )
            if not request.htmx:
                messages.success(request, f"「{point}」を確認済みにしました。")
            return _row(request, done)
    if form.conflict is not None:
        form.tell()
    return _row(request, point, form, status_of(form))


def _reopen(request, point):
    form = Act(request.POST, facts={"settled_at": point.settled_at})
    if form.is_valid():
        with errors_on(form):
            return _row(
                request,
                unsettle(by=request.user, point=point, seen=form.seen, at=timezone.now()),
            )
    return _row(request, OpenPoint.objects.get(pk=point.pk), form, status_of(form))
