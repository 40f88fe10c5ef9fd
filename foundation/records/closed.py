"""What nobody may write just now, whatever their rights: one exception for every room."""

from django.core.exceptions import PermissionDenied


class Closed(PermissionDenied):
    """The month is closed, the sheet handed in, the cycle over; the message says who opens it.

    It may have been open when the page was drawn: the answer is 423 and keeps what was typed.
    """
