"""The chart of まちの現状.

Plain plotly dicts; only numbers that stand in the plan, series never joined.
"""

from foundation.sheets.colours import INK_2, KEY

COLOURS = {"census": KEY, "other": INK_2}


def population(statistics) -> dict:
    """Population by year.

    Census as one line, the resident register and the projection as single points.
    """
    by_series: dict[str, list] = {}
    for row in statistics:
        if row.group == "人口" and row.year:
            by_series.setdefault(row.series, []).append(row)
    data = []
    for number, (series, rows) in enumerate(by_series.items()):
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers+text" if len(rows) > 1 else "markers+text",
                "name": series,
                "x": [row.year for row in rows],
                "y": [int(row.value) for row in rows],
                "text": [f"{int(row.value):,}" for row in rows],
                "textposition": "top center",
                "cliponaxis": False,
                "line": {"color": COLOURS["census"], "width": 3},
                "marker": {
                    "size": 11,
                    "symbol": ("circle", "square", "diamond")[number % 3],
                    "color": COLOURS["census"] if number == 0 else COLOURS["other"],
                },
            }
        )
    return {
        "data": data,
        "layout": {
            "yaxis": {"rangemode": "tozero", "ticksuffix": "人", "tickformat": ",d"},
            "xaxis": {"dtick": 5, "range": [2007, 2043]},
            "showlegend": True,
        },
    }
