"""What is asked back about a value that may be stored (docs/rules.md §2)."""

from decimal import Decimal as D
from types import SimpleNamespace

import pytest

from kpi.rules.checks import Entry, hard_errors, soft_warnings
from measures.settings_of import WarningFloor

pytestmark = pytest.mark.pure
PLAIN = {
    "kind": "number",
    "direction": "increase",
    "accumulation": "year_sum",
    "unit": "件",
    "decimals": 0,
    "numerator_label": "良い",
    "numerator_unit": "人",
    "denominator_label": "回答数",
    "denominator_unit": "人",
    "may_exceed_100": False,
    "may_be_negative": False,
    "numerator_words": "",
}


def asked(**given):
    return SimpleNamespace(**PLAIN | given)


@pytest.mark.parametrize(
    ("floor", "before", "now", "said"),
    [
        (10, 0, 9, None),
        (10, 0, 10, "前回0件 → 今回10件。0から動きました"),
        (0, 5, 5, None),
        (0, 0, 0, None),
        (0, 0, 1, "0から動きました"),
        ("0.5", 3, 1, "0.3倍"),
    ],
)
def test_the_floor_is_the_towns(floor, before, now, said):
    found = soft_warnings(Entry(D(now)), asked(), Entry(D(before)), D(floor))
    assert bool(found) == (said is not None)
    assert said is None or said in found[0]


@pytest.mark.parametrize("typed", ["％", "%"])
@pytest.mark.parametrize("unit", ["％", "%"])
def test_a_units_floor_holds_however_wide_it_was_written(typed, unit):
    assert WarningFloor(of_units=((typed, D(5)),)).of(unit) == 5
    assert WarningFloor(of_units=((typed, D(5)),)).of("件") == 3


@pytest.mark.parametrize(
    ("accumulation", "before", "now", "said"),
    [
        ("latest_of_year", (50, 100), (60, 90), ["回答数：前回100人 → 今回90人"]),
        ("latest_of_year", (50, 100), (40, 120), ["良い：前回50人 → 今回40人"]),
        ("latest_of_year", (50, 100), (48, 98), []),
        ("latest_of_year", (50, 100), (60, 120), []),
        ("latest", (50, 100), (45, 90), []),
        ("year_sum", (50, 100), (45, 90), []),
    ],
)
def test_the_parts_of_a_ratio_counted_since_april_do_not_fall(accumulation, before, now, said):
    ratio = asked(kind="ratio", unit="％", decimals=1, accumulation=accumulation)
    entries = [Entry(numerator=D(above), denominator=D(below)) for above, below in (now, before)]
    found = soft_warnings(entries[0], ratio, entries[1])
    assert [text.partition("。")[0] for text in found] == said


@pytest.mark.parametrize(
    ("given", "entry", "refused"),
    [
        *(
            ({"unit": unit, "decimals": 1}, {"value": D("1.5")}, {"value"})
            for unit in ("人", "件", "回")
        ),
        ({"unit": "時間", "decimals": 1}, {"value": D("1.5")}, set()),
        ({"unit": "人", "decimals": 1}, {"value": D("2.0")}, set()),
        (
            {"kind": "ratio", "unit": "％"},
            {"numerator": D("1.5"), "denominator": D("3.5")},
            {"numerator", "denominator"},
        ),
        (
            {"kind": "ratio", "unit": "％", "numerator_unit": "時間", "denominator_unit": "時間"},
            {"numerator": D("1.5"), "denominator": D("3.5")},
            set(),
        ),
    ],
)
def test_what_is_counted_in_whole_things_takes_whole_numbers(given, entry, refused):
    found = hard_errors(Entry(**entry), asked(**given))
    assert set(found) == refused
    assert all("整数" in text for text in found.values())
