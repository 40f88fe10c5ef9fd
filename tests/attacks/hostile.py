"""What no page of ours would send: hostile texts, and forms spoilt with them.

A case is made from its own seed alone (`Random("name-number")`), so whatever fails can be asked for
again. Texts that reach a statement as SQL are told by `MARK`, which must never stand in one.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote

from django.apps import apps
from django.db import models

MARK = "zq7x"  # in no statement of ours, in no word of the town
ROOMS = ("foundation", "measures", "kpi", "roadmap", "headquarters")
DEEP = int(os.environ.get("TEST_DEEP", "0"))  # cases of each form kind; 0: the seeded few
SHARES = (os.cpu_count() or 1) if DEEP else 1  # processes among which the cases are dealt out
BOUNDARY = "x7Qz"
FORM = "application/x-www-form-urlencoded"
PARTS = f"multipart/form-data; boundary={BOUNDARY}"

CALENDAR = ("0001-01", "9999-12", "10000-01", "2026-00", "2026-13", "２０２６-１０", "-2026-10")
DAYS = ("0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "R8.2.30", "R99999999.1.1",
        "令和元年１３月１日", "1/1", "９９９９/１２/３１")  # fmt: skip
NUMBERS = ("1" + "0" * 30, "-1" + "0" * 30, "9" * 400, "9223372036854775808", "-1", "0",
           "1e999999", "NaN", "Infinity", "0x10", "1_000", "▲" + "9" * 40,
           "0." + "0" * 400 + "1")  # fmt: skip
SCRIPTS = ("٣", "๙", "𝟗𝟗", "²", "①", "Ⅷ", "五", "９" * 30, "½")  # digits, all of them
SIGNS = ("\x00", "a\x00b", "\ufffe", "\u202e後ろから\u202c", "\r", "\ufdfa" * 200, "😀" * 100,
         "'\"<>&%s{{7}}", "\ud800", "a\udfff\ud800", "e" + "\u0301" * 500,
         "\u200b", "\x1b[31m", "\x85\u2028", "-" * 5000)  # fmt: skip
SQL = (f"'; DROP TABLE {MARK}; --", f'" OR "{MARK}"="{MARK}', f"1) UNION SELECT '{MARK}' --",
       f"{MARK}__password", f"-{MARK}",
       f"%{MARK}_", f"\\'{MARK}", f"{MARK}\" FROM x --")  # fmt: skip
MARKUP = (f'"><script>{MARK}()</script>', "</script><img src=x onerror=1>", "{{ settings }}",
          "{% load x %}", "javascript:alert(1)")  # fmt: skip
AWAY = ("//evil.example", "https:evil.example", "https://evil.example/", "\\\\evil.example",
        "/\\evil.example", "/\t/evil.example", "http:///evil.example", "///evil.example",
        "javascript:alert(1)", "data:text/html,x", "@evil.example", "/\x00/evil.example",
        " //evil.example", "\u3000//evil.example", "//[::1", "https://testserver@evil.example/",
        "https://testserver.evil.example/")  # fmt: skip
TEXTS = (*CALENDAR, *DAYS, *NUMBERS, *SCRIPTS, *SIGNS, *SQL, *MARKUP, *AWAY, "", " ", "\u3000")


def odd_text(dice: Random) -> str:
    """A hostile text, or one of signs from all of Unicode (half characters too)."""
    if dice.random() < 0.8:
        return dice.choice(TEXTS)
    signs = (chr(dice.choice((dice.randrange(0x250), dice.randrange(0x110000)))) for _ in "x" * 9)
    return "".join(signs) * dice.choice((1, 1, 1, 4000))


@dataclass
class Sent:
    """A form as it is sent: (name, text or (file name, content)) in order."""

    pairs: list[tuple[str, object]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)  # what was done to it, in words

    @classmethod
    def of(cls, data: dict) -> "Sent":
        """What a browser would send of this."""
        sent = cls()
        for name, value in data.items():
            for each in value if isinstance(value, list) else [value]:
                if hasattr(each, "read"):
                    each.seek(0)
                    each = (each.name, each.read())
                sent.pairs.append((name, each))
        return sent

    @property
    def names(self) -> list[str]:
        """Every name, as often as it is sent."""
        return [name for name, _ in self.pairs]

    def encoded(self, dice: Random) -> tuple[bytes, str]:
        """(body, content type): parts where there is a file, else now and then."""
        has_file = any(isinstance(value, tuple) for _, value in self.pairs)
        if not has_file and dice.random() < 0.8:
            pairs = (f"{_quoted(name)}={_quoted(value)}" for name, value in self.pairs)
            return "&".join(pairs).encode(), FORM
        return b"".join([*map(_part, self.pairs), f"--{BOUNDARY}--\r\n".encode()]), PARTS


def _quoted(text: object) -> str:
    return quote(str(text), safe="", errors="surrogatepass")


def _part(pair: tuple[str, object]) -> bytes:
    name, value = pair
    head, content = f'form-data; name="{_header(name)}"', value
    if isinstance(value, tuple):
        head += f'; filename="{_header(value[0])}"'
        content = value[1]
    body = content if isinstance(content, bytes) else str(content).encode("utf-8", "surrogatepass")
    opening = f"--{BOUNDARY}\r\nContent-Disposition: {head}\r\n\r\n"
    return opening.encode("utf-8", "surrogatepass") + body + b"\r\n"


def _header(text: object) -> str:
    return str(text).translate({10: None, 13: None, 34: None})


# Spoiling.


def _hard(sent: Sent, dice: Random) -> None:
    place = dice.randrange(len(sent.pairs))
    name, _ = sent.pairs[place]
    sent.pairs[place] = (name, odd_text(dice))


def _dropped(sent: Sent, dice: Random) -> None:
    sent.pairs.pop(dice.randrange(len(sent.pairs)))


def _doubled(sent: Sent, dice: Random) -> None:
    name, value = dice.choice(sent.pairs)
    sent.pairs.insert(dice.randrange(len(sent.pairs)), (name, odd_text(dice)))
    sent.pairs.append((name, value))


def _swapped(sent: Sent, dice: Random) -> None:
    one, two = dice.randrange(len(sent.pairs)), dice.randrange(len(sent.pairs))
    (first, a), (second, b) = sent.pairs[one], sent.pairs[two]
    sent.pairs[one], sent.pairs[two] = (first, b), (second, a)


def _numbered(sent: Sent, dice: Random) -> None:
    """The number of another thing in the place of a number, or of a name's number."""
    found = [place for place, (_, value) in enumerate(sent.pairs) if str(value).isdecimal()]
    if not found:
        return _renamed(sent, dice)
    place = dice.choice(found)
    other = dice.choice((0, 1, 2, 3, dice.randrange(60), 10**9, -1, 2**63))
    sent.pairs[place] = (sent.pairs[place][0], str(other))
    return None


