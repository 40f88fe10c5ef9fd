"""The people and departments of the sample town."""

from dataclasses import dataclass, field
from datetime import date, datetime

from foundation.accounts.actions import create_user, save_department, save_membership
from foundation.accounts.models import Department, Membership, Role, User
from foundation.accounts.permissions import Permission, has_permission
from headquarters.sample.source import Source
from measures.actions import assign_lead
from measures.models import Measure

START = date(2026, 4, 1)
KEEPER = "jimukyoku"


@dataclass
class Town:
    """People and departments of the sample by name, and how it is written down."""

    data: Source
    departments: dict[str, Department] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    accounts: list[list[str]] = field(default_factory=list)

    @property
    def keeper(self) -> User:
        """The one of the secretariat."""
        return self.users[KEEPER]

    @property
    def headquarters(self) -> User:
        """The head of the headquarters."""
        return self.users["honbu"]

    def acting(self, department: Department | None, permission: Permission) -> User:
        """Who does it for a department: one of its own people, else the secretariat."""
        own = (
            user
            for user in self.users.values()
            if user != self.keeper and has_permission(user, permission, department=department)
        )
        return next(own, self.keeper)


def move_in(town: Town, at: datetime) -> None:
    """Departments, accounts and leads on the first day; the passwords need not be changed."""
    for order, (code, name) in enumerate(town.data["departments"], 1):
        town.departments[code] = _department(town, code, name, order, at)
    for username, full_name, role, code, post in town.data["accounts"]:
        user, password = create_user(
            by=None, username=username, full_name=full_name, must_change=False, at=at
        )
        town.users[username] = user
        _join(town, username, role, code, post, at)
        department = town.departments.get(code)
        row = [username, Role(role).label, department.name if department else "", password]
        town.accounts.append(row)
    for username, role, code, post in town.data["concurrent"]:
        _join(town, username, role, code, post, at)
    _make_leads(town, at)


def _department(town: Town, code: str, name: str, order: int, at: datetime) -> Department:
    """A department that is there is used; one that will be renamed has its earlier name."""
    found: Department | None = Department.objects.filter(code=code).first()
    if found is not None:
        return found
    first_name = town.data["renamed"].get(code, {}).get("before", name)
    row = Department(code=code, name=first_name, sort_order=order)
    return save_department(by=None, department=row, at=at)


def _join(town: Town, username: str, role: str, code: str, post: str, at: datetime) -> None:
    membership = Membership(
        user=town.users[username],
        department=town.departments.get(code),
        role=role,
        post=post,
        valid_from=START,
    )
    save_membership(by=None, membership=membership, at=at)


def _make_leads(town: Town, at: datetime) -> None:
    for number, code in town.data["leads"].items():
        related = town.data["related"].get(
            number,
            (),
        )
        assign_lead(
            by=town.keeper,
            measure=Measure.objects.get(number=number),
            department=town.departments[code],
            starts_on=START,
            related=[town.departments[each] for each in related],
            at=at,
        )
