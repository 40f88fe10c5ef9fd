"""User names: what they may be made of, and when two are the same."""

import re
import unicodedata

from django.core.exceptions import ValidationError

ALLOWED = re.compile(r"[A-Za-z0-9@.+_-]+")
LONGEST = 150
TAKEN = "この利用者名はすでに使われています。別の名前にしてください。"


def plain_name(typed: str) -> str:
    """A user name in half width, without blanks around it, as it is stored and looked for."""
    return unicodedata.normalize("NFKC", typed[: 2 * LONGEST]).strip()


def same_name(typed: str) -> str:
    """What two user names have in common that mean one person: JIMUKYOKU is jimukyoku."""
    return plain_name(typed).casefold()


def checked_name(typed: str) -> str:
    """A user name that may be stored. ValidationError with the reason; look-alikes are refused."""
    name = plain_name(typed)
    if not ALLOWED.fullmatch(name):
        raise ValidationError(
            f"利用者名「{typed}」は使えません。半角英数字と @ . + - _ で入力してください。"
        )
    if len(name) > LONGEST:
        raise ValidationError(f"利用者名は{LONGEST}字までにしてください（いま{len(name)}字）。")
    return name
