"""Style objects, built once and shared by all cells.

Setting them per cell costs twice the time.
"""

from openpyxl.styles import (
    Alignment,
    Border,
    Font,
    NamedStyle,
    PatternFill,
    Protection,
    Side,
)

from foundation.sheets import colours

FONT = "BIZ UDPゴシック"
EVEN = "BIZ UDゴシック"  # numbers: its digits are narrow, and all of one width
GROUND = Font(name=EVEN, size=11)  # by which a workbook counts the widths of its columns
THIN = Side(style="thin", color=colours.argb(colours.BOOK_LINE))
THICK = Side(style="medium", color=colours.argb(colours.INK))
NO_LINE = Side()  # written out: other readers fall over a border without sides


def _style(
    name,
    *,
    size=10,
    bold=False,
    color=colours.INK,
    fill=None,
    wrap=True,
    horizontal=None,
    vertical="center",
    top=None,
    border=True,
    font=FONT,
    shrink=False,
    pattern="solid",
    entry=False,
):
    side = (THICK if entry else THIN) if border else NO_LINE
    return NamedStyle(
        name=name,
        font=Font(name=font, size=size, bold=bold, color=colours.argb(color)),
        fill=_fill(fill, pattern) if fill else PatternFill(),
        alignment=Alignment(
            horizontal=horizontal, vertical=vertical, wrap_text=wrap, shrink_to_fit=shrink
        ),
        border=Border(left=side, right=side, top=top or side, bottom=side, diagonal=NO_LINE),
        protection=Protection(locked=not entry),
    )


def _fill(colour, pattern):
    """A plain ground, or lines of the colour on white, which a printer without colours shows."""
    if pattern == "solid":
        return PatternFill(pattern, fgColor=colours.argb(colour))
    return PatternFill(
        pattern,
        fgColor=colours.argb(colour),
        bgColor=colours.argb(colours.PAPER),
    )


STYLES = {
    row.name: row
    for row in (
        _style("dx-title", size=16, bold=True, border=False, wrap=False),
        _style("dx-subtitle", size=11, border=False, wrap=False, color=colours.INK_2),
        _style("dx-sheet-title", size=16, bold=True, border=False),
        _style("dx-sheet-subtitle", border=False, color=colours.INK_2),
        _style("dx-text", border=False, vertical="top"),
        _style("dx-head", bold=True, fill=colours.BOOK_HEAD, horizontal="center"),
        _style("dx-group", bold=True, fill=colours.WASH_2),
        _style("dx-body"),
        _style("dx-center", horizontal="center"),
        _style("dx-number", horizontal="right", wrap=False, font=EVEN, shrink=True),
        _style("dx-figure", size=9, horizontal="right", wrap=False, font=EVEN, shrink=True),
        _style("dx-words", size=9, horizontal="center"),
        _style("dx-small", size=9),
        _style("dx-data", border=False, wrap=False, font=EVEN),
        _style("dx-data-head", bold=True, border=False, wrap=False),
        _style("dx-grade-A", horizontal="center", fill=colours.GOOD_WASH),
        _style("dx-grade-B", horizontal="center", fill=colours.KEY_WASH),
        _style("dx-grade-C", horizontal="center", bold=True, fill=colours.WARN_WASH),
        _style(
            "dx-grade-D", horizontal="center", bold=True, fill=colours.BAD_INK, color=colours.PAPER
        ),
        _style("dx-plan", size=9, horizontal="center", fill=colours.BOOK_PLAN, wrap=False),
        _style("dx-done", size=9, horizontal="center", fill=colours.BOOK_DONE, wrap=False),
        _style(
            "dx-late",
            size=9,
            bold=True,
            horizontal="center",
            fill=colours.BAD_INK,
            color=colours.PAPER,
            wrap=False,
        ),
        _style("dx-check", size=9, horizontal="center", fill=colours.BOOK_CHECK, wrap=False),
    )
}

ENTRY_STYLES = {  # of sheets that are filled in: white with a thick frame is where one types
    row.name: row
    for row in (
        _style("dx-entry", size=9, entry=True),
        _style("dx-entry-center", horizontal="center", entry=True),
        _style(
            "dx-entry-number",
            horizontal="right",
            wrap=False,
            font=EVEN,
            shrink=True,
            entry=True,
        ),
        _style("dx-given", size=9, fill=colours.WASH_2),
        _style("dx-given-center", size=9, horizontal="center", fill=colours.WASH_2),
        _style("dx-given-words", size=9, horizontal="right", font=EVEN, fill=colours.WASH_2),
        _style(
            "dx-given-number",
            size=9,
            horizontal="right",
            wrap=False,
            font=EVEN,
            shrink=True,
            fill=colours.WASH_2,
        ),
        _style("dx-line", border=False),
        _style("dx-shut", size=9, fill=colours.BOOK_LINE, pattern="lightUp"),
    )
}


def number_format(decimals: int = 0, *, triangle: bool = True) -> str:
    """Thousands and decimals.

    ▲ for minus on sheets for people (by number format, the cell stays a number).
    """
    plain = "#,##0" + ("." + "0" * decimals if decimals else "")
    return (
        f"{plain};▲{plain};{plain.replace('#,##', '')}"
        if triangle
        else "0" + ("." + "0" * decimals if decimals else "")
    )


ISO_DATE = "yyyy-mm-dd"
ERA_DATE = "[$-411]ge.m.d"  # R8.10.1
