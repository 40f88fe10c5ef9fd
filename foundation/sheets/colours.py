"""Every colour that Python draws with: charts and workbooks.

The first group repeats the tokens of `static/css/00-tokens.css` under the same names (a test
compares them); the second group is for workbooks only.
"""

INK = "#1a1a1a"
INK_2 = "#4d4d4d"
INK_3 = "#666666"
PAPER = "#ffffff"
WASH_2 = "#f2f2f2"
KEY = "#0017c1"
KEY_WASH = "#e8f1fe"
GOOD_INK = "#115a36"
GOOD_WASH = "#e6f5ec"
WARN_INK = "#6e5600"
WARN_WASH = "#fbf5e0"
BAD = "#ce0000"
BAD_INK = "#a90000"
BAD_WASH = "#fdeeee"

BOOK_LINE = "#b3b3b3"
BOOK_HEAD = "#e8edf5"
BOOK_PLAN = "#dce6f5"
BOOK_DONE = "#8fa6c8"
BOOK_CHECK = "#fff4cc"


def rgb(colour: str) -> str:
    """The six digits as openpyxl's charts want them: 「#8fa6c8」→「8FA6C8」."""
    return colour.removeprefix("#").upper()


def argb(colour: str) -> str:
    """The eight digits of a cell's colour, opaque: 「#8fa6c8」→「FF8FA6C8」."""
    return f"FF{rgb(colour)}"
