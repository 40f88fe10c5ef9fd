"""What every page shows around its content: navigation, sample flag, who is signed in."""

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from foundation.accounts.permissions import memberships_of
from foundation.records.actions import sample_loaded
from headquarters.desk.manual.doors import help_for
from headquarters.desk.menu import menu_of, standing
from measures.naming import names_for


def page(request):
    """Context processor: `sample_loaded`, `nav`, `memberships` of the signed-in user and what
    he is in a few words (`standing`), what the plan is called (`plan_names`), `today`, where the
    manual says how this page is used.
    """
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    match = getattr(request, "resolver_match", None)
    memberships = memberships_of(user) if user and signed_in else []
    return {
        "sample_loaded": SimpleLazyObject(lambda: _sample_loaded(user)),
        "nav": _nav(user, match) if signed_in else (),
        "help_here": help_for(match.view_name if match else ""),
        "memberships": memberships,
        "standing": standing(memberships),
        "plan_names": SimpleLazyObject(lambda: names_for(user)),
        "today": timezone.localdate(),
        "shown_at": timezone.now(),
    }


def _nav(user, match):
    return menu_of(user, match.view_name if match else "")


def _sample_loaded(user) -> bool:
    """Asked with the person already; who is not signed in has asked nothing."""
    told: bool | None = getattr(
        user,
        "sample_loaded",
        None,
    )
    return sample_loaded() if told is None else told
