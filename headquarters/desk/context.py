"""What every page shows around its content: navigation, sample flag, who is signed in."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from foundation.accounts.permissions import Permission, has_permission, memberships_of
from foundation.records.actions import sample_loaded

# label, URL name, prefixes of the view names for which the entry is the current one
NAVIGATION = (
    ("ホーム", "desk:home", ("desk:home",)),
    ("総括", "reports:dashboard", ("reports:dashboard",)),
    (
        "KPI入力",
        "kpi:entry_current",
        (
            "kpi:entry",
            "kpi:value",
            "kpi:submission",
            "kpi:paste",
            "kpi:month",
            "kpi:missing",
            "kpi:reopening",
        ),
    ),
    (
        "KPI一覧",
        "reports:indicator_list",
        (
            "reports:indicator_list",
            "reports:indicator",
            "kpi:evidence",
            "kpi:target",
            "kpi:definition",
        ),
    ),
    (
        "施策",
        "measures:list",
        (
            "measures:list",
            "measures:detail",
            "measures:history",
            "measures:lead",
            "reports:measure_kpis",
            "roadmap:measure_roadmap",
            "reviews:measure_reviews",
        ),
    ),
    (
        "工程表",
        "roadmap:roadmap",
        (
            "roadmap:roadmap",
            "roadmap:milestone",
            "roadmap:baseline",
            "roadmap:step",
            "roadmap:setup",
            "roadmap:knock",
        ),
    ),
    ("PDCA", "reviews:cycles", ("reviews:cycle", "reviews:sheet", "reviews:missing")),
    ("会議", "meetings:meetings", ("meetings:", "organisation:")),
    (
        "月次報告",
        "reports:list",
        ("reports:list", "reports:close", "reports:close_annual", "reports:compare"),
    ),
    ("計画", "measures:plan", ("measures:plan", "measures:context", "upkeep:")),
    ("履歴", "desk:history", ("desk:history",)),
)
PEOPLE = (
    "利用者",
    "accounts:users",
    ("accounts:user", "accounts:department", "accounts:membership"),
)


@dataclass(frozen=True)
class MenuItem:
    """An entry of the menu. `current`: the page shown belongs to it."""

    label: str
    url: str
    current: bool


def navigation(user, view_name: str) -> list[MenuItem]:
    """The menu for this user."""
    rows = [*NAVIGATION, PEOPLE] if has_permission(user, Permission.MANAGE_PEOPLE) else NAVIGATION
    return [
        MenuItem(
            label,
            reverse(name),
            view_name.startswith(prefixes),
        )
        for label, name, prefixes in rows
    ]


def page(request):
    """Context processor: `sample_loaded`, `nav`, `memberships` of the signed-in user, `today`."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    match = getattr(request, "resolver_match", None)
    return {
        "sample_loaded": SimpleLazyObject(sample_loaded),
        "nav": navigation(user, match.view_name if match else "") if signed_in else [],
        "memberships": memberships_of(user) if user and signed_in else [],
        "today": timezone.localdate(),
    }
