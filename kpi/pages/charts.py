"""The chart of one indicator: plain plotly dicts (validated with go.Figure in the tests)."""

from foundation.japanese.calendar import fiscal_months, fiscal_year, wareki_month_short
from foundation.sheets.colours import INK_2, INK_3, KEY, PAPER
from kpi.choices import Maturity


def _float(value):
    return None if value is None else float(value)


def _line(name: str, x: list[str], y: list, line: dict) -> dict:
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": line}


def _actual(facts, months, judged) -> dict:
    """実績: hollow where provisional, a gap where the last figure is an older one."""
    provisional = [
        month in facts.readings and facts.readings[month].maturity == Maturity.PROVISIONAL
        for month in months
    ]
    shown = [None if row.older else _float(row.actual) for row in judged]
    line = {"color": KEY, "width": 3}
    return {
        **_line("実績", [wareki_month_short(month) for month in months], shown, line),
        "mode": "lines+markers",
        "connectgaps": False,
        "marker": {
            "size": 10,
            "color": [PAPER if hollow else KEY for hollow in provisional],
            "line": line,
        },
    }


def _marks(facts, months) -> list[tuple[str, str]]:
    """(month, what changed in it): revised targets, changed counting."""
    marks = [(row.from_month, f"目標見直し（第{row.version}版）") for row in facts.revisions]
    marks += [(month, "数え方の変更") for month in facts.breaks]
    return [(wareki_month_short(month), text) for month, text in marks if month in months]


def _mark_line(name: str) -> dict:
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": name,
        "x1": name,
        "y0": 0,
        "y1": 1,
        "line": {"color": INK_3, "width": 1, "dash": "dashdot"},
    }


def _mark_text(name: str, text: str) -> dict:
    return {
        "xref": "x",
        "yref": "paper",
        "x": name,
        "y": 1.0,
        "yanchor": "bottom",
        "showarrow": False,
        "text": text,
    }


def _layout(facts, names, marks) -> dict:
    return {
        "margin": {"t": 32 if marks else 12},
        "shapes": [_mark_line(name) for name, _ in marks],
        "annotations": [_mark_text(name, text) for name, text in marks],
        "yaxis": {"rangemode": "tozero", "ticksuffix": facts.definition.unit},
        "showlegend": True,
        "xaxis": {
            "type": "category",
            "categoryorder": "array",
            "categoryarray": names,
            "range": [-0.5, 11.5],
        },
    }


def indicator_chart(facts) -> dict:
    """One fiscal year of an indicator, up to `facts.month`.

    Actual so far, expectation, stepped target in force, baseline, and marks where target or
    counting changed.
    """
    months = fiscal_months(fiscal_year(facts.month))
    names = [wareki_month_short(month) for month in months]
    reached = [month for month in months if month <= facts.month]
    judged = [facts.progress_at(month) for month in reached]
    expected = [_float(row.expectation) for row in judged]
    targets = [_float(facts.progress_at(month).target) for month in months]
    baseline = _float(facts.definition.baseline_value)
    dashed = {"color": INK_2, "width": 2, "dash": "dash"}
    data = [
        _actual(facts, reached, judged),
        _line("期待値", names[: len(reached)], expected, dashed),
    ]
    if any(target is not None for target in targets):
        stepped = {"color": INK_2, "width": 1, "shape": "hv"}
        data.append(_line("年度目標", names, targets, stepped))
    if baseline is not None:
        dotted = {"color": INK_3, "width": 1, "dash": "dot"}
        data.append(_line("基準値", names, [baseline] * len(names), dotted))
    return {"data": data, "layout": _layout(facts, names, _marks(facts, months))}
