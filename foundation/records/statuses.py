"""How an answer says what became of a save: one table for pages, fragments and scripts.

`templates/base.html` tells htmx which of them carry a fragment to be shown (`SHOWN`); the others
leave the page as it is, with what was typed, and a script says why.
"""

from enum import IntEnum


class Status(IntEnum):
    """HTTP statuses of the portal's own answers."""

    SAVED = 200
    SIGNED_OUT = 401  # nobody is signed in any more
    FORBIDDEN = 403  # a right is missing, or the form's token is too old
    CONFLICT = 409  # somebody else was quicker
    OTHER_PERSON = 412  # somebody else is signed in than the one who drew the page
    REFUSED = 422  # something typed cannot be taken
    LOCKED = 423  # the month is closed, or handed in
    BUSY = 503  # the database does not answer in time, or is gone
    UNWRITABLE = 507  # the disk is full, or may only be read


SHOWN = (Status.CONFLICT, Status.REFUSED, Status.LOCKED)
