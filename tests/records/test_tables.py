"""The cells of a table, written in one go, are what django-tables2 makes of them."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

import django_tables2 as tables
import pytest
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from foundation.accounts.models import Department
from foundation.accounts.tables import DepartmentTable
from foundation.records.tables import Table

CELL = re.compile(r"<td ([^>]*)>(.*?)</td>", re.DOTALL)


@dataclass
class Row:
    """A line that is no row of the database."""

    name: str
    number: object = 0
    inside: object = None
    also: dict = field(default_factory=dict)

    def said(self):
        return f"{self.name}と言う"


class Lines(Table):
    """Every kind of column that we have."""

    name = tables.Column("名<前>", attrs={"td": {"class": "is-lead"}})
    number = tables.Column("数", default="なし")
    nested = tables.Column("中", accessor="inside__name")
    of_a_dict = tables.Column("辞書", accessor="also__key")
    said = tables.Column("言")
    drawn = tables.Column("絵", accessor="name", empty_values=())
    linked = tables.Column("リンク", accessor="name", linkify=lambda record: f"/{record.name}/")

    def render_drawn(self, record, table, value):
        return format_html("<b>{}</b>{}{}", value, record.number, len(table.rows))


ROWS = [
    Row("<a>&", 0, Row("中身"), {"key": "値"}),
    Row("空", None, None),
    Row("", 1.5, Row(""), {"key": ""}),
    Row("二つ", True, Row("x", inside=Row("y")), {"key": 0}),
]


def cells(table, row):
    """[(attributes, text)] as the table writes them."""
    return CELL.findall(table.cells_of(row))


def by_django_tables(table, row):
    """The same as its own template has it."""
    return [
        (column.attrs["td"].as_html(), conditional_escape(str(cell)))
        for column, cell in row.items()
    ]


@pytest.mark.pure
def test_a_cell_says_what_it_would_say():
    table = Lines(ROWS)
    for row in table.rows:
        found, expected = cells(table, row), by_django_tables(table, row)
        assert [text for _, text in found] == [text for _, text in expected]
        for (marks, _), (own, _) in zip(found, expected, strict=True):
            assert marks.startswith(own)


@pytest.mark.pure
def test_every_cell_but_the_first_says_its_column():
    table = Lines(ROWS)
    first, *others = cells(table, table.rows[0])
    assert "data-head" not in first[0]
    heads = [re.search('data-head="(.*)"', marks)[1] for marks, _ in others]
    assert heads == ["数", "中", "辞書", "言", "絵", "リンク"]
    renamed = Lines(ROWS, sequence=("number", "name"))
    assert 'data-head="名&lt;前&gt;"' in renamed.cells_of(renamed.rows[0])


@pytest.mark.django_db
def test_rows_of_the_database_too(soumu, secretariat):
    table = DepartmentTable(Department.objects.all())
    table.request = RequestFactory().get("/")
    for row in table.rows:
        found, expected = cells(table, row), by_django_tables(table, row)
        assert [text for _, text in found] == [text for _, text in expected]


def drawn(text, **shown):
    return engines["django"].from_string(text).render(shown)


@pytest.mark.pure
def test_an_icon_is_drawn_by_its_name():
    given, written = drawn("{% icon kind %}", kind="print"), drawn('{% icon "print" %}')
    assert given == written
    assert "M7 9V4h10v5" in written
    assert drawn("{% icon kind %}", kind="<b>") == drawn('{% icon "no such" %}')
    assert "<path" not in drawn("{% icon kind %}", kind="<b>")


@pytest.mark.pure
def test_what_stands_twice_is_drawn_once_and_anew_on_the_next_page(settings):
    calls = []

    def letter():
        calls.append(1)
        return f"{len(calls)}"

    page = '{% include_again "components/letter.html" %}' * 2
    first, second = drawn(page, letter=letter), drawn(page, letter=letter)
    half = len(first) // 2
    assert first[:half] == first[half:]
    assert first != second


STATES = [
    ("late", "期限 <超過>"),
    ("late", mark_safe("期限 <b>超過</b>")),
    ("done", None),
    ("done", ""),
    ("todo", 1),
    ("todo", True),
    ("todo", Decimal("1.0")),
    ("todo", Decimal("1.00")),
    ("todo", 1.5),
]


@pytest.mark.pure
@pytest.mark.parametrize(("kind", "label"), STATES * 2)
def test_a_component_says_what_an_include_says(kind, label):
    names = "kind=kind label=label"
    page = '{% include "components/state.html" with ' + names + " only %}"
    assert drawn('{% component "state" ' + names + " %}", kind=kind, label=label) == drawn(
        page, kind=kind, label=label
    )


@pytest.mark.pure
def test_a_component_knows_nothing_of_its_page():
    page = '{% component "state" kind="late" label="遅れ" %}'
    assert drawn(page, why="よそのわけ") == drawn(page)
    with pytest.raises(TemplateSyntaxError):
        drawn('{% component "state" late %}')
