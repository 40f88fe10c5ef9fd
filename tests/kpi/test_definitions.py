"""Definitions by version.

Edited until values exist, then changed from a month on with a reason; figures never mix.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from foundation.records.actions import current_revision
from foundation.records.models import HistoryEntry
from kpi import reading
from kpi.models import Definition, Indicator, KpiValue, ReportingMonth, Target
from kpi.pages.sentences import draft
from kpi.setup.definitions import FIELDS, Limits, set_definition
from kpi.setup.forms import DefinitionForm
from kpi.setup.parts import PARTS
from kpi.setup.plan_changes import add_indicator
from kpi.setup.targets import NewTarget, set_target
from tests.charts import chart_of

pytestmark = pytest.mark.django_db
APRIL = date(2027, 4, 1)


@pytest.fixture
def row():
    """1-2, which stands alone here: it is nobody's numerator (tests/kpi/test_linked.py)."""
    Definition.objects.update(numerator_source=None)
    return Indicator.objects.get(code="1-2")


def change(by, row, *, from_month=None, reason="", published=False, what="", **changed):
    values = {
        name: getattr(row.definitions.latest("from_month"), name) for name in FIELDS
    } | changed
    return set_definition(
        by=by,
        indicator=row,
        values=values,
        from_month=from_month,
        published=published,
        reason=reason,
        change=what,
    )


def value(row, month, number):
    return KpiValue.objects.create(
        indicator=row, month=month, value=number, version=1, updated_at=timezone.now()
    )


def test_without_values_the_definition_is_simply_edited(secretariat, head, row):
    with pytest.raises(PermissionDenied):
        change(head, row, unit="人")
    change(secretariat, row, unit="人", published=True)
    row.refresh_from_db()
    assert (row.definitions.get().unit, row.published) == ("人", True)
    entry = HistoryEntry.objects.get(action="kpi.definition")
    assert (entry.before, entry.after) == (
        {"単位": "件", "公表する": "いいえ"},
        {"単位": "人", "公表する": "はい"},
    )


def test_saving_what_is_there_leaves_no_trace(secretariat, row):
    before = current_revision()
    change(secretariat, row)
    assert current_revision() == before


def test_after_values_a_change_is_a_version_with_a_reason(secretariat, row):
    value(row, date(2026, 5, 1), 3)
    for given, fields in (
        ({"direction": "decrease"}, {"reason", "from_month"}),
        ({"direction": "decrease", "reason": "x"}, {"from_month"}),
        ({"unit": "人", "reason": "x", "from_month": date(2026, 10, 1)}, {"change"}),
        ({"direction": "decrease", "reason": "x", "from_month": date(2026, 3, 1)}, {"from_month"}),
    ):
        with pytest.raises(ValidationError) as found:
            change(secretariat, row, **given)
        assert set(found.value.message_dict) == fields
    change(
        secretariat,
        row,
        direction="decrease",
        reason="測り方の見直し",
        from_month=date(2026, 10, 1),
    )
    assert [(each.from_month.month, each.direction) for each in row.definitions.all()] == [
        (4, "increase"),
        (10, "decrease"),
    ]


def test_blanks_may_be_filled_and_words_mended_at_any_time(secretariat, row):
    value(row, date(2026, 5, 1), 3)
    change(secretariat, row, formula_text="電子申請システムの集計", baseline_value=Decimal(2))
    assert row.definitions.get().formula_text == "電子申請システムの集計"
    with pytest.raises(ValidationError):
        change(secretariat, row, baseline_value=Decimal(9))


def test_number_and_ratio_do_not_change_over_stored_values(secretariat, row):
    value(row, date(2027, 4, 1), 3)
    with pytest.raises(ValidationError) as found:
        change(
            secretariat,
            row,
            kind="ratio",
            numerator_label="a",
            denominator_label="b",
            reason="x",
            from_month=APRIL,
        )
    assert "kind" in found.value.message_dict


