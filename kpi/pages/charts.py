"""The chart of one indicator: plain plotly dicts (validated with go.Figure in the tests)."""

from foundation.japanese.calendar import fiscal_months, fiscal_year, wareki_month_short
from foundation.sheets.colours import INK_2, INK_3, KEY, PAPER
from kpi.choices import Maturity


def _float(value):
    return None if value is None else float(value)


def indicator_chart(facts) -> dict:
    """Actual so far, expectation, stepped target in force and baseline, over the fiscal year of
    `facts.month`.
    """
    months = fiscal_months(fiscal_year(facts.month))
    shown = [month for month in months if month <= facts.month]
    judged = [facts.progress_at(month) for month in shown]
    names = [wareki_month_short(month) for month in months]
    solid = [
        _float(row.actual) if row.actual is not None and not row.older else None for row in judged
    ]
    provisional = [
        month in facts.readings and facts.readings[month].maturity == Maturity.PROVISIONAL
        for month in shown
    ]
    unit = facts.definition.unit
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "実績",
            "x": names[: len(shown)],
            "y": solid,
            "line": {"color": KEY, "width": 3},
            "connectgaps": False,
            "marker": {
                "size": 10,
                "color": [PAPER if flag else KEY for flag in provisional],
                "line": {"color": KEY, "width": 3},
            },
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "期待値",
            "x": names[: len(shown)],
            "y": [_float(row.expectation) for row in judged],
            "line": {"color": INK_2, "width": 2, "dash": "dash"},
        },
    ]
    stepped = [_float(row.target) for row in (facts.progress_at(month) for month in months)]
    if any(value is not None for value in stepped):
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": "年度目標",
                "x": names,
                "y": stepped,
                "line": {"color": INK_2, "width": 1, "shape": "hv"},
            }
        )
    if facts.definition.baseline_value is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": "基準値",
                "x": names,
                "y": [_float(facts.definition.baseline_value)] * len(names),
                "line": {"color": INK_3, "width": 1, "dash": "dot"},
            }
        )
    marks = [(row.from_month, f"目標見直し（第{row.version}版）") for row in facts.revisions]
    marks += [(month, "数え方の変更") for month in facts.breaks]
    marks = [(wareki_month_short(month), text) for month, text in marks if month in months]
    return {
        "data": data,
        "layout": {
            "margin": {"t": 32 if marks else 12},
            "shapes": [
                {
                    "type": "line",
                    "xref": "x",
                    "yref": "paper",
                    "x0": name,
                    "x1": name,
                    "y0": 0,
                    "y1": 1,
                    "line": {"color": INK_3, "width": 1, "dash": "dashdot"},
                }
                for name, _ in marks
            ],
            "annotations": [
                {
                    "xref": "x",
                    "yref": "paper",
                    "x": name,
                    "y": 1.0,
                    "yanchor": "bottom",
                    "showarrow": False,
                    "text": text,
                }
                for name, text in marks
            ],
            "yaxis": {"rangemode": "tozero", "ticksuffix": unit},
            "showlegend": True,
            "xaxis": {
                "type": "category",
                "categoryorder": "array",
                "categoryarray": names,
                "range": [-0.5, 11.5],
            },
        },
    }
