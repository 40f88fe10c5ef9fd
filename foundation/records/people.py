"""A person within another row's question: who closed, asked, replied, attached."""

from typing import Any

from django.contrib.auth import get_user_model

from foundation.records.within import told_of


def who(field: str) -> dict[str, str]:
    """Columns for `records.within.rows_within`: the person whom a field names."""
    return {
        "person": f"{field}_id",
        "full_name": f"{field}__full_name",
        "username": f"{field}__username",
    }


def person_told(told: dict[str, Any]) -> Any:
    """The person out of the columns `who`, with the name that pages show; None: nobody is named."""
    if not told["person"]:
        return None
    names = {name: told[name] for name in ("full_name", "username")}
    return told_of(get_user_model(), id=told["person"], **names)