def test_figures_before_and_after_the_break_are_never_added_or_compared(secretariat, row):
    change(secretariat, row, accumulation="plan_sum")
    for month, number in ((date(2027, 2, 1), 100), (date(2027, 3, 1), 100), (APRIL, 7)):
        value(row, month, number)
    change(
        secretariat,
        row,
        unit="人",
        reason="数える単位を人に変更",
        what="break",
        from_month=APRIL,
    )
    Target.objects.create(
        indicator=row, fiscal_year=2027, from_month=APRIL, value=12, created_at=timezone.now()
    )
    facts = reading.load(APRIL, on=date(2028, 1, 1), indicator=row)[0]
    assert facts.breaks == [APRIL]
    assert facts.progress_at(APRIL).actual == 7
    assert facts.progress_at(date(2027, 3, 1)).actual == 200
    assert "前月" not in draft(facts)
    assert "数え方の変更" in [mark["text"] for mark in chart_of(facts)["layout"]["annotations"]]


def test_the_chart_marks_a_revised_target_and_the_original_stays_answerable(
    secretariat, row, client
):
    for month in (4, 5):
        value(row, date(2026, month, 1), 100)
    set_target(
        by=secretariat, indicator=row, new=NewTarget(2026, value=Decimal(1200), reason="当初")
    )
    set_target(
        by=secretariat,
        indicator=row,
        new=NewTarget(2026, value=Decimal(2400), reason="制度の変更", from_month=date(2026, 5, 1)),
    )
    facts = reading.load(date(2026, 5, 1), on=date(2028, 1, 1), indicator=row)[0]
    assert facts.progress_at(date(2026, 5, 1)).rate == Decimal("50.0")
    assert facts.progress_at(date(2026, 5, 1), original=True).rate == Decimal("100.0")
    assert facts.progress_at(date(2026, 4, 1)).rate == Decimal("100.0")
    assert [mark["text"] for mark in chart_of(facts)["layout"]["annotations"]] == [
        "目標見直し（第2版）"
    ]
    client.force_login(secretariat, backend="foundation.accounts.backends.MembershipBackend")
    text = client.get("/kpis/1-2/?at=2026-05").content.decode()
    assert "当初の目標（第1版）に対しては：期待値200件に対し200件（100.0％）" in text


@pytest.mark.parametrize(
    ("numbers", "target", "words"),
    [
        (
            (92, 98),
            1200,
            "5月末時点で期待値200件に対し190件（95.0％、概ね順調）。前月比＋6件。年度目標は1,200件。",
        ),
        (
            (98, 98),
            1200,
            "5月末時点で期待値200件に対し196件（98.0％、概ね順調）。前月から横ばい。年度目標は1,200件。",
        ),
        ((0, 0), None, "5月末時点で0件。目標未設定のため評価対象外。前月から横ばい。"),
        ((), None, "目標未設定のため評価対象外。"),
    ],
)
def test_draft_sentences(row, numbers, target, words):
    for month, number in zip((4, 5), numbers, strict=False):
        value(row, date(2026, month, 1), number)
    if target:
        Target.objects.create(
            indicator=row,
            fiscal_year=2026,
            from_month=date(2026, 4, 1),
            value=target,
            created_at=timezone.now(),
        )
    assert draft(reading.load(date(2026, 5, 1), on=date(2028, 1, 1), indicator=row)[0]) == words


