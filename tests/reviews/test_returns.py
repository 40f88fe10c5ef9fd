"""A return is announced as 差戻し, to whom the sheet came back, until it is answered; nothing else
is: a sheet that was withdrawn stands where a return puts it, and is none.
"""

import pytest
from django.urls import reverse

from foundation.records.models import HistoryEntry
from headquarters.reviews.models import Review
from headquarters.reviews.states import TRANSITIONS
from tests.pages import page_text
from tests.reviews.writing import fresh, step, write

pytestmark = pytest.mark.django_db
BACK = "第2回の見通しを書き足してください"
CASES = {  # what happened to a sheet → does a return stand?
    "": False,
    "submit": False,
    "submit withdraw": False,
    "submit return": True,
    "submit return submit": False,
    "submit return submit withdraw": False,
    "submit return submit return": True,
    "submit return submit check": False,
    "submit check send_back": True,
    "submit check send_back withdraw": False,
    "submit check send_back return": True,
    "submit check send_back check": False,
    "submit check send_back withdraw submit": False,
    "submit check send_back check grade": False,
}


def live(sheet, head, secretariat, headquarters, names):
    """Write the sheet and lead it along the transitions."""
    write(head, sheet)
    who = {"submit": head, "withdraw": head, "grade": headquarters, "send_back": headquarters}
    for name in names.split():
        step(who.get(name, secretariat), sheet, name, reason=BACK, grade="B")


@pytest.mark.parametrize("names", CASES)
def test_a_return_stands_until_it_is_answered(sheet, head, secretariat, headquarters, names):
    live(sheet, head, secretariat, headquarters, names)
    assert fresh(sheet).returned_because == (BACK if CASES[names] else None)


@pytest.mark.parametrize(
    ("names", "to", "told"),
    [
        ("submit return", "head", f"差し戻されました：{BACK}"),
        ("submit return", "staff", f"差し戻されました：{BACK}"),
        ("submit check send_back", "secretariat", f"本部から差し戻されました：{BACK}"),
    ],
)
def test_it_is_announced_on_the_home_page(
    request, sheet, head, secretariat, headquarters, sign_in, names, to, told
):
    live(sheet, head, secretariat, headquarters, names)
    text = page_text(sign_in(request.getfixturevalue(to)).get("/"))
    assert told in text
    work = text.split("<main")[1]
    marks = ("</svg> 差戻し </span>", '<span class="dx-tag">差戻し</span>', ">差戻し</td>")
    assert any(mark in work for mark in marks)


@pytest.mark.parametrize(
    ("names", "badge", "notices"),
    [("submit return", "差戻し", 1), ("submit check send_back", "本部から差戻し", 1)],
)
def test_it_is_announced_on_sheet_and_lists(
    sheet, head, secretariat, headquarters, sign_in, names, badge, notices
):
    live(sheet, head, secretariat, headquarters, names)
    clerk = sign_in(secretariat)
    page = page_text(clerk.get(fresh(sheet).get_absolute_url()))
    assert page.count("<b>差戻しの理由</b>") == notices
    assert "再提出する" in page or "再確認待ち" in page
    lists = [reverse("reviews:cycle", args=["2026-mid"]), "/measures/1/reviews/"]
    for address in lists:
        assert f"</svg> {badge} </span>" in page_text(clerk.get(address))
    told = [entry.after.get("状態", "") for entry in HistoryEntry.objects.about(sheet)]
    assert any("差戻し" in state for state in told)


def test_an_answered_return_is_kept_but_no_longer_announced(
    sheet, head, secretariat, headquarters, sign_in
):
    live(sheet, head, secretariat, headquarters, "submit return submit withdraw")
    page = page_text(sign_in(head).get(fresh(sheet).get_absolute_url()))
    assert "差戻しの理由" not in page
    assert "これまでの差戻し" in page
    assert BACK in page
    missing = page_text(sign_in(head).get(reverse("reviews:missing", args=["2026-mid"])))
    assert "差戻し" not in missing


def test_who_gives_it_back_reads_that_it_was(sheet, head, secretariat, sign_in):
    live(sheet, head, secretariat, None, "submit")
    url = reverse("reviews:sheet_transition", args=["2026-mid", 1])
    typed = {"transition": "return", "reason": BACK, "seen_version": fresh(sheet).version}
    text = page_text(sign_in(secretariat).post(url, typed, follow=True))
    assert "のシートを所管課へ差し戻しました。" in text


def test_the_buttons_stand_in_the_order_of_the_work():
    """確認 → 評価 → 差戻し, 評価の改め, 取下げ last."""
    forward, back = ["submit", "check", "grade"], ["return", "send_back"]
    assert list(TRANSITIONS) == [*forward, *back, "regrade", "withdraw"]
    for state in Review._meta.get_field("state").choices:
        steps = TRANSITIONS.leaving(state[0])
        assert [row.forward for row in steps] == sorted(
            (row.forward for row in steps), reverse=True
        )
