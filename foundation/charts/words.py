"""A figure in words, for whoever does not see it; the same values stand in a table beside it."""

from decimal import Decimal

from foundation.japanese.numbers import format_plain

BESIDE = "同じ値は表で読めます。"


def said(figure: dict, title: str) -> str:
    """「年度の推移。実績 35手続（R8.9）、期待値 34手続（R8.9）。同じ値は表で読めます。」."""
    layout = figure["layout"]
    unit = layout.get("yaxis", {}).get("ticksuffix", "")
    by_name = layout.get("yaxis", {}).get("type") == "category"
    traces = [_counted(each) if by_name else _newest(each, unit) for each in figure["data"]]
    return "。".join(filter(None, (title, "、".join(filter(None, traces)), BESIDE)))


def _counted(trace: dict) -> str:
    """Of marks beside names: how many there are."""
    return f"{trace['name']} {len(trace['x'])}" if trace["x"] else ""


def _newest(trace: dict, unit: str) -> str:
    """Of values in their order: the last one."""
    pairs = zip(trace["x"], trace["y"], strict=True)
    known = [(x, y) for x, y in pairs if y is not None]
    if not known:
        return ""
    x, y = known[-1]
    return f"{trace['name']} {format_plain(Decimal(str(y)))}{unit}（{x}）"