def test_the_screen_keeps_what_was_typed_and_says_what_is_wrong(secretariat, sign_in, row):
    value(row, date(2026, 5, 1), 3)
    client, url = sign_in(secretariat), reverse("kpi:definition", args=["1-2"])
    data = {
        "unit": "件",
        "decimals": "0",
        "kind": "ratio",
        "numerator_label": "電子",
        "denominator_label": "",
        "direction": "increase",
        "accumulation": "year_sum",
        "frequency": "monthly",
        "due_month": "3",
        "method": "target_ratio",
        "reason": "割合に変更",
    }
    answer = client.post(url, data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "割合には分子と分母の名称を入力" in text
    assert 'value="割合に変更"' in text
    client.post(
        url,
        {**data, "kind": "number", "numerator_label": "", "data_source": "申請台帳", "reason": ""},
    )
    assert row.definitions.get().data_source == "申請台帳"


def test_the_target_table_saves_a_row_and_keeps_versions(secretariat, sign_in, row):
    client, url = sign_in(secretariat), reverse("kpi:target_table")
    assert "0</b>／92" in client.get(url).content.decode()
    data = {
        "code": "1-2",
        **{
            f"1-2-y{year}": text
            for year, text in zip(range(2026, 2030), ("１,２００件", "1,800", "", ""), strict=True)
        },
    }
    client.post(url, data)
    assert list(row.targets.values_list("fiscal_year", "value", "version")) == [
        (2026, 1200, 1),
        (2027, 1800, 1),
    ]
    again = client.post(
        url,
        {
            **data,
            "1-2-seen2026": "1",
            "1-2-seen2027": "1",
            "1-2-y2026": "900",
            "1-2-y2027": "1,800",
        },
        headers={"HX-Request": "true"},
    )
    assert again.status_code == 422
    assert "見直しの理由を入力してください" in again.content.decode()
    assert 'value="900"' in again.content.decode()
    client.post(
        url,
        {
            **data,
            "1-2-seen2026": "1",
            "1-2-seen2027": "1",
            "1-2-y2026": "900",
            "1-2-y2027": "1,800",
            "reason": "制度の変更",
            "from_month": "2026-10",
            "decided_where": "第2回本部会議",
        },
    )
    assert list(row.targets.filter(fiscal_year=2026).values_list("value", "version")) == [
        (1200, 1),
        (900, 2),
    ]
    stale = client.post(
        url,
        {
            **data,
            "1-2-seen2026": "1",
            "1-2-seen2027": "1",
            "1-2-y2026": "800",
            "1-2-y2027": "1,800",
            "reason": "x",
            "from_month": "2026-11",
        },
        headers={"HX-Request": "true"},
    )
    assert "第2版（900）を登録しました" in stale.content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("abc", "数字として読めません"),
        ("1.5", "整数で入力"),
        ("-1", "負の目標"),
    ],
)
def test_the_target_table_refuses_in_words_and_saves_no_part_of_a_row(
    secretariat, sign_in, row, text, words
):
    answer = sign_in(secretariat).post(
        reverse("kpi:target_table"),
        {"code": "1-2", "1-2-y2026": "5", "1-2-y2027": text, "1-2-y2028": "", "1-2-y2029": ""},
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Target.objects.exists()


def close_until(month):
    ReportingMonth.objects.create(month=month, locked_at=timezone.now())


def test_the_definition_of_a_closed_month_stays_whether_values_exist_or_not(secretariat, row):
    close_until(date(2026, 9, 1))
    with pytest.raises(ValidationError, match="締めています"):
        change(secretariat, row, unit="通")
    change(secretariat, row, from_month=date(2026, 10, 1), unit="通", reason="言い換え")
    units = dict(row.definitions.values_list("from_month", "unit"))
    assert units == {date(2026, 4, 1): "件", date(2026, 10, 1): "通"}


def test_a_department_that_is_gone_measures_nothing(secretariat, row, soumu):
    soumu.valid_until = date(2025, 3, 31)
    soumu.save()
    with pytest.raises(ValidationError, match="設置されていません"):
        change(secretariat, row, department=soumu)


@pytest.mark.parametrize("decimals", [0, 4])
def test_decimals_within_bounds(secretariat, row, decimals):
    change(secretariat, row, decimals=decimals)
    assert row.definitions.get().decimals == decimals


@pytest.mark.parametrize("decimals", [5, 30, -1])
def test_decimals_beyond_are_refused_by_form_action_and_database(
    secretariat, sign_in, row, decimals
):
    with pytest.raises(ValidationError):
        change(secretariat, row, decimals=decimals)
    with pytest.raises(Error), transaction.atomic():
        Definition.objects.filter(indicator=row).update(decimals=decimals)
    url = reverse("kpi:definition", args=["1-2"])
    client = sign_in(secretariat)
    answer = client.post(url, {**client.filled(url, unit=""), "decimals": decimals}, bare=True)
    assert "decimals" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("year", "field"), [(2026, None), (2027, "fiscal_year")], ids=["its years", "after its end"]
)
def test_a_target_of_an_indicator_that_came_in_mid_year(secretariat, row, year, field):
    row.valid_from, row.valid_until = date(2026, 11, 1), date(2027, 3, 1)
    row.save()
    row.definitions.update(from_month=date(2026, 11, 1))
    new = NewTarget(year, value=Decimal(50))
    if field:
        with pytest.raises(ValidationError) as found:
            set_target(by=secretariat, indicator=row, new=new)
        assert field in found.value.message_dict
    else:
        assert set_target(by=secretariat, indicator=row, new=new).from_month == date(2026, 11, 1)


