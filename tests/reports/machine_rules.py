"""The 30 national rules for machine-readable administrative data, each as a check of a sheet.

行政データにおける機械可読性に関するルール（令和8年3月31日）. A check gives what is wrong. What is
asked of a whole file is in `FILE_RULES`; 1-01 is that it opens, 1-14 and 1-15 are of CSV.
"""

import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

WINDOWS_ONLY = (0x87, 0xED, 0xEE, 0xFA, 0xFB, 0xFC)  # first bytes of ① ㈱ ㎡ 髙 in cp932
NAMES = {"施策名", "指標名", "工程名", "マイルストーン"}  # in the words of the plan
FREE = NAMES | {"備考", "理由", "見込の理由", "内容", "意味", "出典"}  # as people wrote it
MARKS = "▲△－—-*※…"
KEYS = {
    "KPIデータ": ("indicator_code", "month"),
    "見込データ": ("indicator_code",),
    "工程データ": ("step_id", "milestone_id"),
}


@dataclass
class Made:
    """A sheet as a program reads it; `columns`: what データ定義 says of each."""

    sheet: Any
    columns: list[dict]
    codes: set
    heads: list = field(init=False)
    rows: list = field(init=False)

    def __post_init__(self):
        lines = list(self.sheet.iter_rows(values_only=True))
        self.heads, self.rows = list(lines[0]), lines[1:]

    def of(self, name: str) -> list:
        """The values of a column by its physical name."""
        place = [column["物理名"] for column in self.columns].index(name)
        return [row[place] for row in self.rows]

    def of_kind(self, kind: str) -> list:
        """(column, its values) of all columns of a kind."""
        return [
            (column, [row[place] for row in self.rows])
            for place, column in enumerate(self.columns)
            if column["データの型"] == kind
        ]

    @property
    def ours(self) -> list:
        """All texts but those that people wrote."""
        free = {place for place, head in enumerate(self.heads) if head in FREE}
        cells = [cell for row in self.rows for n, cell in enumerate(row) if n not in free]
        return [cell for cell in (*self.heads, *cells) if isinstance(cell, str)]


def windows_only(text: str) -> bool:
    """Does it hold a character that only one system knows?"""
    return any(
        len(code) == 2 and code[0] in WINDOWS_ONLY
        for code in (sign.encode("cp932", "ignore") for sign in text)
    )


def _typed(made: Made) -> list:
    kinds = {"数値": (int, float), "日付": (date,), "年月": (str,), "コード": (str,)}
    return [
        (column["項目名"], value)
        for kind, types in kinds.items()
        for column, values in made.of_kind(kind)
        for value in values
        if value is not None and not isinstance(value, types)
    ]


def _unexplained(made: Made) -> set:
    used = {
        (column["コード表の項目"], value)
        for column in made.columns
        if column["コード表の項目"]
        for value in made.of(column["物理名"])
        if value is not None
    }
    return used - made.codes


def _silent_blanks(made: Made) -> list:
    """Values that are blank though the state says that they were entered."""
    if made.sheet.title != "KPIデータ":
        return []
    told = zip(*(made.of(name) for name in ("cell_state_code", "value", "numerator")), strict=True)
    return [row for row in told if row[0] == "value" and row[1] is None and row[2] is None]


def _repeated_keys(made: Made) -> list:
    names = KEYS.get(made.sheet.title, ())
    keys = list(zip(*(made.of(name) for name in names), strict=True))
    return [key for key in set(keys) if keys.count(key) > 1]


def _styles(made: Made) -> list:
    """Columns in which cells look different from each other."""
    looks = [
        {(cell.fill.fgColor.rgb, cell.font.b, cell.font.color.rgb) for cell in column[1:]}
        for column in made.sheet.iter_cols()
    ]
    return [place for place, found in enumerate(looks) if len(found) > 1]


