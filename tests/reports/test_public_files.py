"""The files of the public edition: schema, exact numbers, hostile texts, links, charts."""

import io
import json
import posixpath
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser

import pytest

from foundation.sheets.jsonfile import json_bytes
from headquarters.reports.public.charts import chart_of, scale_of
from headquarters.reports.public.folder import NothingMarked, bundle
from headquarters.reports.stored import dump, parse
from tests.reports.paper_reports import usual, worst
from tests.reports.public_files import broken, exact, files, lines

pytestmark = pytest.mark.pure
MARCH = "2027-03_1"
FILES = ("index.html", "kpi.csv", "kpi.json", "kpi.schema.json", "columns.csv", "codes.csv")


@cache
def few():
    """A report of three indicators, the first with a range as its target."""
    report = usual()
    return replace(report, indicators=report.indicators[:3])


def edition(report=None, number=1, **facts):
    return replace(report or few(), edition=number, **facts)


def with_cells(report, **facts):
    """The report, every month of every indicator with these facts."""
    rows = tuple(
        replace(row, months=tuple(replace(cell, **facts) for cell in row.months))
        for row in report.indicators
    )
    return replace(report, indicators=rows)


def made(*reports):
    return files(bundle(reports))


# Hostile texts.

HOSTILE = {
    "a tag": "<script>alert(1)</script>",
    "an end": '</title></desc></svg>"><img src=x onerror=alert(1)>',
    "a formula": '=HYPERLINK("http://bad.example")',
    "other formulas": "+1-1@x",
    "a tab before": "\t=1+1",
    "line ends": "一行目\r\n二行目\n\x85三\u2028四\u2029五\x0b六\x0c七",
    "control characters": "鈴\x00\x07\x1b木",
    "turned round": "甲\u202e乙\u2066丙\u200f",
    "half a character": "上\ud83d下",
    "rare signs": "髙①㈱😀𠮷é–",
    "a template": "{{ report }}{% now 'Y' %}",
    "quotes": "\"a\",'b';`c`",
    "a date": "1-1",
}
NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\u200f]"
)

FORMULA = re.compile(r"[=+@\t]|-(?![0-9.]+$)")  # what a spreadsheet would take for one


class Tags(HTMLParser):
    """The tags and links of a page."""

    def __init__(self, text):
        super().__init__()
        self.found, self.links = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]


def spoilt(report, text):
    """A report in which every public text is this one."""
    rows = with_cells(report, public_note=text).indicators
    rows = tuple(
        replace(row, name=text, unit=text, counting=text, numerator_unit=text) for row in rows
    )
    return replace(
        report,
        plan=text,
        municipality=text,
        indicators=rows,
        measures=tuple(replace(row, name=text) for row in report.measures),
        bands=tuple(replace(band, name=text) for band in report.bands),
    )


@cache
def harmless_files():
    return made(edition(spoilt(few(), "無害")))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_stays_a_text_in_every_file(text):
    harmless = harmless_files()
    found = made(edition(spoilt(few(), text)))
    assert found.keys() == harmless.keys()
    for name, content in found.items():
        assert not NO_TEXT.search(content), name
        if name.endswith(".html"):
            tags = [tag for tag in Tags(content).found if tag != "br"]
            assert tags == [tag for tag in Tags(harmless[name]).found if tag != "br"], name
        if name.endswith(".csv"):
            assert content.count("\r\n") == harmless[name].count("\r\n")
            assert len(content.splitlines()) == content.count("\r\n"), name  # one line a record
            cells = [cell for row in lines(content) for cell in row.values()]
            assert not [cell for cell in cells if FORMULA.match(cell)]
    assert broken(found, MARCH) == []
    said = json.loads(found[f"{MARCH}/kpi.json"])["indicators"][0]["indicator_name"]
    assert "".join(said.split()) == "".join(NO_TEXT.sub("", text.replace("\x85", "\n")).split())


# Nothing internal.

