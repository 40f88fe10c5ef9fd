"""XML that is changed at single places: every byte outside of them stays as it was.

A library that reads a part and writes it anew loses what it does not know (extensions, prefixes,
`mc:Ignorable`). So a part is only looked through here, for where its elements begin and end, and
new bytes are put in between.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=<>/"']+)\s*=\s*(?:"[^"]*"|'[^']*')""")
_ENCODING = re.compile(rb"""^<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']""")
_KNOWN = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_MARK = b"\xef\xbb\xbf"


class UnknownXml(ValueError):
    """A part in another encoding than UTF-8, with a document type, or not well formed."""


@dataclass
class Piece:
    """An element and where it stands: from `start` to `end`; its start tag ends at `head`.

    `name` without prefix, `given` its attributes without prefix, `text` what stands directly in it.
    """

    name: str
    space: str
    given: dict[str, str]
    start: int
    head: int
    inner: int = 0
    end: int = 0
    text: str = ""
    above: "Piece | None" = None

    @property
    def empty(self) -> bool:
        """Is it one tag, `<row/>`?"""
        return self.end == self.head


@dataclass(frozen=True)
class Edit:
    """New bytes in the place of those from `start` to `end` (the same: put in before)."""

    start: int
    end: int
    new: bytes


@dataclass
class Walk:
    """One way through a part. A subclass says what it does at each element."""

    content: bytes
    line: list[Piece] = field(default_factory=list)
    passed: int = 0  # how deep inside an element that nobody looks into

    def go(self) -> "Walk":
        """Look at every element. Raises UnknownXml."""
        _check_encoding(self.content)
        reader = expat.ParserCreate(namespace_separator=" ")
        reader.buffer_text = True
        reader.StartDoctypeDeclHandler = _refuse
        reader.EntityDeclHandler = _refuse
        self._reader = reader
        self._listen()
        try:
            reader.Parse(self.content, True)
        except expat.ExpatError as error:
            raise UnknownXml(str(error)) from error
        return self

    def begun(self, piece: Piece) -> None:
        """An element begins; `self.line` are those that it stands in."""

    def done(self, piece: Piece) -> None:
        """An element is at its end."""

    def _started(self, name: str, given: dict[str, str]) -> None:
        start = self._reader.CurrentByteIndex
        space, _, local = name.rpartition(" ")
        plain = {key.rpartition(" ")[2]: value for key, value in given.items()}
        head = start + len(tag_at(self.content, start))
        above = self.line[-1] if self.line else None
        piece = Piece(local, space, plain, start, head, above=above)
        self.begun(piece)
        self.line.append(piece)

    def pass_over(self) -> None:
        """Asked in `begun`: nothing inside of this element is looked at."""
        self._reader.StartElementHandler = self._passing
        self._reader.EndElementHandler = self._passed
        self._reader.CharacterDataHandler = None

    def _passing(self, *_: Any) -> None:
        self.passed += 1

    def _passed(self, name: str) -> None:
        if self.passed:
            self.passed -= 1
            return
        self._listen()
        self._ended(name)

    def _listen(self) -> None:
        self._reader.StartElementHandler = self._started
        self._reader.EndElementHandler = self._ended
        self._reader.CharacterDataHandler = self._text

    def _ended(self, _: str) -> None:
        piece, at = self.line.pop(), self._reader.CurrentByteIndex
        if self.content[piece.head - 2 : piece.head] == b"/>":
            piece.inner = piece.end = piece.head
        else:
            piece.inner, piece.end = at, self.content.index(b">", at) + 1
        self.done(piece)

    def _text(self, text: str) -> None:
        if self.line:
            self.line[-1].text += text


@dataclass
class _Named(Walk):
    wanted: frozenset[str] = frozenset()
    found: list[Piece] = field(default_factory=list)

    def done(self, piece: Piece) -> None:
        if piece.name in self.wanted:
            self.found.append(piece)


def pieces(content: bytes, *names: str) -> list[Piece]:
    """The elements of a part that have one of these names, in the order in which they begin."""
    walk = _Named(content, wanted=frozenset(names))
    walk.go()
    return sorted(walk.found, key=lambda piece: piece.start)


def root(content: bytes) -> Piece:
    """The outermost element."""
    return _Root(content).go().found[0]  # type: ignore[attr-defined]


@dataclass
class _Root(Walk):
    found: list[Piece] = field(default_factory=list)

    def begun(self, piece: Piece) -> None:
        if not self.line:
            self.found.append(piece)


def spliced(content: bytes, edits: list[Edit]) -> bytes:
    """The part with all edits made; what is put in at one place keeps the order of the list."""
    out, at = [], 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        out += [content[at : edit.start], edit.new]
        at = edit.end
    return b"".join([*out, content[at:]])


def tag_at(content: bytes, start: int) -> bytes:
    """The whole tag that begins there, `>` in a value not taken for its end."""
    found = _TAG.match(content, start)
    if found is None:
        raise UnknownXml("no tag")
    return found[0]


def prefix_at(content: bytes, start: int) -> bytes:
    """「x:」 of the tag `<x:row …>`, or nothing."""
    name = re.split(rb"[\s/>]", tag_at(content, start)[1:], maxsplit=1)[0]
    before, colon, _ = name.rpartition(b":")
    return before + colon


def without(tag: bytes, *names: str) -> bytes:
    """A tag without these attributes, the others as they stand."""
    dropped = {name.encode() for name in names}
    return _ATTRIBUTE.sub(lambda found: b"" if found[1] in dropped else found[0], tag)


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """A start tag in which the attribute has this value."""
    tag = without(tag, name)
    end = -2 if tag.endswith(b"/>") else -1
    return tag[:end].rstrip() + f' {name}="{value}"'.encode() + tag[end:]


def _check_encoding(content: bytes) -> None:
    said = _ENCODING.match(content.removeprefix(_MARK))
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:4]:
        raise UnknownXml("encoding")
    if said and said[1].lower() not in _KNOWN:
        raise UnknownXml("encoding")


def _refuse(*_: Any) -> None:
    raise UnknownXml("document type")
