"""The page 「さがす」. Fetch, form, answer."""

from django.shortcuts import render
from django.utils import timezone

from foundation.accounts.permissions import Permission, requires
from foundation.accounts.remembered import remembered
from headquarters.desk.search.finding import find
from headquarters.desk.search.forms import SearchForm
from headquarters.desk.search.said import NEWEST
from headquarters.desk.search.words import Words


@requires(Permission.READ)
@remembered
def search(request):
    """Words → the places of the portal in which they all stand, by kind; each leads there."""
    form = SearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    words, kind = Words.typed(typed), request.GET.get("kind", "")
    page = {
        "form": form,
        "typed": typed if words else "",
        "kind": kind,
        "found": find(request.user, words, on=timezone.localdate(), group=kind),
        "most": NEWEST,
    }
    return render(
        request,
        "desk/search.html",
        page,
    )