SECRET = "内部だけの話"
PUBLIC = {
    "": {"plan", "municipality", "municipality_code"},
    "bands": {"letter", "name"},
    "measures": {"name"},
    "indicators": {"code", "name", "unit", "kind", "direction", "counting", "not_judged", "grade"}
    | {"numerator_unit", "denominator_unit", "uncomputed", "state"},
    "targets": set(),
    "months": {"state", "missing_reason", "maturity", "not_judged", "grade", "public_note"},
}  # the texts of a report that may leave; those of every other row may not
MATURITY = {"actual_maturity"}
NO_WORDS = re.compile(r"[-0-9.E+]*|\d{4}-.*")  # numbers and days


def secret(data, place=""):
    """The data, every text that may not leave instead a secret."""
    if isinstance(data, dict):
        kept = PUBLIC.get(place, set()) | MATURITY
        return {key: part if key in kept else secret(part, key) for key, part in data.items()}
    if isinstance(data, list):
        return [secret(each, place) for each in data]
    return SECRET if isinstance(data, str) and not NO_WORDS.fullmatch(data) else data


def test_no_internal_text_leaves():
    report = parse(json.dumps(secret(json.loads(dump(edition(worst(measures=2)))))))
    assert report.indicators[0].department == report.closed_by == SECRET
    assert report.indicators[0].months[0].note == report.steps[0].name == SECRET
    for name, text in made(report).items():
        assert SECRET not in text, name


# Data.


def test_what_is_in_the_folder():
    found = made(edition(), edition(number=2))
    folders = [f"2027-03_{number}/{name}" for number in (2, 1) for name in FILES]
    assert list(found) == ["index.html", "editions.json", "style.css", *folders]
    listed = json.loads(found["editions.json"])
    assert [(each["edition"], each["newest_edition"]) for each in listed] == [(2, 2), (1, 2)]
    assert {each[name] for each in listed for name in ("page", "csv", "json", "schema")} <= set(
        found
    )


CELLS = {
    "a range": {"target": None, "lower": Decimal(60), "upper": Decimal("80.5")},
    "no figure": {"figure": None, "actual": None, "value": None, "missing_reason": "集計中"},
    "provisional": {"maturity": "暫定"},
    "nought": {"value": Decimal(0), "actual": Decimal(0), "rate": Decimal(0)},
    "not judged": {"grade": None, "rate": None, "not_judged": "目標未設定"},
    "words that no list knows": {"missing_reason": "昔の理由", "state": "昔の状態"},
    "a ratio": {"numerator": Decimal("1.5"), "denominator": Decimal(3)},
    "a day": {"as_of": date(2026, 4, 30)},
}


@pytest.mark.parametrize("facts", CELLS.values(), ids=CELLS)
def test_the_data_keep_their_schema(facts):
    for report in (few(), worst(measures=1)):
        assert broken(made(edition(with_cells(report, **facts))), MARCH) == []


