"""What axe sees besides pages that stand by themselves: each state, one by one.

Pages as they are opened are walked in test_jobs.py; what a story comes through is checked there:
held saves (test_held.py), conflicts and what to mend (test_forms.py), the grid's own errors and its
paste (test_entry.py, test_jobs.py), previews of sheets (test_sheets.py), decisions
(test_meetings.py). Here: every other kind of form refused, previews, locked, closed, not found.
"""

from dataclasses import dataclass

import pytest
import time_machine

from tests.browser.order import begins

pytestmark = pytest.mark.pure
NOW = "2026-11-06 01:00+00:00"
SECRETARIAT, HEAD, BOARD, READER = "jimukyoku", "zeimu-kacho", "honbu", "etsuran"
EMPTY = """(button) => {
  const form = button.form;
  form.noValidate = true;
  for (const each of form.querySelectorAll("input:not([type=hidden]), textarea"))
    if (each.matches("[type=checkbox], [type=radio]")) each.checked = false;
    else each.value = "";
}"""
JUNK = """(button) => {
  const form = button.form;
  form.noValidate = true;
  for (const each of form.querySelectorAll("input:not([type=hidden]), textarea"))
    if (!each.matches("[type=checkbox], [type=radio], [type=file]")) each.value = "？ｘ";
}"""


@dataclass(frozen=True)
class State:
    """`press`: the button that leads to it; `given`: what is done to its form before; `shown`: what
    stands there then.
    """

    who: str
    address: str
    press: str = ""
    given: str = ""
    shown: str = "[role=alert]"


REFUSED = {
    "sign-in": State("", "/accounts/login/", "ログイン", JUNK),
    "cycle": State(SECRETARIAT, "/reviews/", "作る", EMPTY),
    "cycle dates": State(SECRETARIAT, "/reviews/2026-mid/", "日付を保存する", JUNK),
    "sheet sent back without a reason": State(
        SECRETARIAT, "/reviews/2026-mid/3/", "所管課へ差し戻す", EMPTY
    ),
    "month sent back without a reason": State(
        SECRETARIAT, "/kpis/months/2026-10/", "差し戻す", EMPTY
    ),
    "due date": State(SECRETARIAT, "/kpis/months/2026-10/", "期限を保存する", JUNK),
    "one value": State(HEAD, "/kpis/entry/2026-10/3-1/", "保存する", JUNK),
    "paste": State(HEAD, "/kpis/entry/2026-10/paste/", "読み取る", EMPTY),
    "forecast": State(HEAD, "/kpis/entry/2026-10/forecasts/", "保存する", JUNK),
    "definitions": State(SECRETARIAT, "/kpis/definitions/", "確かめて保存する", JUNK),
    "definition": State(SECRETARIAT, "/kpis/1-1/definition/", "保存する", EMPTY),
    "targets": State(SECRETARIAT, "/kpis/1-1/targets/", "保存する", JUNK),
    "leads": State(SECRETARIAT, "/measures/leads/", "保存する", JUNK),
    "step": State(SECRETARIAT, "/roadmap/steps/1/", "保存する", EMPTY),
    "sheet without a file": State(
        SECRETARIAT, "/kpis/targets/sheets/", "読み取って確かめる", EMPTY
    ),
    "minutes' item": State(SECRETARIAT, "/meetings/1/edit/", "保存する", JUNK),
    "instruction": State(BOARD, "/meetings/2/", "指示事項を記録する", EMPTY),
    "decision taken back": State(BOARD, "/meetings/decisions/1/withdraw/", "取り消す", EMPTY),
    "answer": State(HEAD, "/meetings/items/2/", "回答する", EMPTY),
    "grade of the headquarters": State(BOARD, "/reviews/2026-mid/2/", "本部評価を記録する", EMPTY),
    "post": State(SECRETARIAT, "/plan/organisation/posts/new/", "名簿に加える", JUNK),
    "team": State(SECRETARIAT, "/plan/organisation/teams/new/", "チームを置く", EMPTY),
    "project": State(HEAD, "/plan/organisation/projects/of/3/new/", "登録する", JUNK),
    "person": State(SECRETARIAT, "/accounts/users/new/", "保存する", EMPTY),
    "people by file": State(SECRETARIAT, "/accounts/users/import/", "内容を確かめる", EMPTY),
    "membership": State(SECRETARIAT, "/accounts/memberships/6/", "保存する", JUNK),
    "department": State(SECRETARIAT, "/accounts/departments/new/", "保存する", EMPTY),
    "password": State(HEAD, "/accounts/password/", "変更する", JUNK),
    "token": State(SECRETARIAT, "/settings/feeds/new/", "発行する", JUNK),
    "settings": State(SECRETARIAT, "/plan/settings/?kind=grades", "このとおり記録する", JUNK),
}
STANDING = {
    "closed month": State(HEAD, "/kpis/entry/2026-09/", shown="main"),
    "another department's rows": State(
        HEAD, "/kpis/entry/2026-10/?show=all&department=", shown=".dx-lock"
    ),
    "a month to come": State(SECRETARIAT, "/kpis/entry/2026-12/", shown="main"),
    "not ready to close": State(SECRETARIAT, "/reports/2026-10/close/", shown="main"),
    "a search without a find": State(READER, "/search/?q=ｘｘｘｘ", shown="main"),
    "a list without a row": State(READER, "/kpis/?grade=D&department=999", shown="main"),
    "not found": State(READER, "/kpis/99-9/", shown="h1"),
    "not allowed": State(READER, "/kpis/intake/", shown="h1"),
    "an unknown viewpoint": State(READER, "/dashboard/?at=2031-01", shown="h1"),
}
PREVIEWS = {
    "definitions": State(
        SECRETARIAT, "/kpis/definitions/", "確かめて保存する", shown=".dx-confirm"
    ),
    "decision with dates": State(
        BOARD, "/meetings/2/", "期日・目標も改める", shown="h1:has-text('決定を記録する')"
    ),
}


def come_to(person, state):
    """Open the page and press, as the state asks."""
    person.open(state.address)
    if state.press:
        button = person.page.locator("button", has_text=state.press).first
        if state.given:
            button.evaluate(state.given)
        button.evaluate("(each) => each.click()")
    person.page.wait_for_selector(f"{state.shown} >> visible=true", timeout=20_000)


HALF = len(REFUSED) // 2


@begins(1)
@pytest.mark.parametrize(
    "states",
    [dict([*REFUSED.items()][:HALF]), dict([*REFUSED.items()][HALF:]), STANDING, PREVIEWS],
    ids=["refused", "refused too", "as is", "before"],
)
def test_no_state_fails_axe(states, visitor):
    people, wrong = {}, {}
    with time_machine.travel(NOW, tick=True):
        for name, state in states.items():
            if state.who not in people:
                people[state.who] = visitor()
                if state.who:
                    people[state.who].come_as(state.who)
            try:
                come_to(people[state.who], state)
                people[state.who].check_what_is_new()
            except Exception as problem:  # every state is tried; all that is wrong is told at once
                wrong[name] = str(problem)[:1500]
    assert not wrong, "\n\n".join(f"{name}: {said}" for name, said in wrong.items())