def _renamed(sent: Sent, dice: Random) -> None:
    place = dice.randrange(len(sent.pairs))
    name, value = sent.pairs[place]
    first, dash, last = name.rpartition("-")
    sent.pairs[place] = (f"{odd_text(dice)[:20]}{dash}{last}" if dash else f"9-{name}", value)


def _file(sent: Sent, dice: Random) -> None:
    """A file for a text, a text for a file."""
    place = dice.randrange(len(sent.pairs))
    name, value = sent.pairs[place]
    if isinstance(value, tuple):
        sent.pairs[place] = (name, odd_text(dice))
    else:
        sent.pairs[place] = (name, (odd_text(dice)[:300] or "x", b"\x00%PDF-1.7 \xff"))


def _extra(sent: Sent, dice: Random) -> None:
    for name in dice.sample(column_names(), 5):
        sent.pairs.append((name, odd_text(dice)))


def _emptied(sent: Sent, dice: Random) -> None:
    sent.pairs = [(name, "") for name in sent.names]


WAYS = (*(_hard,) * 5, _dropped, _doubled, _swapped, _numbered, _renamed, _file, _extra, _emptied)


def spoilt(data: dict, dice: Random) -> Sent:
    """The form with one to three things wrong."""
    sent = Sent.of(data)
    for _ in range(dice.choice((1, 1, 2, 3))):
        if not sent.pairs:
            sent.pairs.append(("text", odd_text(dice)))
        way = dice.choice(WAYS)
        way(sent, dice)
        sent.done.append(way.__name__)
    return sent


# Names that no page offers.


def our_fields() -> Iterable[models.Field]:
    """Every column of every model of ours."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] in ROOMS:
            yield from model._meta.concrete_fields


_COLUMNS: list[str] = []


def column_names() -> list[str]:
    """Their names, by which a careless form would take them from a request."""
    if not _COLUMNS:
        found = {name for each in our_fields() for name in (each.name, each.attname)}
        _COLUMNS.extend(sorted({*found, "pk", "is_superuser", "is_staff", "user_permissions"}))
    return _COLUMNS
