"""Evidence files beside values."""

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import answer_act, errors_on, posted, recorded
from foundation.accounts.permissions import Permission, requires
from foundation.japanese.calendar import wareki_month
from foundation.records import uploads
from foundation.records.forms import FileForm
from foundation.records.models import Attachment
from kpi import actions
from kpi.models import KpiValue

read = requires(Permission.READ)


@read
@require_POST
def evidence_add(request, month, code):
    """Attach an evidence file to a stored value."""
    value = get_object_or_404(
        KpiValue.objects.select_related("indicator"), indicator__code=code, month=month
    )
    actions.check_may_enter(by=request.user, indicator=value.indicator, month=month)
    form, now = FileForm(request.POST, request.FILES), timezone.now()
    if posted(request, form):
        with errors_on(form):
            recorded(
                request,
                form,
                lambda: actions.attach_evidence(
                    by=request.user, value=value, **form.attachment, on=timezone.localdate(), at=now
                ),
                "添付しました。",
                at=now,
            )
            return redirect("reports:indicator", code)
    return answer_act(
        request,
        form,
        title=f"{value.indicator}（{wareki_month(month)}）にファイルを添付する",
        submit="添付する",
        back=reverse("reports:indicator", args=[code]),
    )


@read
def evidence(request, pk):
    """Download an evidence file, always as an attachment."""
    return uploads.answer(get_object_or_404(Attachment.objects.of_kind(KpiValue), pk=pk))
