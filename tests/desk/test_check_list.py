"""要確認一覧: open ones by kind, settled at once or one by one, and nothing typed is lost."""

import pytest
import time_machine

from headquarters.upkeep.points import all_points, kinds_of
from kpi.models import Definition, Indicator
from measures.actions import settle
from measures.models import BasicPolicy, OpenPoint
from roadmap.models import Step
from tests.browsing import forms_in
from tests.pages import page_text
from tests.people import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
URL = "/plan/checks/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


@pytest.fixture
def colleague(soumu):
    return make_user("kinoshita", "木下 二郎", "secretariat", soumu)


def points(field, kind="indicator"):
    return OpenPoint.objects.filter(subject_type__model=kind, field=field).order_by("order")


def of_kind(field, kind="indicator", show="open"):
    return f"{URL}?kind={kind}.{field}&show={show}"


def page_of(client, field, kind="indicator"):
    """What the page of a kind would send as it stands."""
    return client.filled(of_kind(field, kind), of_kind(field, kind))


def press(client, field, kind="indicator", sent=None, **typed):
    """Press the button of a kind's page, with what was typed into it."""
    sent = page_of(client, field, kind) if sent is None else sent
    return client.post(of_kind(field, kind), {**sent, **typed}, bare=True)


def test_open_ones_by_kind_with_counts_that_follow(secretariat, sign_in):
    client = sign_in(secretariat)
    page = client.get(URL)
    assert [len(kind.open) for kind, _ in page.context["kinds"]] == [
        len(kind.open) for kind in kinds_of(all_points())
    ]
    assert len(page.content) < 90_000
    assert page.content.decode().count("<button") < 20
    press(client, "frequency")
    page = client.get(URL)
    kinds = {kind.key: count for kind, count in page.context["kinds"]}
    assert "indicator.frequency" not in kinds
    assert kinds["indicator.unit"] == 23
    assert "23</b>／212件" in page.content.decode()
    settled = client.get(of_kind("frequency", show="settled"))
    assert page_text(settled).count("要確認に戻す") == 23
    everything = client.get(f"{URL}?show=all").context["kinds"]
    assert sum(count for _, count in everything) == 212


def test_the_queries_do_not_grow_with_the_points(
    secretariat, sign_in, django_assert_max_num_queries
):
    client = sign_in(secretariat)
    client.get(URL)
    for name in ("frequency", "formula_text"):
        with django_assert_max_num_queries(12):
            client.get(of_kind(name))


def test_all_of_a_kind_are_settled_as_they_stand(secretariat, sign_in):
    client = sign_in(secretariat)
    assert "23件とも仮の値のとおり確認済にする" in page_text(client.get(of_kind("frequency")))
    answer = press(client, "frequency")
    assert answer.status_code == 302
    assert "indicator.formula_text" in answer["Location"]
    assert "「測定頻度」の23件を確認済にしました。" in page_text(client.get(answer["Location"]))
    assert not points("frequency").unsettled().exists()
    assert Definition.objects.count() == 23


def test_what_is_typed_in_ticked_rows_goes_through_the_room(secretariat, sign_in):
    client = sign_in(secretariat)
    first, second = points("formula_text")[:2]
    typed = {f"p{first.pk}-answer": "受付簿の件数", f"p{first.pk}-data_source": "受付簿"}
    answer = press(client, "formula_text", ticked=[first.pk], **typed)
    assert answer.status_code == 302
    assert "indicator.formula_text" in answer["Location"]
    row = Definition.objects.get(indicator=first.subject_id)
    assert (row.formula_text, row.data_source) == ("受付簿の件数", "受付簿")
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.settled_value == "受付簿の件数"
    assert second.settled_at is None


def test_each_refused_row_says_why_and_the_others_are_settled(secretariat, sign_in):
    client = sign_in(secretariat)
    good, bad, unreadable, unticked = points("span", "step")[:4]
    typed = {
        f"p{good.pk}-answer": "2026-10",
        f"p{good.pk}-last_month": "2027-03",
        f"p{bad.pk}-answer": "2027-03",
        f"p{bad.pk}-last_month": "2026-10",
        f"p{unreadable.pk}-answer": "あした",
        f"p{unreadable.pk}-last_month": "2026-10",
        f"p{unticked.pk}-answer": "2026-05",
    }
    answer = press(client, "span", "step", ticked=[good.pk, bad.pk, unreadable.pk], **typed)
    assert answer.status_code == 422
    text = page_text(answer)
    assert "「工程の期間」の1件を確認済にしました" in text
    assert "ほかの行は確認済にしました。次の行はまだです" in text
    assert f"{bad.subject_label} " in text
    assert "終了月は開始月以後" in text
    assert "開始月「あした」：" in text
    assert f"{unticked.subject_label} 入力した行に印がありません" in text
    for value in ("2027-03", "あした", "2026-05"):
        assert f'value="{value}"' in answer.content.decode()
    assert f'id="p{good.pk}"' not in answer.content.decode()
    assert Step.objects.get(pk=good.subject_id).first_month.isoformat() == "2026-10-01"
    again = forms_in(answer, of_kind("span", "step"), of_kind("span", "step"))
    sent = next(form.sent for form in again if "ticked" in form.sent)
    assert {*map(int, sent["ticked"])} == {bad.pk, unreadable.pk}


