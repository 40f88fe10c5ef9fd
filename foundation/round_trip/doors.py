"""Which sheets come back through which page: whoever gets a sheet of another kind says where to.

A room says its own beside the layout of its sheet (`open_door`); this room knows none by itself.
"""

from dataclasses import dataclass

from foundation.accounts.permissions import Permission, Person, may_somewhere


@dataclass(frozen=True)
class SheetDoor:
    """Where a kind of sheet comes back. `title`: what the sheet is called; `page`: the name of the
    address; `permission`: what one needs there.
    """

    document: str
    title: str
    page: str
    permission: Permission


DOORS: dict[str, SheetDoor] = {}


def open_door(document: str, title: str, page: str, permission: Permission) -> None:
    """Make known where the sheets with that name in 様式 come back."""
    DOORS[document] = SheetDoor(document, title, page, permission)


def sent_on(document: object, own: str) -> str:
    """The sentence that sends a sheet of another kind to its page; "" for one's own or unknown."""
    door = DOORS.get(str(document))
    if door is None or door.document == own:
        return ""
    return f"{door.title}のファイルです。「{door.title}（Excel）」の画面から取り込んでください。"


def others(own: str, user: Person) -> list[SheetDoor]:
    """The pages of other kinds that this person may use."""
    return [
        door
        for door in DOORS.values()
        if door.document != own and may_somewhere(user, door.permission)
    ]
