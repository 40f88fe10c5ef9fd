"""The feeds themselves, as Excel and other programs read them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from headquarters.feeds.access import by_token, told
from headquarters.feeds.columns import FEEDS
from headquarters.feeds.source import Source, Unreadable, source_of
from headquarters.feeds.writing import TYPES, written


@by_token
def feed(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """A feed at ?at=; 304 where what was fetched before (If-None-Match) still says the same."""
    try:
        source = source_of(request.GET.get("at", ""), today=timezone.localdate())
        return _answer(
            request,
            source,
            name,
            kind,
        )
    except Unreadable as error:
        return told(str(error), 400)
    except Http404 as error:
        return told(str(error), 404)


def _answer(request: HttpRequest, source: Source, name: str, kind: str) -> HttpResponse:
    """The ETag is known before the report is read, so who has it already costs little."""
    tag = source.tag(f"{name}.{kind}")
    answer = get_conditional_response(request, etag=tag)
    if answer is None:
        content = written(
            FEEDS[name],
            kind,
            source.report(),
            source.key,
        )
        answer = HttpResponse(content, content_type=TYPES[kind])
        answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer
