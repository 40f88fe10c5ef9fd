"""Addresses with an indicator's number: read with the numbers of their month, old ones lead on."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kpi.choices import NotJudged
from kpi.models import Indicator
from kpi.querysets import call_then, label_in
from kpi.rules.codes import plain_code
from measures.models import Plan
from measures.months import asked_month

View = Callable[..., HttpResponse]


class CodeConverter:
    """An indicator's number in an address, as people and as machines say it."""

    regex = "[^/]{1,30}"

    def to_python(self, value: str) -> str:
        """「KPI1-1」 → 「1-1」; ValueError (404) for what is no number."""
        code = plain_code(value)
        try:
            validate_slug(code)
        except ValidationError as error:
            raise ValueError(f"{value} is no number") from error
        return code

    def to_url(self, value: str) -> str:
        """As people say it."""
        return value


def month_of(request: HttpRequest, given: dict[str, Any]) -> date:
    """The month of an address: in its path, in ?month=, else the one being collected."""
    if "month" in given:
        month: date = given["month"]
        return month
    return asked_month(
        request,
        Plan.objects.current(),
    )


def indicator_or_404(code: str, month: date) -> Indicator:
    """The indicator with this number in that month, under that month's name, with measure and
    plan.
    """
    called = Indicator.objects.select_related("measure__policy__plan").called(code, month)
    found = called.first()
    if found is None:
        raise Http404("この番号の指標はありません。")
    return call_then(found, found)


def code_in(code: str, month: date) -> str | None:
    """The number in a month of the indicator that has or had this number at any time."""
    found = Indicator.objects.ever_called(code).annotate(**label_in(month)).first()
    return found and (found.code_then or found.code)


def at_its_code(view: View) -> View:
    """A view of an indicator's page: where nobody has the number in the address's month, it leads
    to the number that month has.
    """

    @wraps(view)
    def found(request: HttpRequest, code: str, **others: Any) -> HttpResponse:
        try:
            return view(
                request,
                code=code,
                **others,
            )
        except Http404:
            then = code_in(code, month_of(request, others))
            if then is None or then == code:
                raise
            if request.method == "POST":
                return view(request, code=then, **others)
            return redirect(address_of(request, then))

    return found


def address_of(request: HttpRequest, code: str) -> str:
    """The address that was asked for, of the indicator with another number."""
    asked = request.resolver_match
    assert asked is not None, "a view is reached by an address"
    path, query = reverse(asked.view_name, kwargs=asked.kwargs | {"code": code}), request.GET
    return f"{path}?{query.urlencode()}" if query else path


def baseline_place(code: str, reason: str) -> str:
    """The address where an indicator's baseline is set, if it is that which is missing, else ""."""
    if reason != NotJudged.NO_BASELINE.label:
        return ""
    return f"{reverse('kpi:definition', args=[code])}#id_baseline_value"