def facts_in(row, month):
    return reading.load(month, on=date(2030, 1, 1), indicator=row)[0]


def target(row, year, number):
    Target.objects.create(
        indicator=row,
        fiscal_year=year,
        from_month=date(year, 4, 1),
        value=number,
        created_at=timezone.now(),
    )


def test_a_reworded_denominator_keeps_the_year(secretariat):
    row = Indicator.objects.get(code="1-3")
    change(secretariat, row, baseline_value=Decimal(12), numerator_source=None)
    target(row, 2026, 20)
    for month, top, bottom in ((9, 400, 2400), (10, 200, 1000), (11, 194, 1027)):
        KpiValue.objects.create(
            indicator=row,
            month=date(2026, month, 1),
            numerator=top,
            denominator=bottom,
            version=1,
            updated_at=timezone.now(),
        )
    for month in (4, 5, 6, 7, 8):
        KpiValue.objects.create(
            indicator=row,
            month=date(2026, month, 1),
            missing_reason="not_applicable",
            version=1,
            updated_at=timezone.now(),
        )
    change(
        secretariat,
        row,
        denominator_label="申請の総件数",
        reason="言葉を分かりやすく",
        what="rewording",
        from_month=date(2026, 11, 1),
    )
    facts = facts_in(row, date(2026, 11, 1))
    judged = facts.progress_at(date(2026, 11, 1))
    assert (facts.breaks, judged.numerator, judged.denominator) == ([], 794, 4427)
    assert "17.9％" in judged.sentence


def test_another_way_of_adding_up_keeps_the_earlier_years(secretariat, row):
    value(row, date(2027, 3, 1), 34)
    value(row, APRIL, 3)
    target(row, 2027, 64)
    change(
        secretariat,
        row,
        accumulation="plan_sum",
        reason="計画期間の累計で数える",
        what="break",
        from_month=APRIL,
    )
    facts = facts_in(row, APRIL)
    judged = facts.progress_at(APRIL)
    assert (facts.breaks, judged.actual, judged.grade) == ([], 37, "A")
    assert judged.expectation == Decimal("36.5")


