"""The columns of the entry sheet 入力様式 by which it is filled in and read again.

One list for writer and reader: columns are found by their heads (`HEADS`), rows by the number of
their indicator, never by position.
"""

from foundation.round_trip.columns import CLEAR, CODE, MARK, EntryColumn
from foundation.round_trip.drawing import SHEET
from kpi.choices import Kind
from kpi.models import Definition

__all__ = ["CLEAR", "CODE", "MARK", "SHEET", "EntryColumn"]  # those of every sheet that goes out
NOTE_LIMIT = 1000
VALUE, NUMERATOR, DENOMINATOR = "value", "numerator", "denominator"
MISSING_REASON, MATURITY, NOTE = "missing_reason", "maturity", "note"
NUMBERS = (VALUE, NUMERATOR, DENOMINATOR)


ENTRY_COLUMNS = (
    EntryColumn(
        VALUE,
        "実績値",
        "数値の指標は、ここに数字を入力します。0件は 0 と入力します。"
        "割合（％など）の指標は、分子と分母に入力します。",
        11,
        "dx-entry-number",
    ),
    EntryColumn(
        NUMERATOR,
        "分子",
        "割合の指標は、分子と分母に入力します。率はポータルが計算します。"
        "何を数えるかは「数え方」の列にあります。",
        10,
        "dx-entry-number",
    ),
    EntryColumn(
        DENOMINATOR,
        "分母",
        "割合の指標は、分子と分母に入力します。率はポータルが計算します。",
        10,
        "dx-entry-number",
    ),
    EntryColumn(
        MISSING_REASON,
        "値なしの理由",
        "数字がないときに、一覧から理由を選びます。0件は理由ではなく、0 と入力します。",
        12,
        "dx-entry-center",
    ),
    EntryColumn(
        MATURITY,
        "暫定・確定",
        "後で変わりうる数字は「暫定」を選びます。空欄は「確定」とみなします。",
        9,
        "dx-entry-center",
    ),
    EntryColumn(
        NOTE,
        "コメント（内部）",
        f"内部のコメントです（{NOTE_LIMIT:,}字まで）。公表されません。"
        "住民の個人情報は書かないでください。",
        24,
    ),
)
HEADS = {column.header: column.name for column in ENTRY_COLUMNS}


def asked_fields(definition: Definition) -> frozenset[str]:
    """The names of the columns that are open for an indicator: a value, or numerator and
    denominator, of which the numerator is not asked where it is another indicator's value.
    """
    if definition.kind != Kind.RATIO:
        numbers = {VALUE}
    elif definition.numerator_source_id is not None:
        numbers = {DENOMINATOR}
    else:
        numbers = {NUMERATOR, DENOMINATOR}
    return frozenset(numbers | {MISSING_REASON, MATURITY, NOTE})
