"""Each cell of a returned sheet: at the download, now, in the file, and what becomes of it."""

from decimal import Decimal

import pytest

from foundation.sheets.cell import Cell
from kpi.intake.back import difference
from kpi.intake.back.choices import Outcome, Pick
from kpi.intake.back.difference import compare
from kpi.intake.back.returned import Line, Returned
from kpi.models import Indicator
from tests.kpi.returned_sheets import definition, identity, known, now, ratio, stored

pytestmark = pytest.mark.pure
NUMBER, SHARE = definition(), ratio()
LINKED = ratio("1-3", 13, numerator_source=Indicator(pk=53, code="5-3"))
NEW, CHANGE, CONFLICT, ERROR = Outcome.NEW, Outcome.CHANGE, Outcome.CONFLICT, Outcome.ERROR
HELD, LOCKED, SAME = Outcome.HELD, Outcome.LOCKED, Outcome.UNCHANGED
LOCK = "月次締め済みです。"


def line(asked, typed, base=None):
    """A row of the file."""
    cells = {
        name: value if isinstance(value, Cell) else Cell(value, "入力", f"C{place}")
        for place, (name, value) in enumerate(typed.items(), 1)
    }
    code = asked.indicator.code
    return Line(Cell(code), code, cells, base)


def differences(lines, rows, lost=()):
    month = {row.facts.indicator.pk: row for row in rows}
    return compare(Returned(identity([]), "入力", tuple(lines), tuple(lost)), month)


def compared(asked, base, today, typed, **more):
    """The row that becomes of one line. `base`, `today`: fields, or None for nothing stored."""
    was = known(asked, **(base or {}))
    value = None if today is None else stored(**today)
    (row,) = differences([line(asked, typed, was)], [now(asked, value, **more)])
    return row


def outcomes(row):
    return {cell.field: cell.outcome for cell in row.cells}


