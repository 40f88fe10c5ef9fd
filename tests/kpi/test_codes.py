"""An indicator's number: 1-1 for people, KPI1-1 for machines, and both are read everywhere."""

from copy import deepcopy

import pytest
from django.urls import resolve
from django.urls.exceptions import Resolver404

from headquarters.desk.forms import HistoryFilter
from headquarters.upkeep.plan_changes import AddIndicator, RenumberIndicator
from kpi.addresses import CodeConverter
from kpi.rules.codes import machine_code, plain_code, plain_words
from kpi.setup.table_forms import DefinitionRowForm

pytestmark = pytest.mark.pure
SAID = ["1-1", "KPI1-1", "kpi1-1", "KPI 1-1", "ＫＰＩ１－１", "１－１", " 1-1 ", "KPI1‐1", "1−1"]


@pytest.mark.parametrize("text", SAID)
def test_every_way_of_typing_it_is_read_and_leaves_marked(text):
    assert plain_code(text) == "1-1"
    assert machine_code(text) == "KPI1-1"
    assert CodeConverter().to_python(text) == "1-1"
    for field in (AddIndicator.base_fields["code"], RenumberIndicator.base_fields["code"]):
        assert field.clean(text) == "1-1"


@pytest.mark.parametrize("code", ["1-1", "10-12", "3", "a-1", "A-1", "new"])
def test_what_leaves_marked_comes_back(code):
    assert plain_code(machine_code(code)) == plain_code(code) == code


def test_a_text_that_is_no_number_stays():
    assert [plain_code(text) for text in ("", "KPI", "KPIの値", "入力")] == [
        "",
        "KPI",
        "KPIの値",
        "入力",
    ]
    assert machine_code("") == ""


@pytest.mark.parametrize(
    ("typed", "looked_for"),
    [
        ("KPI1-1", "1-1"),
        ("ＫＰＩ１－１ 窓口", "１－１ 窓口"),
        ("kpi 10-3", "10-3"),
        ("KPI の値", "KPI の値"),
        ("KPI2件", "KPI2件"),
    ],
)
def test_words_to_look_for(typed, looked_for):
    assert plain_words(typed) == looked_for
    form = HistoryFilter({"words": typed})
    assert form.is_valid()
    assert form.cleaned_data["words"] == looked_for


def test_addresses_take_both_and_nothing_else():
    assert resolve("/kpis/KPI1-1/").kwargs == {"code": "1-1"}
    assert resolve("/kpis/ＫＰＩ１－１/definition/").kwargs == {"code": "1-1"}
    with pytest.raises(Resolver404):
        resolve("/kpis/<1>/")


@pytest.mark.parametrize("text", ["1-2", "KPI1-2", "ＫＰＩ１－２"])
def test_a_copied_cell_of_the_definition_table_takes_both(text):
    form = DefinitionRowForm.__new__(DefinitionRowForm)
    form.fields = deepcopy(DefinitionRowForm.base_fields)
    form.fields["numerator_source"].choices = [("", "入力"), ("7", "1-2")]
    assert form.read_cell("numerator_source", text) == "7"
