"""Evidence files beside values."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.permissions import Permission, requires
from foundation.records import uploads
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
    upload = request.FILES.get("file")
    try:
        actions.attach_evidence(
            by=request.user,
            value=value,
            name=upload.name if upload else "",
            content=uploads.read(upload),
            on=timezone.localdate(),
            at=timezone.now(),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "添付しました。")
    return redirect("reports:indicator", code)


@read
def evidence(request, pk):
    """Download an evidence file, always as an attachment."""
    return uploads.answer(get_object_or_404(Attachment.objects.of_kind(KpiValue), pk=pk))
