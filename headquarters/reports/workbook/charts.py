"""The charts of a measure's sheet: columns for the year's value, lines for the target.

Their figures stand beside what is printed, numbers only: a month without a figure is a gap, not 0.
The file carries them a second time (cached), for readers that draw before they calculate.
"""

from dataclasses import dataclass
from datetime import date

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
)
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
)
from openpyxl.utils import get_column_letter

from foundation.sheets.book import put
from foundation.sheets.colours import BOOK_DONE, INK, rgb
from foundation.sheets.fitting import beginning
from foundation.sheets.styles import FONT, number_format
from foundation.sheets.texts import leaving
from headquarters.reports.rows import IndicatorRow
from headquarters.reports.workbook.parts import SHORT, target_of

ACTUAL = "年度の値"
CM = 28.35  # points
FIRST = 18  # the column of the first month; before it stands what the row is
TYPE, TITLE_TYPE = 900, 1000  # hundredths of a point
NOTE = "グラフのもとの数値（印刷しません）"


@dataclass(frozen=True)
class Course:
    """One line of figures of the year: what, and a number or None for each month."""

    name: str
    figures: tuple
    decimals: int
    row: int = 0


def courses(row: IndicatorRow, months: list[date], year: int) -> list[Course]:
    """The year's value as of each month, and the target (of a range both its ends)."""
    cells = {cell.month: cell for cell in row.months}
    actual = tuple(getattr(cells.get(month), "actual", None) for month in months)
    found = [Course(ACTUAL, actual, row.decimals)]
    target = target_of(row, year)
    if target is None or target.none:
        return found
    ends = (("目標の下限", target.lower), ("目標の上限", target.upper))
    if target.value is not None:
        then = (getattr(cells.get(month), "target", None) for month in months)
        line = tuple(target.value if value is None else value for value in then)
        return [*found, Course("年度目標", line, row.decimals)]
    return found + [
        Course(name, (end,) * len(months), row.decimals) for name, end in ends if end is not None
    ]


class Figures:
    """Writes the figures of a sheet's charts beside what is printed."""

    def __init__(self, sheet, months: list[date]):
        self.sheet, self.months, self.row = sheet, months, 2
        put(sheet.cell(1, FIRST - 1), NOTE, "dx-subtitle")
        for number, month in enumerate(months):
            put(sheet.cell(2, FIRST + number), month.month, "dx-data")

    def write(self, row: IndicatorRow, lines: list[Course]) -> list[Course]:
        """The lines with the rows in which they stand now."""
        return [self._line(row, line) for line in lines]

    def _line(self, row: IndicatorRow, line: Course) -> Course:
        self.row += 1
        put(self.sheet.cell(self.row, FIRST - 1), f"{row.code} {line.name}", "dx-data")
        form = number_format(line.decimals)
        for number, value in enumerate(line.figures):
            put(self.sheet.cell(self.row, FIRST + number), value, "dx-data", form)
        return Course(line.name, line.figures, line.decimals, self.row)

    def _range(self, row: int) -> str:
        first, last = get_column_letter(FIRST), get_column_letter(FIRST + len(self.months) - 1)
        return f"'{self.sheet.title}'!${first}${row}:${last}${row}"

    def series(self, line: Course) -> Series:
        """A series of a chart with the figures in the file."""
        points = [
            NumVal(idx=number, v=str(value))
            for number, value in enumerate(line.figures)
            if value is not None
        ]
        form = number_format(line.decimals)
        data = NumData(formatCode=form, ptCount=len(self.months), pt=points)
        labels = [NumVal(number, v=str(month.month)) for number, month in enumerate(self.months)]
        months = NumData(formatCode="0", ptCount=len(labels), pt=labels)
        return Series(
            tx=SeriesLabel(v=line.name),
            cat=AxDataSource(numRef=NumRef(f=self._range(2), numCache=months)),
            val=NumDataSource(numRef=NumRef(f=self._range(line.row), numCache=data)),
            spPr=GraphicalProperties(),
        )


def _type(size: int, *, bold: bool = False) -> CharacterProperties:
    face = Font(typeface=FONT)
    return CharacterProperties(sz=size, b=bold, latin=face, ea=face)


def _title(text: str, size: int, *, bold: bool = False) -> Title:
    """A title beside the plot, never over it."""
    run = RegularTextRun(rPr=_type(size, bold=bold), t=leaving(text).replace("\n", " "))
    written = Paragraph(pPr=ParagraphProperties(defRPr=_type(size, bold=bold)), r=[run])
    return Title(tx=Text(rich=RichText(p=[written])), overlay=False)


def _on_a_line(text: str, centimetres: float) -> str:
    """The text, or its beginning: it stands in full in the tables above."""
    return beginning(
        text,
        centimetres * CM,
        1,
        end=SHORT,
        size=TITLE_TYPE / 100,
    )


def _axis_type() -> RichText:
    plain = ParagraphProperties(defRPr=_type(TYPE))
    return RichText(p=[Paragraph(pPr=plain, r=[], endParaRPr=_type(TYPE))])


def chart(row: IndicatorRow, lines: list[Course], figures: Figures, size) -> BarChart:
    """The chart of an indicator, `size` in centimetres."""
    bars = _bars(figures.series(lines[0]))
    bars.title = _title(_on_a_line(f"{row.code} {row.name}", 0.8 * size[0]), TITLE_TYPE, bold=True)
    bars.x_axis.title = _title("月", TYPE)
    bars.y_axis.title = _title(_on_a_line(row.unit, 0.4 * size[1]), TYPE)
    bars.width, bars.height = size
    bars.legend.position, bars.legend.overlay = "b", False
    bars.roundedCorners = False
    bars.x_axis.tickLblPos = "low"  # below the columns that go down, too
    bars.y_axis.number_format = number_format(row.decimals)
    if all(value is None or value >= 0 for line in lines for value in line.figures):
        bars.y_axis.scaling.min = 0  # a column that does not begin at 0 lies
    for axis in (bars.x_axis, bars.y_axis):
        axis.delete, axis.txPr, axis.majorGridlines = False, _axis_type(), None
    bars.legend.txPr = _axis_type()
    if len(lines) > 1:
        bars += _targets([figures.series(line) for line in lines[1:]])
    return bars


def _bars(series: Series) -> BarChart:
    bars = BarChart()
    series.graphicalProperties.solidFill = rgb(BOOK_DONE)
    series.graphicalProperties.line.solidFill = rgb(BOOK_DONE)
    bars.series.append(series)
    bars.gapWidth = 60

    return bars


def _targets(found: list[Series]) -> LineChart:
    line = LineChart()

    for series in found:
        pen = series.graphicalProperties.line
        pen.solidFill, pen.dashStyle = rgb(INK), "dash"
        series.smooth = False
        sign = GraphicalProperties(solidFill=rgb(INK))
        series.marker = Marker(symbol="dash", size=5, spPr=sign)  # a lone month shows, too
        line.series.append(series)

    line.x_axis.delete = line.y_axis.delete = False

    return line
