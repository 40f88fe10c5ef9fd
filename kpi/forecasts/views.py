"""年度末見込: what the departments expect at the year's end, typed in one table."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from foundation.accounts.acting import data_of
from foundation.accounts.permissions import Permission, may_somewhere, requires
from foundation.records.statuses import Status
from kpi import reading
from kpi.forecasts.table import ForecastTable
from measures.models import Plan
from measures.months import check_month

NOT_YOURS = "見込を入力できる課がありません。入力課または事務局に依頼してください。"
NOTHING = "この月に見込を入力する指標はありません。"


@requires(Permission.READ)
def forecasts(request, month):
    """What is expected at the end of the year, as said in a month."""
    today, now = timezone.localdate(), timezone.now()
    rows = reading.load(month, on=today)
    check_month(
        rows[0].plan if rows else Plan.objects.current(),
        month,
        on=today,
    )
    table = ForecastTable.of(month, rows, request.user, now=now, data=data_of(request))
    if not table.rows:
        raise Http404(NOTHING)
    page = {"table": table, "month": month}
    if request.method != "POST":
        return render(request, "kpi/forecasts.html", page)
    if not may_somewhere(request.user, Permission.ENTER_VALUES):
        raise PermissionDenied(NOT_YOURS)
    saved = table.save_table(by=request.user, on=today, at=now)
    if saved is not None:
        said = f"年度末見込を{saved}件保存しました。" if saved else "変わったところはありません。"
        messages.success(request, said)
        return redirect("kpi:forecasts", month)
    status = Status.CONFLICT if table.conflict else Status.REFUSED
    return render(request, "kpi/forecasts.html", page | {"failed": True}, status=status)
