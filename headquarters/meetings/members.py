"""Who belongs to the headquarters on a day: whom the attendance of a meeting asks about.

The one source of the list. As long as the town keeps no roster of its posts (docs/rules.md §11), it
is drawn from the memberships: the headquarters first, then the heads of the departments.
"""

from dataclasses import dataclass
from datetime import date

from foundation.accounts.models import Membership, Role

ROLES = (Role.HEADQUARTERS, Role.DEPARTMENT_HEAD)


@dataclass(frozen=True)
class Member:
    """A post of the headquarters and who holds it."""

    post: str
    name: str


def members_on(day: date) -> list[Member]:
    """The members of a day, each once: by role, then in the order of the departments. One query."""
    rows = Membership.objects.on(day).filter(role__in=ROLES, user__is_active=True)
    found = sorted(rows.select_related("user"), key=_rank)
    members = [Member(_post(row), row.user.display_name) for row in found]
    return list(dict.fromkeys(members))


def _rank(row: Membership) -> tuple:
    department = row.department
    return (ROLES.index(Role(row.role)), department.sort_order if department else 0, row.pk)


def _post(row: Membership) -> str:
    """「総務課長」; of a post that does not name its department 「総務課 課長」."""
    post, place = row.post or row.get_role_display(), str(row.department or "")
    return post if not place or place.removesuffix("課") in post else f"{place} {post}"
