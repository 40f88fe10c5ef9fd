"""Addresses with a measure's number: read with the numbers of the day, old ones lead on."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from foundation.japanese.calendar import last_of_month, parse_month
from foundation.records.compiled import Compiled
from measures.labels import call_then, label_on
from measures.models import Measure

View = Callable[..., HttpResponse]


def day_asked(request: HttpRequest) -> date:
    """The day with whose numbers an address is read: the last of the month in ?at=2026-10.1, not
    after today; without one today.
    """
    today, text = timezone.localdate(), request.GET.get("at", "")
    if not text:
        return today
    try:
        return min(today, last_of_month(parse_month(text.partition(".")[0])))
    except ValueError as error:
        raise Http404(str(error)) from None


def _number_on(number: int, day: date) -> int | None:
    """The number on a day of the measure that has or had this number at any time."""
    found = Measure.objects.ever_called(number).annotate(**label_on(day)).first()
    return found and (found.number_then or found.number)


def measure_or_404(number: int, on: date, *, words_beside: bool = False) -> Measure:
    """The measure with this number on a day, under that day's name, with policy and departments;
    with what stands beside its words (`measures.standing.beside`) where that is asked for.
    """
    kind = ContentType.objects.get_for_model(Measure).pk if words_beside else None
    for measure in _called(number, on, kind)():
        return cast(
            Measure,
            call_then(measure, measure),
        )
    raise Http404("この番号の施策はありません。")


@lru_cache(maxsize=128)
def _called(number: int, on: date, kind: int | None) -> Compiled[Measure]:
    """The question for it, put together once for a number and a day; `kind`: number of the content
    type of measures, where open points are asked for.
    """
    rows = Measure.objects.with_lead().called(number, on)
    return Compiled(rows if kind is None else rows.with_words_beside(kind))


def at_its_number(view: View) -> View:
    """A view of a measure's page: a number that nobody has today leads to today's."""

    @wraps(view)
    def found(request: HttpRequest, number: int, **others: Any) -> HttpResponse:
        try:
            return view(
                request,
                number=number,
                **others,
            )
        except Http404:
            now = _number_on(number, timezone.localdate())
            if now is None or now == number:
                raise
            if request.method == "POST":
                return view(request, number=now, **others)
            return redirect(request.get_full_path().replace(f"/{number}/", f"/{now}/", 1))

    return found
