"""要確認一覧: what the plan left open, by kind, settled at once or one by one; and its export."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import data_of, errors_on, posted, status_of
from foundation.accounts.navigation import way_back
from foundation.accounts.permissions import Permission, has_permission, require, requires
from foundation.records.forms import Act
from foundation.records.statuses import Status
from foundation.sheets.lists import asked_kind, list_file
from headquarters.upkeep.point_files import point_file
from headquarters.upkeep.points import PAGES, PointKind, all_points, key_of, kinds_of
from headquarters.upkeep.settings import setting_asked_by
from headquarters.upkeep.settle_many import PointTable
from headquarters.upkeep.settling import form_of, settle_point
from measures.actions import unsettle
from measures.models import OpenPoint

SHOWN = {"open": "未確認", "settled": "確認済", "all": "すべて"}


def _counted(kinds: list[PointKind], shown: str) -> list[tuple[PointKind, int]]:
    """The kinds with what is to be shown of them, and how many."""
    counts = [(kind, len(kind.open)) for kind in kinds]
    if shown == "settled":
        counts = [(kind, len(kind.settled)) for kind in kinds]
    if shown == "all":
        counts = [(kind, len(kind.points)) for kind in kinds]
    return [(kind, count) for kind, count in counts if count]


def _asked(kinds: list[PointKind], counted, key: str) -> PointKind | None:
    """The kind that was asked for, else the first with something to show."""
    named = (kind for kind in kinds if kind.key == key)
    return next(named, counted[0][0] if counted else None)


@requires(Permission.READ)
def checks(request):
    """The open points of one kind, ?kind=, with the counts of all; ?show=settled or all.

    ?format= downloads what is asked for; without ?kind= every kind, without ?show= all of it.
    Posted: the ticked rows are settled.
    """
    if request.method == "POST":
        require(request.user, Permission.DEFINE)
    kinds = kinds_of(all_points())
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else "open"
    if asked_kind(request):
        wanted = shown if "show" in request.GET else "all"
        return list_file(request, point_file(kinds, request.GET.get("kind", ""), wanted))
    counted = _counted(kinds, shown)
    kind = _asked(kinds, counted, request.GET.get("kind", ""))
    table = PointTable.load(kind, data_of(request)) if kind else None
    if request.method == "POST" and table:
        return _settle_ticked(request, table, shown)
    return _page(
        request,
        kinds,
        counted,
        table,
        shown,
    )


def _page(request, kinds, counted, table, shown, status=Status.SAVED, **more):
    page = {
        "kinds": counted,
        "kind": table.kind if table else None,
        "table": table,
        "shown": shown,
        "filters": list(SHOWN.items()),
        "settled": sum(len(kind.settled) for kind in kinds),
        "total": sum(len(kind.points) for kind in kinds),
        "may": has_permission(request.user, Permission.DEFINE),
        **more,
    }
    return render(
        request,
        "upkeep/checks.html",
        page,
        status=status,
    )


def _settle_ticked(request, table: PointTable, shown: str):
    """Settle what is ticked; on to the next kind where nothing is left over."""
    table.settle_ticked(by=request.user, on=timezone.localdate(), at=timezone.now())
    kinds = kinds_of(all_points())
    counted = _counted(kinds, shown)
    if table.done or table.by_others:
        messages.success(request, _said(table))
    if table.ticked and not (table.refused or table.typed):
        return redirect(f"{reverse('upkeep:checks')}?{_next(kinds, table.kind.key)}")
    status = Status.CONFLICT if table.conflict else Status.REFUSED
    return _page(request, kinds, counted, table, shown, status, failed=True)


def _said(table: PointTable) -> str:
    """「21件を確認済にしました。1件は、木下 二郎さんが同じ内容で確認済でした。」."""
    said = f"「{table.kind.name}」の{len(table.done)}件を確認済にしました。" if table.done else ""
    others = {row.by_other for row in table.by_others}
    if others:
        names = "、".join(f"{name}さん" for name in sorted(others))
        said += f"{len(table.by_others)}件は、{names}が同じ内容で確認済にしていました。"
    return said


def _next(kinds: list[PointKind], key: str) -> str:
    """The same kind while something in it is open, else the next one with something open."""
    keys = [kind.key for kind in kinds]
    after = kinds[keys.index(key) :] + kinds
    return urlencode({"kind": next((kind.key for kind in after if kind.open), key)})


@requires(Permission.DEFINE)
def check_settle(request, pk):
    """One open point: its form, settling it, or opening it again."""
    point = get_object_or_404(
        OpenPoint.objects.select_related("settled_by", "subject_type"),
        pk=pk,
    )
    elsewhere = setting_asked_by(point)
    if elsewhere and "reopen" not in request.POST:
        return redirect(elsewhere)
    kind = urlencode({"kind": key_of(point)})
    back = way_back(request, f"{reverse('upkeep:checks')}?{kind}")
    if "reopen" in request.POST:
        return _reopen(request, point, back)
    form = form_of(point, data_of(request))
    if posted(request, form):
        with errors_on(form):
            settle_point(
                by=request.user, point=point, form=form, on=timezone.localdate(), at=timezone.now()
            )
            messages.success(request, f"「{point}」を確認済にしました。")
            return redirect(back)
    if form.conflict is not None:
        form.tell()
    return _one(
        request,
        point,
        form,
        back,
    )


def _one(request, point, form, back: str):
    """The page of one point, with the way to the page made for its kind."""
    own = PAGES.get(key_of(point))
    page = {
        "point": point,
        "form": form,
        "back": back,
        "failed": bool(form.errors),
        "elsewhere": own.address(point.subject) if own else "",
        "elsewhere_label": own.label if own else "",
    }

    return render(request, "upkeep/check.html", page, status=status_of(form))


def _reopen(request, point, back: str):
    """Open it again, as long as it stands as the page showed it."""
    form = Act(request.POST, facts={"settled_at": point.settled_at})

    if form.is_valid():
        with errors_on(form):
            unsettle(by=request.user, point=point, seen=form.seen, at=timezone.now())
            messages.success(request, f"「{point}」を要確認に戻しました。")
            return redirect(f"{back}#p{point.pk}")
    if form.conflict is not None:
        form.tell()
    page = {
        "title": f"「{point}」を要確認に戻す",
        "submit": "要確認に戻す",
        "back": back,
        "hidden": {"reopen": "1", "next": back},
        "form": form,
    }
    return render(
        request,
        "components/act.html",
        page,
        status=status_of(form),
    )