@pytest.mark.usefixtures("row")
@pytest.mark.parametrize(
    ("code", "changed", "field"),
    [
        ("1-2", {"unit": "人"}, "change"),
        ("1-2", {"accumulation": "latest", "what": "rewording"}, "change"),
        ("1-2", {"unit": "％", "what": "rewording"}, "change"),
        ("1-2", {"direction": "maintain"}, "direction"),
        ("1-1", {"direction": "zero"}, "direction"),
        ("1-2", {"method": "baseline_ratio"}, "method"),
        ("1-3", {"method": "baseline_ratio"}, "method"),
        (
            "1-2",
            {"measured_from": date(2027, 4, 1), "measured_until": date(2027, 3, 1)},
            "measured_until",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(secretariat, code, changed, field):
    row = Indicator.objects.get(code=code)
    if "direction" not in changed:
        value(row, date(2026, 5, 1), 3)
    with pytest.raises(ValidationError) as found:
        change(secretariat, row, reason="x", from_month=date(2026, 10, 1), **changed)
    assert field in found.value.message_dict


def test_what_is_to_be_maintained_gets_its_range_in_the_same_step(secretariat):
    row = Indicator.objects.get(code="1-1")
    with pytest.raises(ValidationError) as found:
        change(secretariat, row, direction="maintain")
    assert "lower" in found.value.message_dict
    assert row.definitions.get().direction == "increase"
    values = {name: getattr(row.definitions.get(), name) for name in FIELDS}
    set_definition(
        by=secretariat,
        indicator=row,
        values=values | {"direction": "maintain"},
        published=False,
        limits=Limits(lower=Decimal(30)),
    )
    assert list(row.targets.values_list("fiscal_year", "lower", "upper")) == [
        (year, 30, None) for year in range(2026, 2030)
    ]


def test_a_version_to_come_is_replaced_and_does_not_block_the_present_one(secretariat, row):
    value(row, date(2026, 5, 1), 3)
    recount = {"reason": "数え方の見直し", "what": "break"}
    change(secretariat, row, unit="人", from_month=APRIL, **recount)
    change(secretariat, row, unit="世帯", from_month=APRIL, **recount)
    change(
        secretariat,
        row,
        unit="申請",
        reason="言い換え",
        what="rewording",
        from_month=date(2026, 10, 1),
    )
    held = [(date(2026, 9, 1), "件"), (date(2026, 10, 1), "申請"), (APRIL, "世帯")]
    assert [facts_in(row, month).definition.unit for month, _ in held] == [unit for _, unit in held]
    assert row.definitions.count() == 4
    assert [each.from_month for each in facts_in(row, APRIL).definitions] == [
        date(2026, 4, 1),
        date(2026, 10, 1),
        APRIL,
    ]


def test_a_changed_count_in_mid_year_asks_for_the_target_of_what_remains(secretariat, sign_in, row):
    value(row, date(2026, 5, 1), 3)
    client, url = sign_in(secretariat), reverse("kpi:definition", args=["1-2"])
    typed = {"unit": "人", "reason": "人で数える", "from_month": "R8.10", "change": "break"}
    answer = client.post(url, client.filled(url, **typed) | typed, follow=True)
    assert "残りの月（令和9年3月まで）の目標" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("kpi:targets", args=["1-2"])
    assert facts_in(row, date(2026, 10, 1)).breaks == [date(2026, 10, 1)]


def test_an_indicator_that_begins_in_mid_year(secretariat, sign_in, row):
    november = date(2026, 11, 1)
    added = add_indicator(
        by=secretariat,
        measure=row.measure,
        code="1-9",
        name="新しい指標",
        unit="件",
        accumulation="year_sum",
        month=november,
        reason="適宜見直し",
        decision="本部会議",
    )
    client = sign_in(secretariat)
    for name in ("kpi:targets", "kpi:definition"):
        assert client.get(reverse(name, args=["1-9"])).status_code == 200
    assert "新しい指標" in client.get(reverse("kpi:target_table")).content.decode()
    set_target(by=secretariat, indicator=added, new=NewTarget(2026, value=Decimal(50)))
    value(added, november, 10)
    facts = facts_in(added, november)
    judged = facts.progress_at(november)
    assert (judged.expectation, judged.rate, judged.grade) == (10, Decimal("100.0"), "A")
    assert facts.state_in(date(2026, 10, 1)) == "before_plan"
    assert facts.progress_at(date(2026, 10, 1)).not_judged == "before_plan"


def test_every_box_of_the_definition_stands_in_one_part(secretariat, sign_in):
    """And 分子・分母 in one of their own, which the style sheet shows for ratios alone."""
    placed = [name for part in PARTS for name in part.names]
    form = DefinitionForm(instance=Definition.objects.filter(indicator__code="1-2").first())
    assert sorted(placed) == sorted(field.name for field in form.visible_fields())
    page = sign_in(secretariat).get(reverse("kpi:definition", args=["1-2"])).content.decode()
    assert page.count("<fieldset") == len(PARTS)
    assert page.index("dx-part-ratio") < page.index("id_numerator_label")
    assert page.index("id_numerator_source") < page.index("dx-part-aim")
