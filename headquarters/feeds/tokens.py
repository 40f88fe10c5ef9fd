"""The text of a token: `osaki_`, a number by which it is found, and 256 random bits.

Whoever sees the text knows the whole token; what is stored is its number and its SHA-256. So many
random bits cannot be tried out, so the digest needs no slow hash.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date

from foundation.japanese.ranges import DateRange

MARK = "osaki"
NUMBER_BYTES, SECRET_BYTES = 4, 32
TOKEN = re.compile(rf"{MARK}_([0-9a-f]{{{2 * NUMBER_BYTES}}})_[0-9a-f]{{{2 * SECRET_BYTES}}}")


@dataclass(frozen=True)
class TokenText:
    """A whole token. Hexadecimal, so that a double-click takes all of it."""

    number: str
    whole: str

    @classmethod
    def new(cls) -> "TokenText":
        """A token that nobody has seen yet."""
        number, secret = secrets.token_hex(NUMBER_BYTES), secrets.token_hex(SECRET_BYTES)
        return cls(number, f"{MARK}_{number}_{secret}")

    @classmethod
    def read(cls, text: str) -> "TokenText | None":
        """The token that a text is; None when it has not the shape of one."""
        found = TOKEN.fullmatch(text)
        return cls(found[1], text) if found else None

    @property
    def digest(self) -> str:
        """What of it is stored."""
        return hashlib.sha256(self.whole.encode()).hexdigest()

    def fits(self, digest: str) -> bool:
        """Is it the token of which this is stored? Takes the same time whatever differs."""
        return hmac.compare_digest(self.digest, digest)


def lasting_days(today: date) -> DateRange:
    """The last day of a token: from the day on which it is made, some years on."""
    return DateRange.years(today, today, ahead=5)
