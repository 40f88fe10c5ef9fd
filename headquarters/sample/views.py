"""The switch from one of the sample's people to another, without a password."""

from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.models import User
from foundation.accounts.navigation import back_to
from foundation.accounts.trail.actions import remember_sign_in
from headquarters.sample.forms import SwitchForm
from headquarters.sample.tour import may_switch

BACKEND = "foundation.accounts.backends.MembershipBackend"
SWITCHED = "見本の人の切替え"


@require_POST
def switch(request):
    """Become another of the sample's people, and go on to `next`.

    Not there (404) for people of the town, without sample data and in production.
    """
    form = SwitchForm(request.POST)
    if not may_switch(request.user) or not form.is_valid():
        raise Http404("ページが見つかりません。")
    user = get_object_or_404(
        User,
        username=form.cleaned_data["username"],
        is_active=True,
    )
    if user != request.user:
        remember_sign_in(user=user, request=request, at=timezone.now(), how=SWITCHED)
        sign_in(request, user, backend=BACKEND)
        messages.success(request, f"{user.display_name}の画面に切り替えました。")
    return redirect(back_to(request) or "desk:home")
