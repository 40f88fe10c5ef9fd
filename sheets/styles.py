"""Style objects, built once and shared by all cells (setting them per cell costs twice the time)."""

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

FONT = "BIZ UDPゴシック"
INK, GREY, LINE = "FF1A1A1A", "FF4D4D4D", "FFB3B3B3"
THIN, MEDIUM = Side(style="thin", color=LINE), Side(style="medium", color=INK)


def _style(name, *, size=10, bold=False, color=INK, fill=None, wrap=True, horizontal=None, vertical="center",
           top=None, border=True):
    side = THIN if border else None
    return NamedStyle(
        name=name, font=Font(name=FONT, size=size, bold=bold, color=color),
        fill=PatternFill("solid", fgColor=fill) if fill else PatternFill(),
        alignment=Alignment(horizontal=horizontal, vertical=vertical, wrap_text=wrap),
        border=Border(top=top or side, bottom=side, left=side, right=side) if border else Border(),
    )


STYLES = {
    row.name: row
    for row in (
        _style("dx-title", size=16, bold=True, border=False, wrap=False),
        _style("dx-subtitle", size=11, border=False, wrap=False, color=GREY),
        _style("dx-text", border=False, vertical="top"),
        _style("dx-head", bold=True, fill="FFE8EDF5", horizontal="center"),
        _style("dx-group", bold=True, fill="FFF2F2F2", wrap=False),
        _style("dx-body"),
        _style("dx-center", horizontal="center"),
        _style("dx-number", horizontal="right", wrap=False),
        _style("dx-small", size=8),
        _style("dx-data", border=False, wrap=False),
        _style("dx-data-head", bold=True, border=False, wrap=False),
        _style("dx-grade-A", horizontal="center", fill="FFE6F5EC"),
        _style("dx-grade-B", horizontal="center", fill="FFE8F1FE"),
        _style("dx-grade-C", horizontal="center", bold=True, fill="FFFBF5E0"),
        _style("dx-grade-D", horizontal="center", bold=True, fill="FFA90000", color="FFFFFFFF"),
        _style("dx-plan", size=8, horizontal="center", fill="FFDCE6F5", wrap=False),
        _style("dx-done", size=8, horizontal="center", fill="FF8FA6C8", wrap=False),
        _style("dx-late", size=8, bold=True, horizontal="center", fill="FFA90000", color="FFFFFFFF", wrap=False),
        _style("dx-check", size=8, horizontal="center", fill="FFFFF4CC", wrap=False),
    )
}


def number_format(decimals: int = 0, *, triangle: bool = True) -> str:
    """Thousands and decimals; ▲ for minus on sheets for people (by number format, the cell stays a number)."""
    plain = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"{plain};▲{plain};{plain.replace('#,##', '')}" if triangle else "0" + ("." + "0" * decimals if decimals else "")


WAREKI_DATE = '[$-411]ggge"年"m"月"d"日";@'
ISO_DATE = "yyyy-mm-dd"
