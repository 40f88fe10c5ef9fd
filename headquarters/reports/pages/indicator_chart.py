"""The chart of one indicator, drawn from its report's row.

Plain plotly dicts (validated with go.Figure in the tests).
"""

from datetime import date

from foundation.japanese.calendar import add_months, fiscal_months, fiscal_year, wareki_month_short
from foundation.sheets.colours import INK_2, INK_3, KEY, PAPER
from headquarters.reports.rows import IndicatorRow, MonthCell
from kpi.choices import Maturity


def _float(value):
    return None if value is None else float(value)


def _line(name: str, x: list[str], y: list, line: dict) -> dict:
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": line}


def _actual(cells: list[MonthCell]) -> dict:
    """実績: hollow where provisional, a gap where there is no figure of the year."""
    provisional = [cell.actual_maturity == Maturity.PROVISIONAL.label for cell in cells]
    names = [wareki_month_short(cell.month) for cell in cells]
    line = {"color": KEY, "width": 3}
    return {
        **_line("実績", names, [_float(cell.actual) for cell in cells], line),
        "mode": "lines+markers",
        "connectgaps": False,
        "marker": {
            "size": 10,
            "color": [PAPER if hollow else KEY for hollow in provisional],
            "line": line,
        },
    }


def _last_year(row: IndicatorRow, months: list[date], names: list[str]) -> dict | None:
    """前年度: the same months a year ago, in the count of now; None where there are none."""
    earlier = {cell.month: cell.actual for cell in row.months}
    since = max(row.breaks, default=date.min)
    before = [
        earlier.get(then) if then >= since else None
        for then in (add_months(month, -12) for month in months)
    ]
    if all(each is None for each in before):
        return None
    thin = {"color": INK_3, "width": 1}
    return _line("前年度", names, [_float(each) for each in before], thin)


def _ahead(row: IndicatorRow, cells: list[MonthCell], names: list[str]) -> list[dict]:
    """年度末: where the pace leads (a dotted line to ○), and what the department expects (◇)."""
    data = []
    reached = [(name, cell.actual) for name, cell in zip(names, cells, strict=False)]
    newest = next(((name, each) for name, each in reversed(reached) if each is not None), None)
    if row.pace and newest:
        figures = [_float(newest[1]), _float(row.pace.figure)]
        dotted = {"color": KEY, "width": 2, "dash": "dot"}
        line = _line("このままのペース", [newest[0], names[-1]], figures, dotted)
        size = {"size": [0, 11], "symbol": "circle", "color": PAPER, "line": dotted}
        data.append(line | {"mode": "lines+markers", "marker": size})
    if row.forecast:
        look = {"size": 13, "symbol": "diamond", "color": PAPER, "line": {"color": KEY, "width": 2}}
        expected = _line("課の見込", names[-1:], [_float(row.forecast.figure)], {})
        data.append(expected | {"mode": "markers", "marker": look})
    return data


def _marks(row: IndicatorRow, months: list[date]) -> list[tuple[str, str]]:
    """(month, what changed in it): revised targets, changed counting."""
    marks = [(each.from_month, f"目標見直し（第{each.version}版）") for each in row.revisions]
    marks += [(month, "数え方の変更") for month in row.breaks]
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


def _layout(row: IndicatorRow, names, marks) -> dict:
    return {
        "margin": {"t": 32 if marks else 12},
        "shapes": [_mark_line(name) for name, _ in marks],
        "annotations": [_mark_text(name, text) for name, text in marks],
        "yaxis": {"rangemode": "tozero", "ticksuffix": row.unit},
        "showlegend": True,
        "xaxis": {
            "type": "category",
            "categoryorder": "array",
            "categoryarray": names,
            "range": [-0.5, 11.5],
        },
    }


def _stepped(row: IndicatorRow, months: list[date], cells: list[MonthCell]) -> list:
    """The target in force of every month of the year; ahead that of the last month reached."""
    reached = {cell.month: cell.target for cell in cells}
    return [_float(reached.get(month, row.target)) for month in months]


def indicator_chart(row: IndicatorRow, month: date) -> dict:
    """One fiscal year of an indicator, up to `month`, that of its report.

    Actual so far, expectation, stepped target in force, baseline, last year, what is expected at
    the year's end, and marks where target or counting changed.
    """
    months = fiscal_months(fiscal_year(month))
    names = [wareki_month_short(each) for each in months]
    cells = [cell for cell in row.months if cell.month in months]
    expected = [_float(cell.expectation) for cell in cells]
    targets = _stepped(row, months, cells)
    baseline = _float(row.baseline_value)
    dashed = {"color": INK_2, "width": 2, "dash": "dash"}
    data = [_actual(cells)]
    if any(each is not None for each in expected):
        data.append(_line("期待値", names[: len(cells)], expected, dashed))
    if any(target is not None for target in targets):
        stepped = {"color": INK_2, "width": 1, "shape": "hv"}
        data.append(_line("年度目標", names, targets, stepped))
    if baseline is not None:
        dotted = {"color": INK_3, "width": 1, "dash": "dot"}
        data.append(_line("基準値", names, [baseline] * len(names), dotted))
    before = _last_year(row, months, names)
    data += [before] if before else []
    data += _ahead(row, cells, names)
    return {"data": data, "layout": _layout(row, names, _marks(row, months))}