WRONG = {
    "a number as a text": lambda data: data["indicators"][0]["records"][0].update(value="12"),
    "a key too many": lambda data: data.update(note="内部"),
    "a key too few": lambda data: data.pop("municipality_code"),
    "no month": lambda data: data.update(report_month="令和8年10月"),
    "no day": lambda data: data.update(as_of="2026-10-32"),
    "an unknown code": lambda data: data["indicators"][0].update(kind_code="数値"),
    "another version": lambda data: data.update(schema_version=2),
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_the_schema_refuses(spoil):
    found = made(edition())
    data = json.loads(found[f"{MARCH}/kpi.json"])
    spoil(data)
    assert len(broken(found | {f"{MARCH}/kpi.json": json.dumps(data)}, MARCH)) == 1


NUMBERS = [
    ("0", "0"),
    ("-0.0", "0"),
    ("0.50", "0.5"),
    ("1E+3", "1000"),
    ("1200", "1200"),
    ("-999999999.9", "-999999999.9"),
    ("0.1", "0.1"),
    ("12345678901234567890.123456789012345678901", "12345678901234567890.123456789012345678901"),
]


@pytest.mark.parametrize(("number", "written"), NUMBERS)
def test_numbers_leave_exactly(number, written):
    assert json_bytes({"値": Decimal(number)}).decode() == f'{{\n "値": {written}\n}}\n'
    assert exact(json_bytes([Decimal(number)])) == [Decimal(written)]


KEYS = {
    "": "schema_version schema plan municipality_code municipality report_month fiscal_year edition"
    " as_of closed_on sample grades indicators",
    "indicators": "measure_number measure_name indicator_code indicator_name unit kind kind_code"
    " direction direction_code counting baseline_value numerator_unit denominator_unit decimals"
    " targets records",
    "targets": "fiscal_year target target_lower target_upper decided_none",
    "records": "fiscal_year month cell_state cell_state_code value numerator denominator"
    " missing_reason missing_reason_code maturity maturity_code year_to_date"
    " year_to_date_maturity year_to_date_maturity_code last_year target target_lower target_upper"
    " expectation achievement_rate grade not_evaluated not_evaluated_code as_of public_note",
}  # of version 1: with others the schema is another version


def test_the_keys_are_those_of_the_version():
    data = json.loads(made(edition())[f"{MARCH}/kpi.json"])
    first = data["indicators"][0]
    found = {"": data, "indicators": first}
    found |= {name: first[name][0] for name in ("targets", "records")}
    assert data["schema_version"] == 1
    assert {place: " ".join(part) for place, part in found.items()} == KEYS


def test_json_is_written_as_others_read_it():
    data = {"a": [], "b": {}, "c": [1, None, True, '\u2028"\\\x00'], "d": date(2026, 4, 1)}
    assert json.loads(json_bytes(data)) == data | {
        "c": [1, None, True, '\u2028"\\'],
        "d": "2026-04-01",
    }


def test_the_csv_says_what_the_json_says():
    report = edition(with_cells(few(), public_note="説明"))
    found = made(report)
    heads = {row["物理名"]: row["項目名"] for row in lines(found[f"{MARCH}/columns.csv"])}
    records = lines(found[f"{MARCH}/kpi.csv"])
    assert list(records[0]) == list(heads.values())
    data = exact(found[f"{MARCH}/kpi.json"])
    told = [row | record for row in data["indicators"] for record in row["records"]]
    assert len(told) == len(records)
    for record, said in zip(records, told, strict=True):
        for name in said.keys() & heads.keys():
            value = "" if said[name] is None else said[name]
            cell = record[heads[name]]
            assert Decimal(cell) == value if isinstance(value, int | Decimal) else cell == value
    assert {row["単位"] for row in records} == {report.indicators[0].unit}


def test_the_csv_is_one_that_excel_opens():
    with zipfile.ZipFile(io.BytesIO(bundle([edition()]))) as archive:
        content = archive.read(f"{MARCH}/kpi.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") == 1 + 3 * 12


def test_every_code_and_every_unit_is_explained():
    found = made(edition(worst(measures=2)))
    codes = {(row["項目"], row["コード"]) for row in lines(found[f"{MARCH}/codes.csv"])}
    records = lines(found[f"{MARCH}/kpi.csv"])
    for column in lines(found[f"{MARCH}/columns.csv"]):
        used = {record[column["項目名"]] for record in records} - {""}
        if column["コード表の項目"]:
            assert {(column["コード表の項目"], code) for code in used} <= codes
        assert column["データの型"] != "数値" or column["単位"]
        assert re.fullmatch("[a-z_]+", column["物理名"])
        assert column["意味"]


# Pages.


def test_every_link_leads_somewhere_after_every_unpacking():
    site = {}
    months = [edition(month=date(2027, number, 1)) for number in (1, 2, 3)] + [edition(number=2)]
    for count in range(1, len(months) + 1):
        site |= made(*months[:count])
        for name, text in site.items():
            if not name.endswith(".html"):
                continue
            for link in Tags(text).links:
                place = posixpath.normpath(posixpath.join(posixpath.dirname(name), link))
                if link.startswith("#"):
                    assert f'id="{link[1:]}"' in text
                else:
                    assert place in site, (name, link)
    assert len(Tags(site["index.html"]).links) > 4 * 3


def test_nothing_leads_outside():
    for name, text in made(edition(worst(measures=2))).items():
        outside = re.findall(r"(?:https?:)?//[a-z]\S*", text)
        assert outside == [] or name == f"{MARCH}/kpi.schema.json", (name, outside)
        assert "@import" not in text
        assert "url(" not in text
        assert " style=" not in text  # a site with a strict policy shows it all the same


def test_where_nothing_is_marked_there_is_no_folder():
    report = edition()
    none = tuple(replace(row, published=False) for row in report.indicators)
    with pytest.raises(NothingMarked, match="公表する指標がありません"):
        bundle([replace(report, month=date(2027, 2, 1)), replace(report, indicators=none)])


WORDS = [
    ({"maturity": "暫定"}, "暫定"),
    ({"maturity": "確定", "actual_maturity": "暫定"}, "年度の値は暫定"),
    ({"figure": None, "actual": None, "missing_reason": "調査未実施"}, "調査未実施"),
    ({"figure": None, "actual": None, "missing_reason": "", "state": "未入力"}, "未入力"),
    ({"figure": None, "actual": None, "missing_reason": "", "state": "入力済み"}, "算定不能"),
]


@pytest.mark.parametrize(("facts", "word"), WORDS)
def test_the_page_says_why_and_what_may_change(facts, word):
    text = made(edition(with_cells(few(), **facts)))[f"{MARCH}/index.html"]
    assert f"<td>{word}</td>" in text


def test_the_page_says_targets_as_ranges():
    report = few()
    first = replace(report.indicators[0], unit="点")  # its target is a range in every year
    text = made(edition(replace(report, indicators=(first,))))[f"{MARCH}/index.html"]
    for words in ("60.0～80.0点", "目標の下限 60.0点", "目標の上限 80.0点"):
        assert words in text


# Charts.

SCALES = [
    (["0"], 0, ("0", "1", "1")),
    (["3"], 0, ("0", "3", "1")),
    (["40", "33"], 0, ("0", "40", "10")),
    (["1200", "454"], 0, ("0", "1500", "500")),
    (["0.3"], 1, ("0", "0.3", "0.1")),
    (["-5", "12"], 0, ("-5", "15", "5")),
    (["-999999999.9"], 1, ("-1000000000", "0", "250000000")),
    (["101"], 0, ("0", "150", "50")),
]


@pytest.mark.parametrize(("figures", "decimals", "expected"), SCALES)
def test_scales_have_round_steps_and_hold_every_figure(figures, decimals, expected):
    scale = scale_of([Decimal(each) for each in figures], decimals)
    assert (scale.low, scale.high, scale.step) == tuple(Decimal(each) for each in expected)
    assert scale.figures[0] == scale.low
    assert scale.figures[-1] == scale.high


GAPS = [
    ("############", [12]),
    ("###..#######", [3, 7]),
    ("#.#.........", []),
    ("##..........", [2]),
]


@pytest.mark.parametrize(("months", "runs"), GAPS)
def test_the_line_breaks_where_there_is_no_figure(months, runs):
    row = few().indicators[0]
    cells = [
        replace(cell, actual=Decimal(number) if sign == "#" else None)
        for number, (cell, sign) in enumerate(zip(row.months, months, strict=True), 1)
    ]
    chart = chart_of(row, 2026, cells)
    assert [len(line.split()) for line in chart.lines] == runs
    assert len(chart.dots) == months.count("#")
    assert [mark.text for mark in chart.months] == [f"{(n + 3) % 12 + 1}月" for n in range(12)]


def test_without_a_figure_there_is_no_chart():
    report = edition(with_cells(few(), actual=None))
    assert "<svg" not in made(report)[f"{MARCH}/index.html"]


@pytest.mark.parametrize("report", [usual(), worst(measures=2)], ids=["usual", "worst"])
def test_a_chart_lies_within_its_frame_and_no_months_touch(report):
    for row in report.indicators:
        chart = chart_of(row, 2026, row.months)
        marks = [*chart.ticks, *chart.months, *chart.dots, *chart.targets]
        assert all(0 <= float(mark.x) <= chart.width for mark in marks)
        assert all(10 <= float(mark.y) <= chart.height for mark in marks)
        assert float(chart.months[1].x) - float(chart.months[0].x) >= 27  # 「10月」
        assert float(chart.newest.x) + 4 * len(chart.newest.text) <= chart.width
        assert chart.left >= 7 * max(len(mark.text) for mark in chart.ticks)