REASON = {"missing_reason": "not_applicable"}
GIVEN = {"maturity": "final"}
CASES = {
    # at the download, now, in the file → outcomes, and what is stored then (None: as it is)
    "untouched": (NUMBER, {"value": 18}, {"value": 18}, {"value": 18}, {"value": SAME}, None),
    "untouched, changed elsewhere": (
        NUMBER,
        {"value": 18},
        {"value": 22},
        {"value": 18},
        {"value": SAME},
        None,
    ),
    "blank": (NUMBER, {"value": 18}, {"value": 18}, {"value": None}, {}, None),
    "new": (NUMBER, None, None, {"value": 3}, {"value": NEW}, GIVEN | {"value": "3"}),
    "zero is a value": (NUMBER, None, None, {"value": 0}, {"value": NEW}, GIVEN | {"value": "0"}),
    "changed": (
        NUMBER,
        {"value": 18},
        {"value": 18},
        {"value": "２１件"},
        {"value": CHANGE},
        {"value": "21"},
    ),
    "cleared": (
        NUMBER,
        {"value": 18},
        {"value": 18},
        {"value": "クリア"},
        {"value": CHANGE},
        {"value": "", "maturity": ""},
    ),
    "cleared, nothing there": (NUMBER, None, None, {"value": "クリア"}, {"value": SAME}, None),
    "both typed the same": (
        NUMBER,
        {"value": 18},
        {"value": 21},
        {"value": 21},
        {"value": SAME},
        None,
    ),
    "both typed, differently": (
        NUMBER,
        {"value": 18},
        {"value": 22},
        {"value": 21},
        {"value": CONFLICT},
        {"value": "21"},
    ),
    "cleared elsewhere": (
        NUMBER,
        {"value": 18},
        None,
        {"value": 21},
        {"value": CONFLICT},
        {"value": "21", "maturity": "final"},
    ),
    "cleared here, changed elsewhere": (
        NUMBER,
        {"value": 18},
        {"value": 22},
        {"value": "クリア"},
        {"value": CONFLICT},
        {"value": "", "maturity": ""},
    ),
    "answered elsewhere by a reason": (
        NUMBER,
        None,
        REASON,
        {"value": 21},
        {"value": CONFLICT},
        GIVEN | {"value": "21", "missing_reason": ""},
    ),
    "a number in place of a reason": (
        NUMBER,
        REASON,
        REASON,
        {"value": 5, "missing_reason": "対象外"},
        {"value": NEW, "missing_reason": SAME},
        {"value": "5", "missing_reason": "", "maturity": "final"},
    ),
    "a reason in place of a number": (
        NUMBER,
        {"value": 18},
        {"value": 18},
        {"value": 18, "missing_reason": "測定不能"},
        {"value": SAME, "missing_reason": NEW},
        {"value": "", "missing_reason": "unmeasurable", "maturity": ""},
    ),
    "a reason's word in the box": (
        NUMBER,
        {"value": 18},
        {"value": 18},
        {"value": "対象外"},
        {"missing_reason": NEW},
        {"value": "", "missing_reason": "not_applicable", "maturity": ""},
    ),
    "another reason in the box": (
        NUMBER,
        REASON,
        REASON,
        {"missing_reason": "対象外", "value": "集計中"},
        {"missing_reason": CHANGE},
        {"missing_reason": "counting"},
    ),
    "a number and a reason": (
        NUMBER,
        None,
        None,
        {"value": 3, "missing_reason": "対象外"},
        {"value": ERROR, "missing_reason": HELD},
        None,
    ),
    "wrong": (NUMBER, None, None, {"value": "3くらい"}, {"value": ERROR}, None),
    "wrong number, right comment": (
        NUMBER,
        None,
        None,
        {"value": "3くらい", "note": "速報"},
        {"value": ERROR, "note": HELD},
        None,
    ),
    "decimals": (NUMBER, None, None, {"value": 3.5}, {"value": ERROR}, None),
    "too large": (NUMBER, None, None, {"value": 1e20}, {"value": ERROR}, None),
    "negative": (NUMBER, None, None, {"value": "▲5"}, {"value": ERROR}, None),
    "no result": (
        NUMBER,
        None,
        None,
        {"value": Cell(None, is_formula=True)},
        {"value": ERROR},
        None,
    ),
    "a comment alone": (
        NUMBER,
        {"value": 18},
        {"value": 18},
        {"value": 18, "note": "速報"},
        {"value": SAME, "note": NEW},
        {"note": "速報"},
    ),
    "a comment, the value changed elsewhere": (
        NUMBER,
        {"value": 18},
        {"value": 22},
        {"value": 18, "note": "速報"},
        {"value": SAME, "note": NEW},
        {"note": "速報"},
    ),
    "a comment without an answer": (NUMBER, None, None, {"note": "x"}, {"note": ERROR}, None),
    "provisional": (
        NUMBER,
        {"value": 18},
        {"value": 18},
        {"value": 18, "maturity": "暫定"},
        {"value": SAME, "maturity": CHANGE},
        {"maturity": "provisional"},
    ),
    "a new provisional value": (
        NUMBER,
        None,
        None,
        {"value": 18, "maturity": "暫定"},
        {"value": NEW, "maturity": NEW},
        {"value": "18", "maturity": "provisional"},
    ),
    "final, and no value": (NUMBER, None, None, {"maturity": "確定"}, {"maturity": SAME}, None),
    "provisional, and no value": (
        NUMBER,
        None,
        None,
        {"maturity": "暫定"},
        {"maturity": ERROR},
        None,
    ),
    "a ratio": (
        SHARE,
        None,
        None,
        {"numerator": 29, "denominator": 152},
        {"numerator": NEW, "denominator": NEW},
        {"numerator": "29", "denominator": "152", "maturity": "final"},
    ),
    "half a ratio": (SHARE, None, None, {"numerator": 29}, {"numerator": ERROR}, None),
    "above 100 %": (
        SHARE,
        {"numerator": 20, "denominator": 152},
        {"numerator": 20, "denominator": 152},
        {"numerator": 29, "denominator": 15},
        {"numerator": ERROR, "denominator": HELD},
        None,
    ),
    "the other half changed elsewhere": (
        SHARE,
        {"numerator": 20, "denominator": 152},
        {"numerator": 20, "denominator": 160},
        {"numerator": 29, "denominator": 152},
        {"numerator": CONFLICT, "denominator": SAME},
        {"numerator": "29", "denominator": "152"},
    ),
    "numerator and denominator in the column of values": (
        SHARE,
        None,
        None,
        {"value": 29},
        {"value": ERROR},
        None,
    ),
    "a mark in a closed cell": (SHARE, None, None, {"value": "－"}, {"value": SAME}, None),
}


