"""操作マニュアル: contents and search, a page, a picture. Fetch, answer."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render

from foundation.accounts.permissions import Permission, memberships_of, requires
from headquarters.desk.manual.contents import CONTENTS, ENTRIES, TROUBLE
from headquarters.desk.manual.drawing import PICTURES, pages
from headquarters.desk.manual.finding import found
from headquarters.desk.search.forms import SearchForm
from headquarters.desk.search.words import Words


@requires(Permission.READ)
def manual_contents(request):
    """The pages of one's own roles first, then all; or the sections in which words stand."""
    form = SearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    words = Words.typed(typed)
    mine = {row.role for row in memberships_of(request.user)}
    book = pages()
    context = {
        "form": form,
        "typed": typed if words else "",
        "found": found(words),
        "mine": [book[entry.key] for entry in ENTRIES if mine & set(entry.roles)],
        "chapters": [(part.title, [book[each.key] for each in part.entries]) for part in CONTENTS],
    }
    return render(request, "desk/manual_contents.html", context)


@requires(Permission.READ)
def manual(request, key):
    """One page."""
    return _page(request, key)


@login_not_required
def manual_trouble(request):
    """「困ったとき」, for those too who cannot sign in."""
    return _page(request, TROUBLE)


def _page(request, key):
    book = pages()
    if key not in book:
        raise Http404("この名前のページは、操作マニュアルにありません。")
    order = list(book)
    place = order.index(key)
    context = {
        "page": book[key],
        "before": book[order[place - 1]] if place else None,
        "after": book[order[place + 1]] if place + 1 < len(order) else None,
    }
    return render(
        request,
        "desk/manual.html",
        context,
    )


@requires(Permission.READ)
def manual_picture(request, name):
    """A picture of a page."""
    known = {path.name: path for path in PICTURES.glob("*.webp")}
    if name not in known:
        raise Http404("この図はありません。")
    return HttpResponse(known[name].read_bytes(), content_type="image/webp")
