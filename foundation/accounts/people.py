"""A person within another row's question: who closed, asked, replied."""

from typing import Any

from foundation.accounts.models import User
from foundation.records.within import told_of


def who(field: str) -> dict[str, str]:
    """Columns for `records.within.rows_within`: the person whom a field names."""
    return {
        "person": f"{field}_id",
        "full_name": f"{field}__full_name",
        "username": f"{field}__username",
    }


def person_told(told: dict[str, Any]) -> User | None:
    """The person out of the columns `who`, with the name that pages show; None: nobody is named."""
    if not told["person"]:
        return None
    return told_of(User, id=told["person"], full_name=told["full_name"], username=told["username"])
