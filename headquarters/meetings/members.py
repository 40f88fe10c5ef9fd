"""Who belongs to the headquarters on a day: whom the attendance of a meeting asks about.

The one source of the list: the roster of that day (docs/rules.md §11). As long as nobody stands in
it, the list is drawn from the memberships: the headquarters first, then the heads of departments.
"""

from dataclasses import dataclass, field
from datetime import date

from foundation.accounts.models import Membership, Role
from foundation.accounts.posts import post_in_words
from headquarters.organisation.roster.choices import Part
from headquarters.organisation.roster.models import Holding

ROLES = (Role.HEADQUARTERS, Role.DEPARTMENT_HEAD)


@dataclass(frozen=True)
class Member:
    """A post of the headquarters and who holds it. `part`: 説明 or 記録, of whoever has another
    part in a meeting than to be there.
    """

    post: str
    name: str
    part: str = field(default="", compare=False)


def members_on(day: date) -> list[Member]:
    """The members of a day, each once, in the order of the roster. One query, or two without it."""
    holdings = sorted(Holding.objects.on(day), key=lambda row: row.post.rank)
    members = [Member(row.post.title, row.name, _part(row)) for row in holdings]
    return list(dict.fromkeys(members or _by_membership(day)))


def _part(row: Holding) -> str:
    return "" if row.post.part == Part.ATTENDS else row.post.get_part_display()


def _by_membership(day: date) -> list[Member]:
    """By role, then in the order of the departments."""
    rows = Membership.objects.on(day).filter(role__in=ROLES, user__is_active=True)
    found = sorted(rows.select_related("user"), key=_rank)
    return [Member(_post(row), row.user.display_name) for row in found]


def _rank(row: Membership) -> tuple:
    department = row.department
    return (ROLES.index(Role(row.role)), department.sort_order if department else 0, row.pk)


def _post(row: Membership) -> str:
    return post_in_words(str(row.department or ""), row.post or row.get_role_display())
