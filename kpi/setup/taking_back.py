"""A target that a decision of the headquarters revised is taken back with the decision."""

from datetime import date, datetime

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from kpi.models import Target
from kpi.setup.targets import NewTarget, add_version


def take_back_target(
    *,
    by: User,
    target: Target,
    reason: str,
    decided_on: date,
    decided_where: str,
    at: datetime | None = None,
) -> Target:
    """A version that names the one it takes back. Who may decide may undo a decision whole
    (docs/adr/0030); other targets are taken back by who defines them (`set_target`).

    Raises PermissionDenied, ValidationError (taken back already).
    """
    require(by, Permission.DECIDE)
    new = NewTarget(
        target.fiscal_year,
        withdraws=target.version,
        reason=reason,
        decided_on=decided_on,
        decided_where=decided_where,
    )
    return add_version(
        by=by,
        indicator=target.indicator,
        new=new,
        at=at,
    )