@pytest.mark.parametrize("asked, base, today, typed, expected, then", CASES.values(), ids=CASES)
def test_three_sides_are_compared(asked, base, today, typed, expected, then):
    row = compared(asked, base, today, typed)
    assert outcomes(row) == expected
    everything = dict.fromkeys(row.conflicts, Pick.FILE)
    assert row.texts(everything) == {**row.now.texts, **(then or {})}
    assert row.changes(everything) is (then is not None)
    assert row.texts(dict.fromkeys(row.conflicts, Pick.NOW)) == (
        row.now.texts if row.conflicts else row.texts(everything)
    )
    if ERROR in expected.values():
        assert all(cell.said for cell in row.cells if cell.outcome in (ERROR, HELD))


@pytest.mark.parametrize(
    "asked, base, today, typed", [case[:4] for case in CASES.values()], ids=CASES
)
def test_a_locked_row_stays_whatever_the_file_says(asked, base, today, typed):
    row = compared(asked, base, today, typed, lock=LOCK)
    assert set(outcomes(row).values()) <= {LOCKED, SAME}
    assert not row.changes(dict.fromkeys(("answer", "note"), Pick.FILE))
    assert {cell.said for cell in row.cells if cell.outcome == LOCKED} <= {LOCK}


def test_what_differs_in_a_locked_row_is_named():
    row = compared(NUMBER, {"value": 18}, {"value": 18}, {"value": 21, "note": "x"}, lock=LOCK)
    assert outcomes(row) == {"value": LOCKED, "note": LOCKED}


def test_a_row_that_the_hidden_sheet_does_not_know_is_asked_where_something_stands():
    given = line(NUMBER, {"value": 21})
    (row,) = differences([given], [now(NUMBER, stored(value=18))])
    assert outcomes(row) == {"value": CONFLICT} and row.cells[0].before is None
    (row,) = differences([given], [now(NUMBER)])
    assert outcomes(row) == {"value": NEW}


def test_a_renumbered_indicator_is_found_by_its_id():
    was = known(NUMBER, value=18)
    renumbered = definition("6-1", 53)
    other = definition("5-3", 99)
    (row,) = differences([line(NUMBER, {"value": 21}, was)], [now(renumbered), now(other)])
    assert row.now.facts.indicator.code == "6-1"


def test_rows_that_are_nobodys_are_named():
    unknown, empty = definition("9-9", 99), definition("計", 98)
    rows = differences(
        [line(unknown, {"value": 3}), line(empty, {"value": None})],
        [now(NUMBER)],
        [Cell(7, "入力", "C30")],
    )
    assert [outcomes(row) for row in rows] == [{"value": ERROR}, {}, {"": ERROR}]
    assert rows[0].cells[0].said == difference.UNKNOWN.format("9-9")
    assert rows[2].cells[0].cell.place == "入力!C30"


def test_an_indicator_that_stands_twice_is_taken_only_where_both_say_the_same():
    once, again = line(NUMBER, {"value": 3}), line(NUMBER, {"value": 4})
    rows = differences([once, again], [now(NUMBER)])
    assert [outcomes(row) for row in rows] == [{"value": ERROR}, {"value": ERROR}]
    assert not any(row.changes({}) for row in rows)
    same = differences([once, line(NUMBER, {"value": 3})], [now(NUMBER)])
    assert [outcomes(row) for row in same] == [{"value": NEW}]


def test_a_numerator_of_another_row_is_looked_at_with_the_value_of_the_file():
    source, reader = now(NUMBER, stored(value=10)), now(LINKED, numerator=Decimal(10))
    lines = [
        line(LINKED, {"numerator": 10, "denominator": 50}, known(LINKED)),
        line(NUMBER, {"value": 60}, known(NUMBER, value=10)),
    ]
    rows = differences(lines, [source, reader])
    assert outcomes(rows[0]) == {"numerator": SAME, "denominator": ERROR}
    assert "5-3の値 60" in rows[0].cells[1].said
    lines[0] = line(LINKED, {"numerator": 11, "denominator": 70}, known(LINKED))
    rows = differences(lines, [source, reader])
    assert outcomes(rows[0]) == {"numerator": LOCKED, "denominator": NEW}
    lines[0] = line(LINKED, {"numerator": "5-3の値"}, known(LINKED))
    assert outcomes(differences(lines, [source, reader])[0]) == {"numerator": SAME}
