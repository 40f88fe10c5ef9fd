"""A block from Excel onto the table of targets: looked at first, each cell by its own."""

import pytest
from django.urls import reverse

from kpi.models import Indicator, Target
from kpi.setup.targets import NewTarget, set_target
from measures.models import OpenPoint
from tests.pages import page_text

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
URL = reverse("kpi:target_paste")
PLACE = {"start": "1-1", "cell": "1-1-y2026"}
BLOCK = "３５手続\t40\t45\t50\n1,200\t\t目標なし\t約2"


def stored():
    rows = Target.objects.order_by("indicator__order", "fiscal_year", "version")
    return [(str(row.indicator.code), row.fiscal_year, row.value) for row in rows]


def aim(by, code, year, number):
    indicator = Indicator.objects.get(code=code)
    return set_target(by=by, indicator=indicator, new=NewTarget(year, value=number))


def test_a_block_is_looked_at_and_saved_with_one_decision(sign_in, secretariat):
    client = sign_in(secretariat)
    looked = client.post(URL, PLACE | {"text": BLOCK}, headers={"X-Part": "preview"})
    text = page_text(looked)
    assert looked.status_code == 200 and stored() == []
    assert "7欄を読み取りました" in text and "5欄に入れる" in text
    assert "「約2」" in text and "<html" not in text
    decided = {"decided_on": "R8.4.24", "decided_where": "課長会議", "reason": "推移で確認"}
    done = client.post(URL, PLACE | decided | {"text": BLOCK, "apply": "on"})
    assert done.status_code == 422
    assert "6欄を保存し、1欄を保存していません" in page_text(done)
    assert stored() == [
        *[("1-1", 2026 + place, number) for place, number in enumerate((35, 40, 45, 50))],
        ("1-2", 2026, 1200),
        ("1-2", 2028, None),
    ]
    assert Target.objects.get(fiscal_year=2028, indicator__code="1-2").none
    open_of = OpenPoint.objects.unsettled().filter(field="targets")
    assert open_of.count() == 22  # all four years of 1-1 are settled
    again = client.post(URL, PLACE | {"text": "35\n\n", "apply": "on"})
    assert again.status_code == 302 and len(stored()) == 6


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": ""}, "貼り付ける内容がありません"),
        ({"text": "1\t2\t3\t4\t5"}, "右に4列しかありません"),
        ({"text": "1", "cell": "y1999"}, "欄を選び直してください"),
        ({"text": "1", "decided_on": "春ごろ"}, "日付として読めません"),
    ],
)
def test_what_does_not_fit_is_said_and_kept(sign_in, secretariat, given, said):
    answer = sign_in(secretariat).post(URL, PLACE | given | {"apply": "on"})
    assert answer.status_code == 422 and said in page_text(answer)
    assert given["text"] in answer.content.decode()
    assert given.get("decided_on", "") in answer.content.decode()
    assert stored() == []


def test_a_target_of_somebody_else_is_not_passed_unseen(sign_in, secretariat):
    client = sign_in(secretariat)
    aim(secretariat, "1-1", 2026, 30)
    data = PLACE | {"text": "35", "reason": "見直し", "apply": "on", "1-1-seen2026": "0"}
    answer = client.post(URL, data)
    assert answer.status_code == 422 and "第1版" in page_text(answer)
    assert stored() == [("1-1", 2026, 30)]
    assert client.post(URL, data | {"1-1-seen2026": "1"}).status_code == 302


def test_falling_targets_are_asked_back(sign_in, secretariat):
    client = sign_in(secretariat)
    data = PLACE | {"text": "40\t35", "apply": "on"}
    answer = client.post(URL, data)
    assert answer.status_code == 422 and "目標が下がります" in page_text(answer)
    assert client.post(URL, data | {"confirmed": "on"}).status_code == 302
    assert len(stored()) == 2
