"""A figure (the plain dict that plotly draws too) as a drawing made at the server.

It stands on the page at once, without scripts and on paper. Known are what our figures use: bars
one upon the other, lines with gaps and steps, marks of four shapes, upright lines with words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from foundation.charts.axes import Axis, Plan, Tick, planned
from foundation.charts.parts import Drawing, Stroke, Words, box, line, symbol, width_of
from foundation.sheets.colours import INK, INK_2, INK_3, PAPER, WASH_2

TYPE, SMALL = 14, 13  # sizes of the type; nothing is smaller
GAP, ROOM = 8, 12  # between a label and its axis, around the drawing
CAPITAL = 0.74  # height of a digit, of the size of its type
LEGEND_LINE, SAMPLE = 22, 26  # height of a line of the legend, width of a sample in it
DASHES = {"dash": "8 5", "dot": "2 4", "dashdot": "8 4 2 4"}
MOST_OF_THE_WIDTH = 0.42  # labels at the left take no more
Trace = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """The area of the figures with its axes."""

    x: Axis
    y: Axis

    def place(self, x, y) -> tuple[float, float]:
        """Where a pair of values stands."""
        return self.x.at(x), self.y.at(y)


def drawing_of(figure: dict, width: int, height: int) -> Drawing:
    """The figure in this size; the legend stands below."""
    drawing = Drawing(width, height)
    traces, layout = figure["data"], figure["layout"]
    entries = [each for each in traces if each.get("name")] if layout.get("showlegend") else []
    bottom = height - _legend(drawing, entries)
    values = [each for row in traces for each in row["x"]]
    across = planned(layout.get("xaxis", {}), values, grouping=False)
    upright = planned(layout.get("yaxis", {}), _heights(traces))
    frame = _frame(drawing, across, upright, bottom, _above(layout))
    _axes(drawing, frame)
    for shape in layout.get("shapes", ()):
        x = frame.x.at(shape["x0"])
        ends = (x, frame.y.start), (x, frame.y.end)
        drawing.strokes.append(_stroke(line(*ends), shape["line"]))
    for note in layout.get("annotations", ()):
        _note(drawing, note["text"], frame.x.at(note["x"]))
    _traces(drawing, frame, traces, figure["layout"].get("bargap", 0.2))
    return drawing


def _heights(traces: list[Trace]) -> list:
    """Every value of the upright axis; of bars how high they are one upon the other."""
    bars = [each["y"] for each in traces if each["type"] == "bar"]
    others = [each for row in traces if row["type"] != "bar" for each in row["y"]]
    return [*map(sum, zip(*bars, strict=True)), *others]


def _above(layout: dict) -> float:
    """The room over the area: for the words of its upright lines, and for half a label."""
    return ROOM + TYPE + GAP if layout.get("annotations") else ROOM


def _frame(drawing: Drawing, across: Plan, upright: Plan, bottom: float, top: float) -> Frame:
    """Room for the labels at the left and below; what is left is for the figures."""
    widest = min(upright.widest(TYPE), drawing.width * MOST_OF_THE_WIDTH)
    left, right = widest + GAP * 2, drawing.width - ROOM - (0 if across.names else TYPE)
    below = bottom - TYPE - GAP * 2
    return Frame(across.between(left, right), upright.between(below, top))


def _axes(drawing: Drawing, frame: Frame) -> None:
    x, y = frame.x, frame.y
    left, right, low = x.start, x.end, max(y.start, y.end)
    top = min(y.start, y.end)
    for tick in y.ticks:
        height = y.at(tick.value)
        if not y.names:
            drawing.strokes.append(Stroke(line((left, height), (right, height)), WASH_2, 2))
        most = int(y.unit // SMALL) if y.names else 1
        _left_label(drawing, tick, most, left - GAP, height)
    for tick in _apart(x):
        place = x.at(tick.value)
        if not x.names:
            drawing.strokes.append(Stroke(line((place, low), (place, top)), WASH_2, 2))
        words = Words(tick.words, place, low + GAP + TYPE, SMALL, INK_2, "middle")
        drawing.words.append(words)
    drawing.strokes.append(Stroke(line((left, top), (left, low), (right, low)), INK_3))


def _left_label(drawing: Drawing, tick: Tick, most: int, right: float, middle: float) -> None:
    """A label at the left, on as many lines as it takes and there is room for."""
    rows = list(_rows(tick.words, drawing.width * MOST_OF_THE_WIDTH))
    if len(rows) > max(1, most):
        rows = rows[: max(1, most)]
        rows[-1] = f"{rows[-1][:-1]}…"
    first = middle + SMALL * CAPITAL / 2 - (len(rows) - 1) * SMALL / 2
    for number, row in enumerate(rows):
        words = Words(row, right, first + number * SMALL, SMALL, INK_2, "end")
        drawing.words.append(words)


def _rows(text: str, room: float) -> Iterator[str]:
    row = ""
    for sign in text:
        if row and width_of(row + sign, SMALL) > room:
            yield row
            row = ""
        row += sign
    yield row


def _apart(axis: Axis) -> Iterator[Tick]:
    """The labels below that do not meet: the first, and each that is far enough from the last."""
    widest = max((width_of(tick.words, SMALL) for tick in axis.ticks), default=0) + GAP
    free = float("-inf")
    for tick in axis.ticks:
        place = axis.at(tick.value)
        if place >= free:
            free = place + widest
            yield tick


def _note(drawing: Drawing, text: str, x: float) -> None:
    """Words over an upright line, inside the drawing."""
    half = width_of(text, SMALL) / 2
    middle = min(max(x, half), drawing.width - half)
    drawing.words.append(Words(text, middle, ROOM + SMALL, SMALL, INK_2, "middle"))


def _legend(drawing: Drawing, traces: list[Trace]) -> float:
    """The legend at the bottom edge in as many lines as it takes; how high it is."""
    rows: list[list[tuple[Trace, float]]] = [[]]
    left = 0.0
    for trace in traces:
        needed = SAMPLE + GAP + width_of(trace["name"], SMALL) + GAP * 2
        if rows[-1] and left + needed > drawing.width:
            rows.append([])
            left = 0.0
        rows[-1].append((trace, left))
        left += needed
    if not traces:
        return 0
    first = drawing.height - LEGEND_LINE * (len(rows) - 1) - GAP
    for number, row in enumerate(rows):
        for trace, left in row:
            _entry(drawing, trace, left, first + number * LEGEND_LINE)
    return LEGEND_LINE * len(rows)


def _entry(drawing: Drawing, trace: Trace, left: float, low: float) -> None:
    middle = low - SMALL * CAPITAL / 2
    right = left + SAMPLE
    marker, mode = trace.get("marker", {}), trace.get("mode", "")
    if trace["type"] == "bar":
        shape = box(left + GAP, low - SMALL, right, low)
        drawing.strokes.append(_filled(shape, marker))
    if "lines" in mode:
        drawing.strokes.append(_stroke(line((left, middle), (right, middle)), trace["line"]))
    if "markers" in mode:
        size = _each(marker["size"], -1)
        place = (left + right) / 2
        path = symbol(marker.get("symbol", ""), place, middle, size)
        drawing.strokes.append(_filled(path, marker))
    drawing.words.append(Words(trace["name"], right + GAP, low, SMALL, INK))


def _traces(drawing: Drawing, frame: Frame, traces: list[Trace], gap: float) -> None:
    below: dict[str, float] = {}
    for trace in traces:
        if trace["type"] == "bar":
            _bars(drawing, frame, trace, below, frame.x.unit * (1 - gap))
            continue
        if "lines" in trace["mode"]:
            drawing.strokes.extend(_lines(frame, trace))
        if "markers" in trace["mode"]:
            drawing.strokes.extend(_marks(frame, trace))
        if "text" in trace["mode"]:
            drawing.words.extend(_labels(frame, trace))


def _bars(drawing: Drawing, frame: Frame, trace: Trace, below: dict, width: float) -> None:
    """Bars upon those that stand already; what is written in them is as large as they are wide."""
    marker, font = trace["marker"], trace.get("textfont", {})
    for x, y, text in zip(trace["x"], trace["y"], trace["text"], strict=True):
        low = below.get(x, 0)
        below[x] = low + y
        if not y:
            continue
        middle, bottom = frame.place(x, low)
        top = frame.y.at(low + y)
        shape = box(middle - width / 2, top, middle + width / 2, bottom)
        drawing.strokes.append(_filled(shape, marker))
        size = min(TYPE, (bottom - top) / CAPITAL, width / width_of(text))
        height = (top + bottom) / 2 + size * CAPITAL / 2
        drawing.words.append(Words(text, middle, height, size, font.get("color", INK), "middle"))


def _lines(frame: Frame, trace: Trace) -> Iterator[Stroke]:
    """A line, broken where there is no figure; steps hold until the next figure."""
    stepped = trace["line"].get("shape") == "hv"
    parts: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(trace["x"], trace["y"], strict=True):
        if y is None:
            parts.append([])
            continue
        place = frame.place(x, y)
        if stepped and parts[-1]:
            parts[-1].append((place[0], parts[-1][-1][1]))
        parts[-1].append(place)
    for part in parts:
        if len(part) > 1:
            yield _stroke(line(*part), trace["line"])


def _marks(frame: Frame, trace: Trace) -> Iterator[Stroke]:
    marker = trace["marker"]
    for number, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)):
        size = _each(marker["size"], number)
        if y is not None and size:
            path = symbol(marker.get("symbol", ""), *frame.place(x, y), size)
            yield _filled(path, marker, number)


def _labels(frame: Frame, trace: Trace) -> Iterator[Words]:
    """What is written over marks."""
    for x, y, text in zip(trace["x"], trace["y"], trace["text"], strict=True):
        across, height = frame.place(x, y)
        yield Words(text, across, height - GAP - 2, SMALL, INK_2, "middle")


def _each(given: Any, number: int) -> Any:
    """What one mark has of a list for each, or of one for all."""
    return given[number] if isinstance(given, list) else given


def _stroke(d: str, look: dict) -> Stroke:
    dash = DASHES.get(look.get("dash", ""), "")
    return Stroke(d, look["color"], look["width"], dash)


def _filled(d: str, marker: dict, number: int = 0) -> Stroke:
    """A shape in its colour; of an open one only the edge is drawn."""
    colour = _each(marker["color"], number)
    edge = marker.get("line", {"color": colour, "width": 1})
    fill = PAPER if marker.get("symbol", "").endswith("-open") else colour
    return Stroke(d, edge["color"], edge["width"], "", fill)
