"""Somebody else was quicker: one exception and one sentence for every room."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from foundation.japanese.calendar import time_of_day

SYSTEM = "システム"
CONFLICT = (
    "画面を開いた後に、ほかの人が保存しました。"
    "あなたの文は残っています。合わせてから、もう一度押してください。"
)


@dataclass
class Conflict(Exception):
    """The row was saved by somebody else after the page was drawn; nothing was written.

    `current`: the row as it is stored now (None: it was cleared); `sentence`: who did what and
    when; `words`: what is stored now, in words, where the page shows it beside what was typed;
    `now`: the row's values by the names of the form's fields, for the page that shows both sides.
    """

    current: Any
    sentence: str
    words: str = ""
    now: dict[str, Any] = field(default_factory=dict)
    who: str = ""
    at: datetime | None = None

    @property
    def version(self) -> int:
        """The version to send for overwriting what is stored now."""
        return self.current.version if self.current else 0


class SavedAlready(Conflict):
    """Somebody else saved exactly the same in between: nothing was written, nothing is to choose.

    The page takes the new version and says by whom.
    """

    @classmethod
    def by(cls, who: Any, current: Any) -> "SavedAlready":
        """「山田 花子さんが同じ内容を保存済みです」; `who`: a user or None."""
        name = who.display_name if who else SYSTEM
        return cls(current, f"{name}さんが同じ内容を保存済みです。")


def said(who: Any, at: datetime | None, what: str) -> str:
    """「山田 花子さんが11月6日 10時30分に120件に変更しました。」; `who`: a user or None."""
    return said_of(who.display_name if who else SYSTEM, at, what)


def said_of(name: str, at: datetime | None, what: str) -> str:
    """The same by name; without one it was 「ほかの人」."""
    when = f"{time_of_day(timezone.localtime(at))}に" if at else ""
    return f"{f'{name}さん' if name else 'ほかの人'}が{when}{what}。"
