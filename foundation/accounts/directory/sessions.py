"""Was this session begun by the town's directory, and under which name?"""

from django.http import HttpRequest

BY_DIRECTORY = "by_directory"


def mark(request: HttpRequest, said: str) -> None:
    """Note in the session under which proved name it goes on."""
    request.session[BY_DIRECTORY] = said


def name_of(request: HttpRequest) -> str:
    """The proved name of this session; empty where a password opened it."""
    said: str = request.session.get(BY_DIRECTORY, "")
    return said
