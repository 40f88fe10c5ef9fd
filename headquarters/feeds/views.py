"""The pages about feeds: the tokens for the secretariat, the steps in Excel for everybody."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from foundation.accounts.acting import answer, data_of, errors_on, posted, recorded
from foundation.accounts.permissions import Permission, requires
from foundation.japanese.calendar import add_months, format_month
from headquarters.feeds import actions
from headquarters.feeds.choices import TokenState
from headquarters.feeds.forms import RevokeForm, TokenForm
from headquarters.feeds.models import FeedToken
from headquarters.feeds.queries import offered
from headquarters.feeds.tokens import TokenText

manage = requires(Permission.MANAGE_FEEDS)


@dataclass(frozen=True)
class ListedToken:
    """A token in the list, and whether it opens the feeds today."""

    row: FeedToken
    state: TokenState

    @property
    def in_use(self) -> bool:
        """Does it?"""
        return self.state == TokenState.IN_USE

    @property
    def may_be_revoked(self) -> bool:
        """Also one that is stopped may come back to life, with its department or another day."""
        return self.state != TokenState.REVOKED


@manage
def tokens(request):
    """All tokens by department, with their uses."""
    today = timezone.localdate()
    rows = [ListedToken(row, row.state_on(today)) for row in FeedToken.objects.listed()]
    return render(
        request,
        "feeds/tokens.html",
        {"tokens": rows},
    )


@manage
@never_cache
def token_create(request):
    """A new token; its text is shown once, on the answer to this very press, and kept nowhere."""
    form = TokenForm(data_of(request), today=timezone.localdate())
    made: list[tuple[FeedToken, TokenText]] = []
    if posted(request, form):
        with errors_on(form):

            def make():
                made.append(actions.issue_token(by=request.user, **form.cleaned_data, at=now))
                return made[0][0]

            now = timezone.now()
            token = recorded(request, form, make, "接続キーを発行しました。", at=now)
            if not made:
                return redirect("feeds:tokens")
            page = {"token": token, "text": made[0][1]}
            return render(request, "feeds/token_made.html", page)
    return answer(
        request,
        "feeds/token_create.html",
        form,
    )


@manage
def token_revoke(request, pk):
    """Let a token open nothing any more, with the reason."""
    row = get_object_or_404(FeedToken.objects.select_related("department"), pk=pk)
    form = RevokeForm(data_of(request), facts={"revoked_at": row.revoked_at})
    if posted(request, form):
        with errors_on(form):
            actions.revoke_token(
                by=request.user,
                token=row,
                reason=form.cleaned_data["reason"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, f"{row}を取り消しました。")
            return redirect("feeds:tokens")
    return answer(request, "feeds/token_revoke.html", form, {"token": row})


@requires(Permission.READ)
def guide(request):
    """Excelで読み込む手順, with the address under which this very page was opened."""
    page = {
        "feeds": offered(request.build_absolute_uri("/")),
        "last_month": format_month(add_months(timezone.localdate(), -1)),
    }
    return render(
        request,
        "feeds/guide.html",
        page,
    )
