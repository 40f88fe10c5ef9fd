"""How much room a text takes in a cell: its lines, its beginning, its pieces.

Programs do not fit the rows of files that they did not write, and Excel cuts what is higher than
409.5 points. Counted in points and rather too much than too little: as wide as BIZ UDPゴシック is,
every Japanese character as wide as the widest; lines end as the rules of Japanese want it.
"""

import math
import re
import unicodedata
from functools import cache

UNIT = 5.25  # points of one unit of column width; LibreOffice makes it `WIDEST_UNIT`
WIDEST_UNIT = 5.5
INSET = 5.0  # points of a cell that its text does not get
LINE = 1.3  # height of a line: so many times the size of its type
LINE_OF_OTHERS = 1.5  # the same of characters that come from another font
WORDS = re.compile(r"[!-~]+|.", re.DOTALL)
PARAGRAPHS = re.compile(r"[^\n]*\n|[^\n]+")
NOT_FIRST = frozenset(
    "、。，．・：；？！）〕］｝〉》」』】ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ%％"
)
NOT_LAST = frozenset("（〔［｛〈《「『【")
EM = {"0": 0.76, "A": 0.84, "a": 0.71, "!": 0.55}
NARROW = frozenset(".,:;'|!")
KNOWN = str.maketrans("", "", "–−")  # not in cp932, but in the font
WIDE_LATIN = frozenset("MWQmw%@#&+<=>~^")


@cache
def _em(char: str) -> float:
    """Width of a character in times the size of its type."""
    if unicodedata.east_asian_width(char) == "H":
        return 0.5
    if not char.isascii() or char in WIDE_LATIN:
        return 1.0
    if char in NARROW:
        return 0.35
    kind = "0" if char.isdigit() else "A" if char.isupper() else "a" if char.isalpha() else "!"

    return EM[kind]


def room(units: float) -> float:
    """Points of a line of text in a cell of so many units of column width."""
    return units * UNIT - INSET


def wrapped(text: str, points: float, size: float = 10) -> list[str]:
    """The lines of a text; joined they are the text again (a paragraph keeps its line end)."""
    limit = max(1.0, points / size)

    if "\n" not in text and sum(map(_em, text)) <= limit:
        return [text]
    lines: list[str] = []

    for paragraph in PARAGRAPHS.findall(text):
        lines += _lines(paragraph, limit)

    return lines


def _lines(paragraph: str, limit: float) -> list[str]:
    """The lines of one paragraph, each at most `limit` wide; a word goes to the next as a whole."""
    lines, line, used = [], "", 0.0
    for word in _words(paragraph, limit):
        width = sum(map(_em, word)) if word != "\n" else 0.0
        if line and used + width > limit:
            stays = _stays(line, word)
            lines.append(line[:stays])
            line = line[stays:]
            used = sum(map(_em, line))
        line, used = line + word, used + width
    return [*lines, line]


def _stays(line: str, word: str) -> int:
    """How many characters of a full line stay on it: none that may not end it, and one less where
    the next may not begin a line.
    """
    stays = len(line)
    if word[0] in NOT_FIRST:
        stays -= 1
    while stays > 1 and line[stays - 1] in NOT_LAST:
        stays -= 1
    return stays or len(line)


def _words(paragraph: str, limit: float) -> list[str]:
    """What is not broken: Latin words that fit on a line; else single characters."""
    words: list[str] = []
    for word in WORDS.findall(paragraph):
        words += [word] if len(word) == 1 or sum(map(_em, word)) <= limit else list(word)
    return words


def height(text: str, points: float, size: float = 10) -> float:
    """Points of height that a text needs."""
    return len(wrapped(text, points, size)) * size * _spacing(text) + 4


def _spacing(text: str) -> float:
    try:
        text.translate(KNOWN).encode("cp932")
    except UnicodeEncodeError:
        return LINE_OF_OTHERS
    return LINE


def beginning(text: str, points: float, most: int, *, end: str, size: float = 10) -> str:
    """The text, or as much of it as stands on `most` lines together with `end`."""
    lines = wrapped(text, points, size)
    if len(lines) <= most:
        return text
    kept = "".join(lines[:most]).rstrip()
    while kept and len(wrapped(kept + end, points, size)) > most:
        kept = kept[:-1].rstrip()
    return kept + end


def pieces(text: str, points: float, most: int, size: float = 10) -> list[str]:
    """The whole text in pieces of at most `most` lines."""
    lines = wrapped(text, points, size)
    groups = [lines[first : first + most] for first in range(0, len(lines), most)]
    return ["".join(group).removesuffix("\n") for group in groups]


def figure_units(shown: str, size: float) -> float:
    """Units of column width of a number as it is shown, in BIZ UDゴシック."""
    ems = sum(0.5 if char.isascii() else 1.0 for char in shown)
    return math.ceil((ems * size + INSET) / UNIT * 10) / 10
