"""What a drawing consists of: paths and words at their places, written as SVG."""

import unicodedata
from dataclasses import dataclass, field
from html import escape
from itertools import chain

from django.utils.safestring import SafeString

HALF = 0.58  # a half-width character, of a full-width one


@dataclass(frozen=True)
class Stroke:
    """A path: a line, a symbol, a bar. `dash` as SVG has it; `fill` none where it is a line."""

    d: str
    colour: str = "none"
    width: float = 1
    dash: str = ""
    fill: str = "none"

    @property
    def svg(self) -> str:
        """As SVG."""
        dashes = f' stroke-dasharray="{escape(self.dash)}"' if self.dash else ""
        return (
            f'<path d="{escape(self.d)}" fill="{escape(self.fill)}"'
            f' stroke="{escape(self.colour)}" stroke-width="{self.width}"{dashes}/>'
        )


@dataclass(frozen=True)
class Words:
    """A line of text. `anchor` as SVG has it: start, middle or end."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    anchor: str = "start"

    @property
    def svg(self) -> str:
        """As SVG; whatever was typed stays text."""
        return (
            f'<text x="{self.x:.1f}" y="{self.y:.1f}" font-size="{self.size:.1f}"'
            f' fill="{escape(self.colour)}" text-anchor="{escape(self.anchor)}">'
            f"{escape(self.text)}</text>"
        )


@dataclass
class Drawing:
    """A chart of this size in the units of its type: what is drawn, in this order."""

    width: int
    height: int
    strokes: list[Stroke] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)

    @property
    def svg(self) -> SafeString:
        """All of it; not by a template, which takes far longer for a number."""
        paths, texts = (each.svg for each in self.strokes), (each.svg for each in self.words)
        return SafeString("\n".join(chain(paths, texts)))


def width_of(text: str, size: float = 1) -> float:
    """How wide a text is in type of this size; left out, in full-width characters."""
    full = sum(unicodedata.east_asian_width(char) in "WFA" for char in text)
    return (full + HALF * (len(text) - full)) * size


def line(*points: tuple[float, float]) -> str:
    """The path through these points."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def box(left: float, top: float, right: float, bottom: float) -> str:
    """The path of a rectangle."""
    return f"{line((left, top), (right, top), (right, bottom), (left, bottom))}Z"


def symbol(name: str, x: float, y: float, size: float) -> str:
    """The path of a symbol so wide around a place; what is not known is a circle."""
    half = size / 2
    if name == "square":
        return box(x - half, y - half, x + half, y + half)
    if name == "diamond":
        return f"{line((x, y - half), (x + half, y), (x, y + half), (x - half, y))}Z"
    if name == "triangle-up":
        low = y + half * 0.8
        return f"{line((x, y - half), (x + half, low), (x - half, low))}Z"
    arc = f"a{half:.1f} {half:.1f} 0 1 0"
    return f"M{x - half:.1f} {y:.1f}{arc} {size:.1f} 0{arc} {-size:.1f} 0Z"
