"""The columns of the target sheet by which it is filled in and read again: one for each fiscal year
of the plan, then what a new version is decided with.
"""

from collections.abc import Iterable

from foundation.japanese.calendar import fiscal_year_name, fiscal_year_short
from foundation.round_trip.columns import EntryColumn
from kpi import words

REASON, FROM_MONTH, DECIDED_ON = "reason", "from_month", "decided_on"
DECIDED_WHERE, FALLS = "decided_where", "falls"
REASON_LIMIT, WHERE_LIMIT = 300, 100
YES = "はい"
TERMS = (
    EntryColumn(
        REASON,
        "見直しの理由",
        f"その行で変えた目標の理由です（{REASON_LIMIT}字まで）。すでに目標や実績がある年度を変えるときと、"
        "目標を置かないときには必要です。",
        20,
    ),
    EntryColumn(
        FROM_MONTH,
        "使い始める月",
        "例：R8.10。空欄のとき：最初の目標はその年度の4月から、見直しは決定日の月"
        "（なければ、まだ締めていない最初の月）から使います。",
        10,
        "dx-entry-center",
    ),
    EntryColumn(
        DECIDED_ON,
        "決定日",
        "例：R8.10.1。目標を置かないときには必要です。",
        10,
        "dx-entry-center",
    ),
    EntryColumn(
        DECIDED_WHERE,
        "決定した会議等",
        f"例：第2回推進本部会議（{WHERE_LIMIT}字まで）。目標を置かないときには必要です。",
        14,
    ),
    EntryColumn(
        FALLS,
        "下がる目標",
        "「増加」を目指す指標で、前後の年度より下がる目標が正しいときに「はい」を選びます。",
        8,
        "dx-entry-center",
    ),
)
TERM_LABELS = {column.name: column.header for column in TERMS}


def field_of(year: int) -> str:
    """2026 → 「y2026」."""
    return f"y{year}"


def year_of(field: str) -> int | None:
    """「y2026」 → 2026; None for what is no year."""
    number = field.removeprefix("y")
    return int(number) if field != number and number.isdigit() else None


def label_of(field: str) -> str:
    """「令和8年度の目標」「見直しの理由」; "" for no field."""
    year = year_of(field)
    return f"{fiscal_year_name(year)}の目標" if year else TERM_LABELS.get(field, "")


def columns_of(years: Iterable[int]) -> tuple[EntryColumn, ...]:
    """All columns that are filled in."""
    targets = [
        EntryColumn(
            field_of(year),
            f"{fiscal_year_short(year)}目標",
            f"{fiscal_year_name(year)}の目標です。「維持」の指標は 10～20 のように下限～上限で、"
            f"目標を置かないと決めた年度は「{words.NO_TARGET_WANTED}」と書きます。"
            "目標は消せません。変えるたびに新しい版になります。",
            10,
            "dx-entry-number",
        )
        for year in years
    ]
    return (*targets, *TERMS)
