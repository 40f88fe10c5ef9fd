"""What a backup says about itself: `manifest.json`, its last member."""

import json
from dataclasses import asdict, dataclass, field

from osaki_dx.keeping.schema import Node
from osaki_dx.wrong import Wrong

FORMAT = 1  # of the file; a portal reads those of its own and of older numbers
NAME = "manifest.json"
LARGEST = 64 * 1024 * 1024  # bytes; it grows with the number of attachments
NEWER = (
    "このバックアップは、いまのプログラムより新しい版で作られています。"
    "プログラムをその版にしてから復元してください。"
)


@dataclass(frozen=True)
class Member:
    """One file in the backup; `size` and `sha256` are those of its content."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class TableFacts:
    """One table: `content` is the SHA-256 of its rows, the same whatever database holds them.

    `last_number`: the last one that the table gave to a row.
    """

    name: str
    member: str
    columns: list[str]
    rows: int
    content: str
    last_number: int = 0


@dataclass(frozen=True)
class Manifest:
    """When and from what the backup was taken, and all that is in it."""

    made_at: str
    program: dict[str, str]
    database: str
    migrations: list[Node]
    tables: list[TableFacts]
    members: list[Member]
    missing: list[str] = field(default_factory=list)  # attachments that were not there
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def size(self) -> int:
        """Bytes of all members, unpacked."""
        return sum(member.size for member in self.members)

    def text(self) -> bytes:
        """As it stands in the file."""
        return json.dumps(
            asdict(self),
            ensure_ascii=False,
            indent=1,
        ).encode()


def read_manifest(content: bytes) -> Manifest:
    """The manifest of a file. Wrong when it is of a newer format, or none."""
    try:
        told = json.loads(content)
        if told["format"] > FORMAT:
            raise Wrong(NEWER)
        told["migrations"] = [(str(app), str(name)) for app, name in told["migrations"]]
        told["tables"] = [TableFacts(**table) for table in told["tables"]]
        told["members"] = [Member(**member) for member in told["members"]]
        return Manifest(**told)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Wrong("バックアップの目録（manifest.json）を読めません。") from None
