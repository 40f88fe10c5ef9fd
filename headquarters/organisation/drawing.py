"""A drawing of boxes, lines and texts: where each of them stands. The page draws it (SVG).

Long texts are wrapped, many boxes stand in several rows: nothing is cut, and it grows downwards.
"""

import math
from dataclasses import dataclass, field

from foundation.charts.parts import width_of

WIDTH, EDGE, GAP = 1040, 16, 8
MIDDLE = WIDTH // 2
LINE, PADDING, DROP = 20, 12, 16
WIDEST = 228.0
A_ROW = 8  # boxes that fit side by side
SIZES = {"l": 17.0, "b": 14.0, "": 14.0, "r": 13.0}


@dataclass(frozen=True)
class Label:
    """A line of text. `look`: l large, b bold, r small and soft; `anchor` as in SVG."""

    text: str
    x: float
    y: float
    look: str = ""
    anchor: str = "middle"


@dataclass(frozen=True)
class Box:
    """A rectangle. `look`: head, soft, team, frame, or nothing."""

    x: float
    y: float
    width: float
    height: float
    look: str = ""


@dataclass(frozen=True)
class Stroke:
    """A line along a path. `look`: dash, or nothing."""

    path: str
    look: str = ""


@dataclass(frozen=True)
class Card:
    """What stands in a box: (text, look) line by line."""

    lines: tuple[tuple[str, str], ...]


@dataclass
class Drawing:
    """Everything that is drawn, from the top down; `height` is known at the end."""

    boxes: list[Box] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    height: float = 0

    def say(self, text: str, y: float, look: str = "b", *, right: bool = False) -> None:
        """A text at the left edge, or at the right one."""
        x, anchor = (WIDTH - EDGE, "end") if right else (EDGE, "start")
        self.labels.append(
            Label(
                text,
                x,
                y,
                look,
                anchor,
            )
        )

    def card(self, card: Card, x: float, y: float, width: float, height: float, look: str) -> None:
        """A box with its lines, in the middle of it."""
        self.boxes.append(
            Box(
                x,
                y,
                width,
                height,
                look,
            )
        )
        lines = lines_in(card, width)
        top = y + (height - LINE * len(lines)) / 2 + LINE * 0.75
        self.labels += [
            Label(
                text,
                x + width / 2,
                top + LINE * number,
                kind,
            )
            for number, (text, kind) in enumerate(lines)
        ]

    def row(self, cards: list[Card], y: float, left: float, look: str = "") -> float:
        """Boxes side by side under one line, in as many rows as it takes; the end of the last.

        The first hangs from the middle, each further one from a line along the left edge.
        """
        rows = math.ceil(len(cards) / A_ROW)
        size = math.ceil(len(cards) / rows)
        edge, comes_from, top = left - GAP, float(MIDDLE), y
        for start in range(
            0,
            len(cards),
            size,
        ):
            if start:
                self.strokes.append(Stroke(f"M{comes_from} {top}H{edge}V{y}"))
                comes_from = edge
            top = y
            y = self._one_row(
                cards[start : start + size],
                size,
                (comes_from, y),
                left,
                look,
            )
            y += PADDING
        return y - PADDING

    def _one_row(
        self, cards: list[Card], size: int, hung: tuple[float, float], left: float, look: str
    ) -> float:
        (comes_from, y), room = hung, WIDTH - EDGE - left
        width = min(WIDEST, (room - GAP * (size - 1)) / size)
        taken = width * size + GAP * (size - 1)
        first = min(max(left, MIDDLE - taken / 2), WIDTH - EDGE - taken)
        height = max(height_of(card, width) for card in cards)
        middles = [first + width / 2 + (width + GAP) * number for number in range(len(cards))]
        for card, middle in zip(
            cards,
            middles,
            strict=True,
        ):
            self.card(
                card,
                middle - width / 2,
                y + DROP,
                width,
                height,
                look,
            )
            self.strokes.append(Stroke(f"M{middle} {y}V{y + DROP}"))
        ends = [*middles, comes_from]
        self.strokes.append(Stroke(f"M{min(ends)} {y}H{max(ends)}"))
        return y + DROP + height


def lines_in(card: Card, width: float) -> list[tuple[str, str]]:
    """The lines of a card as they fit into a box so wide."""
    return [
        (part, look)
        for text, look in card.lines
        for part in wrapped(text, (width - PADDING) / SIZES[look])
    ]


def height_of(card: Card, width: float) -> float:
    """How high a box has to be for a card."""
    return LINE * len(lines_in(card, width)) + 2 * PADDING


def wrapped(text: str, room: float) -> list[str]:
    """A text in lines of at most so many full-width characters, cut at blanks where it can be."""
    lines, rest = [], text
    while width_of(rest) > room and len(rest) > 1:
        fits = max(
            sum(width_of(rest[:size]) <= room for size in range(1, len(rest))),
            1,
        )
        blank = max(
            rest.rfind(
                " ",
                1,
                fits + 1,
            ),
            rest.rfind(
                "　",
                1,
                fits + 1,
            ),
        )
        size = blank if blank > 0 else fits
        lines.append(rest[:size].strip("　 "))
        rest = rest[size:].strip("　 ")
    return [*lines, rest]