def test_a_press_without_a_tick_says_so_and_keeps_what_was_typed(secretariat, sign_in):
    client = sign_in(secretariat)
    assert "印を付けた行がありません" in page_text(press(client, "formula_text"))
    row = points("formula_text").first()
    answer = press(client, "formula_text", **{f"p{row.pk}-answer": "台帳の件数"})
    assert answer.status_code == 422
    assert "入力した行に印がありません" in page_text(answer)
    assert "台帳の件数" in answer.content.decode()
    assert not points("formula_text").exclude(settled_at=None).exists()


def test_two_settle_the_same_points_alike(secretariat, colleague, sign_in):
    client = sign_in(secretariat)
    opened = page_of(client, "frequency")
    press(sign_in(colleague), "frequency")
    answer = press(sign_in(secretariat), "frequency", sent=opened)
    assert answer.status_code == 302
    told = page_text(client.get(answer["Location"]))
    assert "23件は、木下 二郎さんが同じ内容で確認済にしていました。" in told
    assert points("frequency").first().settled_by == colleague


def test_two_settle_the_same_point_otherwise(secretariat, colleague, sign_in):
    client = sign_in(secretariat)
    row, other = points("target", "basicpolicy")[:2]
    opened = page_of(client, "target", "basicpolicy")
    theirs = {f"p{row.pk}-answer": "municipality"}
    press(sign_in(colleague), "target", "basicpolicy", ticked=[row.pk], **theirs)
    mine = {f"p{row.pk}-answer": "community", "ticked": [row.pk, other.pk]}
    answer = press(sign_in(secretariat), "target", "basicpolicy", sent=opened, **mine)
    assert answer.status_code == 409
    assert "木下 二郎さんが" in page_text(answer)
    assert BasicPolicy.objects.get(pk=row.subject_id).target == "municipality"
    other.refresh_from_db()
    assert other.settled_by == secretariat
    again = forms_in(answer, of_kind("target", "basicpolicy"), of_kind("target", "basicpolicy"))
    sent = next(form.sent for form in again if "ticked" in form.sent)
    assert press(client, "target", "basicpolicy", sent=sent).status_code == 302
    assert BasicPolicy.objects.get(pk=row.subject_id).target == "community"


def test_one_field_settled_keeps_what_another_changed_in_between(secretariat, colleague, sign_in):
    """The units are settled from a page that was drawn before the frequency was changed."""
    client = sign_in(secretariat)
    opened = page_of(client, "unit")
    row = points("frequency").first()
    typed = {f"p{row.pk}-answer": "yearly", f"p{row.pk}-due_month": "7"}
    press(sign_in(colleague), "frequency", ticked=[row.pk], **typed)
    assert press(sign_in(secretariat), "unit", sent=opened).status_code == 302
    newest = Indicator.objects.get(pk=row.subject_id).definitions.latest("from_month", "version")
    assert (newest.frequency, newest.due_month) == ("yearly", 7)


@pytest.mark.parametrize(
    ("kind", "field", "address"),
    [
        ("measure", "lead_department", "/measures/leads/"),
        ("plan", "bands", "/plan/settings/?kind=grades#edit"),
        ("plan", "deadlines", "/plan/settings/?kind=deadline#edit"),
        ("indicator", "targets", "/kpis/targets/"),
    ],
)
def test_what_has_a_form_of_its_own_is_settled_there(secretariat, sign_in, kind, field, address):
    client = sign_in(secretariat)
    page = client.get(of_kind(field, kind))
    assert f'href="{address}"' in page.content.decode()
    assert 'name="ticked"' not in page.content.decode()
    row = points(field, kind).first()
    answer = client.post(of_kind(field, kind), {"ticked": [row.pk]}, bare=True)
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.settled_at is None


def test_who_may_not_settle_reads_without_boxes(head, viewer, sign_in):
    for person in (head, viewer):
        client = sign_in(person)
        page = client.get(of_kind("frequency"))
        assert page.status_code == 200
        assert 'name="ticked"' not in page.content.decode()
        row = points("frequency").first()
        assert client.post(URL, {"ticked": [row.pk]}, bare=True).status_code == 403
        assert client.get(f"{URL}{row.pk}/").status_code == 403


@pytest.mark.parametrize(
    "asked", ["?kind=x.y", "?show=x", "?kind=", "?kind=indicator.unit&show=settled"]
)
def test_an_address_that_names_nothing_shows_a_page(secretariat, sign_in, asked):
    assert sign_in(secretariat).get(URL + asked).status_code == 200


def test_all_settled(secretariat, sign_in):
    for row in OpenPoint.objects.all():
        settle(by=secretariat, point=row, answer="確かめた")
    client = sign_in(secretariat)
    assert "未確認はありません" in page_text(client.get(URL))
    assert "すべて確認済" in page_text(client.get(of_kind("unit")))
