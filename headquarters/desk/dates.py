"""What a typed date or month is read as, told before it is saved. Reads nothing, writes nothing."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from foundation.accounts.permissions import Permission, requires
from foundation.japanese.calendar import WEEKDAYS, wareki_date, wareki_month
from foundation.japanese.fields import JapaneseDateField, MonthField
from foundation.japanese.ranges import DateRange

KINDS = [("date", "日付"), ("month", "月")]


class ReadingForm(forms.Form):
    """A typed text, and what its box says of itself (`data-reads` and its companions)."""

    text = forms.CharField(max_length=100)
    kind = forms.ChoiceField(choices=KINDS)
    near = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    first = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    last = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def field(self) -> forms.Field:
        """The field that the box stands for."""
        given = self.cleaned_data
        first, last = given["first"], given["last"]
        within = DateRange(first, last) if first and last else DateRange.around
        if given["kind"] == "month":
            return MonthField(within=within)
        return JapaneseDateField(near=given["near"], within=within)

    def read(self) -> dict[str, str]:
        """The day in words and as an ISO date. ValidationError with the sentence that refuses."""
        day: date = self.field().clean(self.cleaned_data["text"])
        if self.cleaned_data["kind"] == "month":
            return {"words": wareki_month(day)}
        words = f"{wareki_date(day)}（{WEEKDAYS[day.weekday()]}）"
        return {"words": words, "day": day.isoformat()}


@requires(Permission.READ)
@require_safe
def date_read(request):
    """{"words": 「令和8年11月3日（火）」, "day": ISO date} or {"refused": sentence}.

    {} when nothing was asked.
    """
    form = ReadingForm(request.GET)
    if not form.is_valid():
        return JsonResponse({})
    try:
        return JsonResponse(form.read())
    except ValidationError as error:
        return JsonResponse({"refused": error.messages[0]})
