"""Charts drawn at the server: the same figure as plotly's, inside its drawing, in type to read."""

import re
from dataclasses import replace

import pytest

from foundation.charts.drawing import DASHES, drawing_of
from foundation.charts.parts import Drawing, Stroke, Words
from foundation.charts.words import said
from foundation.sheets.colours import KEY, PAPER
from headquarters.reports.pages.charts import grades_chart, rates_chart
from headquarters.reports.pages.indicator_chart import indicator_chart
from tests.reports import paper_reports
from tests.reports.paper_reports import MARCH

pytestmark = pytest.mark.pure
PLACE = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
WIDTHS = (340, 620, 860)
LOOK = {"color": KEY, "width": 3}
STEPPED = LOOK | {"shape": "hv"}


def figures():
    """{name: figure}: of nothing, of usual content, of the longest names and numbers."""
    found = {}
    for kind in ("empty", "usual", "worst"):
        report = getattr(paper_reports, kind)()
        found[f"grades {kind}"] = grades_chart(report)
        found[f"rates {kind}"] = rates_chart(report)
        for row in report.indicators[:2]:
            marked = replace(row, breaks=(MARCH,))
            found[f"{row.code} {kind}"] = indicator_chart(marked, MARCH)
    return found


FIGURES = figures()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_a_drawing_stays_in_its_frame(figure, width):
    drawing = drawing_of(figure, width, 360)
    for stroke in drawing.strokes:
        if "a" not in stroke.d:
            places = [(float(x), float(y)) for x, y in PLACE.findall(stroke.d)]
            assert all(-1 <= x <= width + 1 and -1 <= y <= 361 for x, y in places)
    for each in drawing.words:
        assert 0 <= each.y <= 360
        assert 0 <= each.x <= width
    assert {each["name"] for each in figure["data"]} <= {each.text for each in drawing.words}


def line(**others):
    """A trace over four months, its third without a figure."""
    trace = {"type": "scatter", "mode": "lines", "name": "実績", "line": LOOK}
    return trace | {"x": ["4月", "5月", "6月", "7月"], "y": [1.0, 2.0, None, 3.0]} | others


MARKER = {"size": 10, "color": [KEY, PAPER, KEY, KEY], "line": LOOK}
BAR = {"type": "bar", "name": "A", "x": ["4月"], "text": ["A 2"], "marker": {"color": KEY}}
DRAWN = {  # what a trace draws: (the trace, what is found among its strokes)
    "a gap breaks the line": (line(y=[1.0, None, 2.0, 3.0]), {"lines": 1}),
    "a figure alone has no line": (line(), {"lines": 1}),
    "no figure, no line": (line(y=[None] * 4), {"lines": 0}),
    "a step holds until the next": (
        line(y=[1, 2, 3, 4], line=LOOK | {"shape": "hv"}),
        {"points": 7},
    ),
    "a dash stays one": (line(line=LOOK | {"dash": "dash"}), {"dashed": 1}),
    "provisional is hollow": (line(mode="markers", marker=MARKER), {"hollow": 1}),
    "a bar stands on another": (BAR | {"y": [2]}, {"bars": 2}),
}


@pytest.mark.parametrize(("trace", "found"), DRAWN.values(), ids=DRAWN)
def test_a_trace_is_drawn_as_it_is_meant(trace, found):
    layout = {"xaxis": {"type": "category"}, "yaxis": {}}
    data = [trace] if trace["type"] != "bar" else [trace, trace | {"name": "B"}]
    strokes = drawing_of({"data": data, "layout": layout}, 620, 360).strokes
    lines = [each for each in strokes if each.colour == KEY and each.fill == "none"]
    counted = {
        "lines": len(lines),
        "points": max((len(PLACE.findall(each.d)) for each in lines), default=0),
        "dashed": sum(each.dash == DASHES["dash"] for each in strokes),
        "hollow": sum(each.fill == PAPER for each in strokes),
        "bars": sum(each.fill == KEY and each.d.endswith("Z") for each in strokes),
    }
    assert counted == counted | found


def test_bars_stand_one_upon_the_other_and_say_what_they_are():
    drawing = drawing_of(FIGURES["grades usual"], 620, 360)
    assert any(re.fullmatch(r"D \d+", each.text) for each in drawing.words)  # not by colour alone
    symbols = {each["marker"]["symbol"] for each in FIGURES["rates usual"]["data"]}
    assert len(symbols) == len(FIGURES["rates usual"]["data"])


def test_a_chart_is_said_in_words():
    figure = {"data": [line()], "layout": {"yaxis": {"ticksuffix": "件"}}}
    assert said(figure, "年度の推移") == "年度の推移。実績 3件（7月）。同じ値は表で読めます。"
    nothing = {"data": [line(y=[None] * 4)], "layout": {}}
    assert said(nothing, "年度の推移") == "年度の推移。同じ値は表で読めます。"
    assert "D 遅れ" in said(FIGURES["rates usual"], "分布")


def test_a_drawing_is_written_as_svg_and_what_was_typed_stays_text():
    drawing = Drawing(620, 360)
    drawing.strokes.append(Stroke("M0 0L1 1", "#000", 1.5, "2 4"))
    drawing.words.append(Words('<b>"A"&', 1.26, 2, 13, "#111", "end"))
    assert drawing.svg == (
        '<path d="M0 0L1 1" fill="none" stroke="#000" stroke-width="1.5" stroke-dasharray="2 4"/>\n'
        '<text x="1.3" y="2.0" font-size="13.0" fill="#111" text-anchor="end">'
        "&lt;b&gt;&quot;A&quot;&amp;</text>"
    )
