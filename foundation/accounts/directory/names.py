"""Whom a name of the town's directory means: `OSAKI\\yamada`, `yamada@osaki.local` are yamada."""

import re

from foundation.accounts.models import User
from foundation.accounts.trail.actions import person_named

PROVED = "osaki_dx.remote_user"  # in the request's environment; no header can be called so
NAME = re.compile(r"(?:[^\\@,\s]+\\)?([^\\@,\s]+)(?:@[^\\@,\s]+)?")
LONGEST = 300


def user_name_of(said: str) -> str:
    """The user name without the domain; empty where it cannot be one (two names, a blank)."""
    found = NAME.fullmatch(said.strip()) if len(said) <= LONGEST else None
    return found[1] if found else ""


def person_of(said: str) -> User | None:
    """The user whom a proved name means: exactly that name, else the name without its domain."""
    bare = user_name_of(said)
    if not bare:
        return None
    return person_named(said.strip()) or person_named(bare)
