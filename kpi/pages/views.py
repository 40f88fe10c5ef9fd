"""Evidence files beside values."""

from django.core.exceptions import ValidationError
from django.http import Http404
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
from kpi.addresses import at_its_code, indicator_or_404
from kpi.models import Indicator

read = requires(Permission.READ)


@read
@require_POST
@at_its_code
def evidence_add(request, month, code):
    """Attach an evidence file to the figure of a month, whether it is entered yet or not."""
    indicator = indicator_or_404(code, month)
    _check_may_enter(request, indicator, month)
    form, now = FileForm(request.POST, request.FILES), timezone.now()
    if posted(request, form):
        with errors_on(form):
            recorded(
                request,
                form,
                lambda: actions.attach_evidence(
                    by=request.user,
                    indicator=indicator,
                    month=month,
                    file=form.cleaned_data["file"],
                    on=timezone.localdate(),
                    at=now,
                ),
                "添付しました。",
                at=now,
            )
            return redirect("reports:indicator", code)
    return answer_act(
        request,
        form,
        title=f"{indicator}（{wareki_month(month)}）にファイルを添付する",
        submit="添付する",
        back=reverse("reports:indicator", args=[code]),
    )


def _check_may_enter(request, indicator, month):
    """PermissionDenied without the right, Http404 when the indicator is not in that month."""
    try:
        actions.check_may_enter(by=request.user, indicator=indicator, month=month)
    except ValidationError as error:
        raise Http404(" ".join(error.messages)) from error


@read
def evidence(request, pk):
    """Download an evidence file, always as an attachment."""
    return uploads.answer(get_object_or_404(Attachment.objects.of_kind(Indicator), pk=pk))