def _hidden(made: Made) -> list:
    sheet = made.sheet
    shapes = (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
    return [each for each in shapes if each.hidden or each.outlineLevel]


def _not_western(made: Made) -> list:
    months = [value for _, values in made.of_kind("年月") for value in values if value]
    wrong = [value for value in months if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", value)]
    return wrong + [text for text in made.ours if re.search(r"令和\d|\bR\d+\.\d", text)]


RULES = {
    "1-02 one table": lambda m: m.sheet.dimensions[:3] != "A1:",
    "1-03 not cut": lambda m: [row for row in m.rows if not any(row) or list(row) == m.heads],
    "1-04 nothing beside": lambda m: [row for row in m.rows if len(row) != len(m.heads)],
    "1-05 heads": lambda m: [head for head in m.heads if not head],
    "1-06 no layout": lambda m: [t for t in m.ours if t != t.strip() or "\n" in t or "  " in t],
    "1-07 one datum": lambda m: [head for head in m.heads if re.search("[・／、/]", head)],
    "1-08 characters": lambda m: [text for text in m.ours if windows_only(text)],
    "1-09 blank is not 0": _silent_blanks,
    "1-11 no meaning by looks": _styles,
    "1-12 no merges": lambda m: m.sheet.merged_cells.ranges,
    "1-13 nothing hidden": lambda m: _hidden(m) or m.sheet.sheet_state != "visible",
    "2-01 numbers": _typed,
    "2-02 nothing left out": lambda m: [
        key for key in KEYS.get(m.sheet.title, ())[:1] if None in m.of(key)
    ],
    "2-03 unique heads": lambda m: len(m.heads) - len(set(m.heads)),
    "2-04 choices": _unexplained,
    "2-05 no other": lambda m: [code for code in m.codes if "その他" in code],
    "2-06 no formulas": lambda m: [
        cell for row in m.sheet.iter_rows() for cell in row if cell.data_type == "f"
    ],
    "3-01 data from row 2": lambda m: m.sheet.freeze_panes != "A2",
    "3-03 no marks": lambda m: [
        value for _, values in m.of_kind("数値") for value in values if str(value) in MARKS
    ],
    "3-04 units": lambda m: [column for column, _ in m.of_kind("数値") if not column["単位"]],
    "3-05 western years": _not_western,
    "3-06 area": lambda m: set(m.of("municipality_code")) - {"464686"},
    "3-09 long": _repeated_keys,
}


def _undefined(book: Workbook, defined: list[dict]) -> list:
    known = [(row["シート"], row["項目名"]) for row in defined]
    return [
        (sheet.title, cell.value)
        for sheet in book
        if sheet.title in {name for name, _ in known}
        for cell in sheet[1]
        if (sheet.title, cell.value) not in known
    ]


FILE_RULES = {
    "1-10 no pictures": lambda names, *_: [
        name for name in names if "drawing" in name or "media" in name
    ],
    "3-02 code table": lambda _, book, __: "コード表" not in book.sheetnames,
    "3-07 format": lambda _, book, defined: (
        len({row["形式"] for row in defined}) != 1 or "更新履歴" not in book.sheetnames
    ),
    "3-08 definitions": lambda _, book, defined: (
        [
            row
            for row in defined
            if not re.fullmatch("[a-z_]+", row["物理名"])
            or not all((row["意味"], row["出典"], row["作成者"], row["更新日"], row["文字コード"]))
        ]
        or _undefined(book, defined)
    ),
}


def dicts(sheet) -> list[dict]:
    """The rows of a sheet as {head: value}."""
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def broken(content: bytes) -> dict:
    """{(rule, sheet): what is wrong} of a workbook of data sheets; nothing where all hold."""
    book = load_workbook(BytesIO(content))  # 1-01
    defined = dicts(book["データ定義"])
    codes = {(row["項目"], row["コード"]) for row in dicts(book["コード表"])}
    found = {}
    for sheet in book:
        columns = [row for row in defined if row["シート"] == sheet.title]
        rules = RULES if columns else {name: RULES[name] for name in RULES if name < "2"}
        made = Made(sheet, columns, codes)
        found |= {(name, sheet.title): rule(made) for name, rule in rules.items()}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
    found |= {(name, "file"): rule(names, book, defined) for name, rule in FILE_RULES.items()}
    return {key: wrong for key, wrong in found.items() if wrong}
