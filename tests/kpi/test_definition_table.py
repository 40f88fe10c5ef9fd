"""The table of all definitions: typed or pasted, looked at, saved at once; points are settled."""

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation.records.models import HistoryEntry
from kpi.models import Definition, Indicator, KpiValue
from measures.models import OpenPoint
from tests.conftest import MONTH
from tests.pages import page_text

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
URL = reverse("kpi:definition_table")


def newest(code):
    return Definition.objects.newest_of(Indicator.objects.get(code=code))


def left(code):
    points = OpenPoint.objects.unsettled().about(Indicator.objects.get(code=code))
    return set(points.values_list("field", flat=True))


@pytest.fixture
def page(sign_in, secretariat):
    """Post what stands in the table, with what is typed, under one of its buttons."""
    client = sign_in(secretariat)

    def press(act, typed, ticked=()):
        stands = client.filled(URL, action=URL)
        without = {name: text for name, text in stands.items() if not name.endswith("-settle")}
        ticks = {f"{code}-settle": "on" for code in ticked}
        return client.post(URL, without | {"act": act} | ticks | typed, bare=True)

    return press


def test_what_was_typed_is_looked_at_and_then_saved_with_what_it_answers(page, soumu):
    typed = {"8-1-unit": "通", "8-1-timing": "yearly:2", "8-1-department": soumu.pk}
    typed |= {"8-1-baseline_fiscal_year": "令和7年度", "8-1-baseline_value": "８４２"}
    looked = page("check", typed, ["8-1"])
    text = page_text(looked)
    assert looked.status_code == 200 and "この内容で保存しますか" in text
    assert "年1回 2月" in text and "842" in text
    assert newest("8-1").unit == "件" and "unit" in left("8-1")
    assert page("save", typed, ["8-1"]).status_code == 302
    row = newest("8-1")
    assert (row.unit, row.frequency, row.due_month) == ("通", "yearly", 2)
    assert (row.baseline_value, row.baseline_fiscal_year, row.department) == (842, 2025, soumu)
    assert left("8-1").isdisjoint({"unit", "accumulation", "frequency", "baseline_value"})
    assert {"targets", "formula_text"} <= left("8-1")
    assert HistoryEntry.objects.filter(action="kpi.definition").count() == 1


def test_a_row_without_its_tick_settles_only_what_was_changed(page):
    assert page("save", {"1-2-unit": "通"}).status_code == 302
    assert "unit" not in left("1-2") and "accumulation" in left("1-2")
    assert "unit" in left("2-1")


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("baseline_value", "約2", "基準値「約2」"),
        ("baseline_fiscal_year", "去年", "基準年度「去年」：「去年」は年度として読めません"),
        ("unit", "", "単位「」"),
        ("direction", "maintain", "「維持」には範囲"),
        ("kind", "ratio", "「割合」には分子と分母の名前"),
        ("accumulation", "ざっくり", "集計方法「ざっくり」"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_saved_or_lost(page, column, text, said):
    answer = page("save", {"2-1-unit": "項目", f"1-2-{column}": text})
    assert answer.status_code == 422
    assert said in page_text(answer)
    assert 'value="項目"' in answer.content.decode()
    assert newest("2-1").unit != "項目"
    assert not HistoryEntry.objects.filter(action="kpi.definition").exists()


def test_a_block_from_excel_lands_from_the_chosen_box_on(page):
    block = "通\t数\t増やす\t最新の値\t年1回（2月）\n\t\t減らす"
    place = {"start": "8-1", "column": "unit"}
    wrong = page("read", place | {"block": block})
    assert wrong.status_code == 422 and "頻度「年1回（2月）」は選択肢にありません" in page_text(
        wrong
    )
    assert 'value="通"' in wrong.content.decode()
    good = page("read", place | {"block": block.replace("年1回（2月）", "半期")})
    text = page_text(good)
    assert good.status_code == 200 and "8-1" in text and "半年" in text and "減少" in text
    wide = page(
        "read", {"block": "1年\t総務課\t公表\t－\t何か", "start": "8-1", "column": "baseline_span"}
    )
    assert wide.status_code == 422 and "右に4列しかありません" in page_text(wide)
    assert newest("8-1").unit == "件"


def test_an_indicator_with_values_is_changed_on_its_own_page(page, sign_in, secretariat):
    KpiValue.objects.create(
        indicator=Indicator.objects.get(code="1-2"),
        month=MONTH,
        value=3,
        version=1,
        updated_at=timezone.now(),
    )
    text = sign_in(secretariat).get(URL).content.decode()
    assert 'name="1-2-unit"' not in text and 'name="1-1-unit"' in text
    pasted = page("read", {"block": "通", "start": "1-2", "column": "unit"})
    assert pasted.status_code == 422 and "実績がある指標です" in page_text(pasted)
    assert page("save", {"1-1-unit": "種"}).status_code == 302
    assert newest("1-1").unit == "種"


def test_what_somebody_else_saved_is_not_overwritten(sign_in, secretariat):
    client = sign_in(secretariat)
    sent = client.filled(URL, action=URL)
    row = newest("1-2")
    row.unit = "通"
    row.save()
    answer = client.post(URL, sent | {"act": "save", "1-2-unit": "枚"}, bare=True)
    assert answer.status_code == 409
    assert 'value="枚"' in answer.content.decode() and "通" in page_text(answer)
    assert newest("1-2").unit == "通"


def test_the_single_form_settles_what_it_changes(sign_in, secretariat):
    client, url = sign_in(secretariat), reverse("kpi:definition", args=["1-2"])
    sent = client.filled(url)
    assert client.post(url, sent | {"unit": "通"}, bare=True).status_code == 302
    assert "unit" not in left("1-2") and "accumulation" in left("1-2")


def test_the_table_asks_the_same_number_of_questions_whatever_the_data(
    sign_in, secretariat, django_assert_max_num_queries
):
    client = sign_in(secretariat)
    with django_assert_max_num_queries(15):
        assert client.get(URL).status_code == 200
    with django_assert_max_num_queries(15):
        assert client.get(reverse("measures:leads")).status_code == 200
