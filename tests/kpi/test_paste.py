"""A block from Excel: what lands where, what is skipped and why, conflicts, and one undo."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from headquarters.reports.monthly import gather
from headquarters.reports.workbook import assembly
from kpi import reading
from kpi.actions import record_value
from kpi.entry import paste
from kpi.entry.grid import load_rows
from kpi.entry.paste import copied_cells, parse_block
from kpi.models import Definition, Indicator, KpiValue
from kpi.rules.checks import Entry
from tests.charts import chart_of
from tests.conftest import AFTER, MONTH
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 6)


@pytest.fixture
def rows(soumu, zeimu, head):
    """総務課's measures 1 and 5 and 税務課's 3, as 総務課長 sees them."""
    for number, department in ((1, soumu), (5, soumu), (3, zeimu)):
        lead(number, department)
    grid = load_rows(MONTH, head, now=timezone.now())
    return [row for row in grid.rows if row.indicator.measure.number in (1, 3, 5)]


def outcome(landing):
    return landing.row.indicator.code, landing.outcome


def values():
    return {row.indicator.code: row for row in KpiValue.objects.select_related("indicator")}


def test_a_column_lands_row_by_row(rows):
    found = paste.land(rows, "1-1", paste.parse_block("３６手続\n1,234\r\n1234／5840\n\n2\n"))
    assert [outcome(row) for row in found] == [
        ("1-1", "set"),
        ("1-2", "set"),
        ("1-3", "set"),
        ("3-1", "skip"),
        ("5-1", "set"),
    ]
    assert (found[1].entry.value, found[2].entry.numerator, found[2].entry.denominator) == (
        1234,
        None,  # 1-3's numerator is 1-2's value
        5840,
    )
    assert found[3].why == "空欄（変更しません）"


def test_columns_of_numerator_denominator_and_comment(rows):
    found = paste.land(rows, "1-2", paste.parse_block("118\t\t支所を含む\n118\t584\t\n"))
    assert (found[0].entry.value, found[0].entry.note) == (118, "支所を含む")
    assert (found[1].entry.numerator, found[1].entry.denominator) == (None, 584)
    assert found[1].stored_as == "118／584"


@pytest.mark.parametrize(
    ("start", "text", "why"),
    [
        ("1-2", "なし", "数字として読めません"),
        ("1-2", "－", "値なしの理由"),
        ("1-2", "1.5", "整数"),
        ("5-2", "12", "分子と分母の2列"),
        ("1-2", "1\t2\tx", "2列目を空欄"),
        ("5-2", "9\t5", "100％を超えません"),
        ("1-2", "-3", "0以上"),
        ("3-1", "1\t2", "入力できるのは税務課"),
    ],
)
def test_what_cannot_be_read_is_skipped_with_its_reason(rows, start, text, why):
    found = paste.land(rows, start, paste.parse_block(text))[0]
    assert found.outcome == "skip"
    assert why in found.why


def test_a_reason_in_words_is_an_answer(rows):
    assert (
        paste.land(rows, "1-2", paste.parse_block("対象外"))[0].entry.missing_reason
        == "not_applicable"
    )


@pytest.mark.parametrize(
    ("text", "start", "why"),
    [
        ("", "1-1", "貼り付ける内容がありません"),
        ("1\t2\t3\t4", "1-1", "列が多すぎます"),
        ("1\n" * 501, "1-1", "501行"),
        ("1\n" * 9, "1-1", "9行をコピーしましたが"),
        ("1", "9-9", "いまの表示にありません"),
        ("x" * 100_001, "1-1", "大きすぎます"),
    ],
)
def test_a_block_that_does_not_fit_is_refused_by_name(rows, text, start, why):
    with pytest.raises(ValidationError, match=why):
        paste.land(rows, start, paste.parse_block(text))


@given(st.text(max_size=200))
@pytest.mark.pure
def test_any_text_is_a_block_or_a_sentence(text):
    try:
        block = paste.parse_block(text)
    except ValidationError as error:
        assert error.messages[0].endswith("。")
    else:
        assert all(len(line) <= 3 for line in block)


def test_preview_writes_nothing_and_confirm_writes_what_was_shown(rows, head, sign_in):
    client, url = sign_in(head), reverse("kpi:paste", args=[MONTH])
    text = "36\n0\n\t584\n"
    page = client.post(url, {"text": text, "start": "1-1"}).content.decode()
    assert "3件を反映する" in page
    assert not KpiValue.objects.exists()
    client.post(
        url,
        {"text": text, "start": "1-1", "apply": "1", "seen-1-1": 0, "seen-1-2": 0, "seen-1-3": 0},
    )
    assert {
        code: row.value if row.denominator is None else row.denominator
        for code, row in values().items()
    } == {"1-1": 36, "1-2": 0, "1-3": 584}
    assert "貼り付けを元に戻す" in client.get(reverse("kpi:entry", args=[MONTH])).content.decode()


def test_one_undo_brings_everything_back(rows, head, secretariat, sign_in):
    row = Indicator.objects.get(code="1-2")
    record_value(
        by=head,
        indicator=row,
        month=MONTH,
        seen_version=0,
        on=ON,
        entry=Entry(value=Decimal("7"), note="元", follow_up=True, as_of=date(2026, 10, 30)),
    )
    before = {name: getattr(values()["1-2"], name) for name in Entry.__dataclass_fields__}
    client, url = sign_in(head), reverse("kpi:paste", args=[MONTH])
    client.post(
        url,
        {"text": "36\n9\n9\t20", "start": "1-1", "apply": "1", "seen-1-2": values()["1-2"].version},
    )
    assert values()["1-2"].value == 9
    record_value(
        by=secretariat,
        indicator=Indicator.objects.get(code="1-3"),
        month=MONTH,
        seen_version=values()["1-3"].version,
        on=ON,
        entry=Entry(denominator=Decimal(30)),
    )
    page = client.post(reverse("kpi:paste_undo", args=[MONTH]), follow=True).content.decode()
    assert "貼り付けた2件を元に戻しました" in page
    assert "現在の値（9／30）を残しました" in page
    assert {name: getattr(values()["1-2"], name) for name in before} == before
    assert set(values()) == {"1-2", "1-3"}
    assert (
        "取り消せる貼り付けはありません"
        in client.post(reverse("kpi:paste_undo", args=[MONTH]), follow=True).content.decode()
    )


def test_a_change_after_the_preview_is_a_conflict_that_is_shown(rows, head, secretariat, sign_in):
    client, url = sign_in(head), reverse("kpi:paste", args=[MONTH])
    client.post(url, {"text": "36\n9", "start": "1-1"})
    record_value(
        by=secretariat,
        indicator=Indicator.objects.get(code="1-2"),
        month=MONTH,
        seen_version=0,
        on=ON,
        entry=Entry(value=Decimal(8)),
    )
    answer = client.post(
        url, {"text": "36\n9", "start": "1-1", "apply": "1", "seen-1-1": 0, "seen-1-2": 0}
    )
    page = page_text(answer)
    assert answer.status_code == 409
    assert "1件を保存し、1件を保存していません" in page
    assert "事務局 太郎さんが" in page
    assert (values()["1-1"].value, values()["1-2"].value) == (36, 8)
    newest = values()["1-2"].version
    assert f'name="seen-1-2" value="{newest}"' in page
    client.post(
        url,
        {
            "text": "36\n9",
            "start": "1-1",
            "apply": "1",
            "seen-1-1": values()["1-1"].version,
            "seen-1-2": newest,
        },
    )
    assert values()["1-2"].value == 9


def test_pasting_does_not_reach_other_departments(rows, other_head, sign_in):
    sign_in(other_head).post(
        reverse("kpi:paste", args=[MONTH]),
        {"text": "36\n9", "start": "1-1", "apply": "1", "seen-1-1": 0},
    )
    assert not KpiValue.objects.exists()


def test_all_rows_are_saved_with_one_button_and_only_those_touched(
    rows, head, secretariat, sign_in
):
    record_value(
        by=secretariat,
        indicator=Indicator.objects.get(code="1-1"),
        month=MONTH,
        seen_version=0,
        on=ON,
        entry=Entry(value=Decimal(30)),
    )
    client, url = sign_in(head), reverse("kpi:entry", args=[MONTH])
    page = client.get(url).content.decode()
    assert 'name="1-1-was" value="30|final||"' in page
    seen = values()["1-1"].version
    record_value(
        by=secretariat,
        indicator=Indicator.objects.get(code="1-1"),
        month=MONTH,
        seen_version=seen,
        on=ON,
        entry=Entry(value=Decimal(31)),
    )
    data = {
        "1-1-value": "30",
        "1-1-answer": "final",
        "1-1-seen_version": seen,
        "1-1-note": "",
        "1-1-was": "30|final||",
        "1-2-value": "4",
        "1-2-answer": "final",
        "1-2-seen_version": 0,
        "1-2-note": "",
        "1-2-was": "|final||",
        "5-1-value": "2くらい",
        "5-1-answer": "final",
        "5-1-seen_version": 0,
        "5-1-note": "",
        "5-1-was": "|final||",
    }
    answer = client.post(url, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "1件を保存しました" in page
    assert 'value="2くらい"' in page
    assert {code: row.value for code, row in values().items()} == {"1-1": 31, "1-2": 4}


def test_zero_survives_paste_database_chart_and_workbook(rows, head, sign_in):
    sign_in(head).post(
        reverse("kpi:paste", args=[MONTH]),
        {"text": "０", "start": "1-2", "apply": "1", "seen-1-2": 0},
    )
    assert values()["1-2"].value == 0
    facts = reading.load(MONTH, on=AFTER, indicator=Indicator.objects.get(code="1-2"))[0]
    assert chart_of(facts)["data"][0]["y"][-1] == 0.0
    sheet = load_workbook(BytesIO(assembly.workbook(gather(MONTH, on=AFTER))))["KPIデータ"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    found = [
        sheet.cell(row, heads["実績値"]).value
        for row in range(2, sheet.max_row + 1)
        if (sheet.cell(row, heads["指標番号"]).value, sheet.cell(row, heads["年月"]).value)
        == ("KPI1-2", "2026-10")
    ]
    assert found == [0]


def test_the_four_kinds_of_empty_are_told_apart(rows, head):
    Definition.objects.filter(indicator__code="6-1").update(frequency="yearly")
    for code, entry in (
        ("1-1", Entry(value=Decimal(0))),
        ("1-2", Entry(missing_reason="unmeasurable")),
    ):
        record_value(
            by=head,
            indicator=Indicator.objects.get(code=code),
            month=MONTH,
            seen_version=0,
            on=ON,
            entry=entry,
        )
    grid = load_rows(MONTH, head, now=timezone.now())
    words = [grid.row(code).status.text for code in ("1-1", "1-2", "5-1", "6-1")]
    assert words == ["保存済み", "保存済み", "未入力", "測定時期前"]
    assert [grid.row(code).state.label for code in ("1-1", "1-2", "5-1", "6-1")] == [
        "入力済み",
        "値なし（理由あり）",
        "未入力",
        "測定時期前",
    ]
    assert (grid.row("1-1").stored_words, grid.row("1-2").stored_words) == ("0", "測定不能")


@pytest.mark.pure
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            '36\t"延べではなく実数\n120\t通常\n20\t118',
            [
                ["36", '"延べではなく実数'],
                ["120", "通常"],
                ["20", "118"],
            ],
        ),
        ('36\t"二行の\nコメント"\n120\t次', [["36", "二行の\nコメント"], ["120", "次"]]),
        ('5\t"「""実数""」"\n6', [["5", '「"実数"」'], ["6"]]),
        ('"5\n"6\n7', [['"5'], ['"6'], ["7"]]),
        ('1\t""\t3', [["1", "", "3"]]),
        ('1\t"a" b', [["1", '"a" b']]),
        ("1\t\t3", [["1", "", "3"]]),
        ("1\r\n2\r\n", [["1"], ["2"]]),
        ("1\r2", [["1"], ["2"]]),
    ],
)
def test_a_quote_mark_swallows_no_rows(text, rows):
    assert parse_block(text) == rows


@pytest.mark.pure
@given(
    st.lists(st.lists(st.text(alphabet='1ab"\n', max_size=4), min_size=2, max_size=2), max_size=5)
)
def test_what_excel_quotes_comes_back(rows):
    """Cells written the way Excel writes them to the clipboard are read as they were."""

    def written(cell):
        return '"' + cell.replace('"', '""') + '"' if "\n" in cell or '"' in cell else cell

    text = "\n".join("\t".join(map(written, row)) for row in rows)
    kept = list(rows)
    while kept and not any(cell.strip() for cell in kept[-1]):
        kept.pop()
    if kept:
        assert copied_cells(text)[: len(kept)] == kept
