"""What a screen reader comes to, in which order: the four jobs in Chromium's accessibility tree."""

import pytest
import time_machine

from roadmap.models import Milestone

pytestmark = pytest.mark.pure
MONTH = "2026-10"
PASSED_BY = {"generic", "none", "StaticText", "InlineTextBox", "LineBreak", "paragraph"}


def heard(page) -> list[str]:
    """「role name」 of everything that has a name, in the order in which it is read."""
    line = page.context.new_cdp_session(page)
    found = line.send("Accessibility.getFullAXTree")["nodes"]
    nodes, said = {each["nodeId"]: each for each in found}, []
    waiting = [found[0]]
    while waiting:
        node = waiting.pop()
        name = node.get("name", {}).get("value", "")
        role = node.get("role", {}).get("value", "")
        if name and not node["ignored"] and role not in PASSED_BY:
            said.append(f"{role} {name}")
        below = [nodes[each] for each in node.get("childIds", ()) if each in nodes]
        waiting += reversed(below)
    return said


def missed(said: list[str], wanted: tuple[str, ...]) -> str:
    """The first of what is wanted that does not come after the one before it; "" when all do."""
    rest = iter(said)
    for part in wanted:
        if not any(each.startswith(part) for each in rest):
            return part
    return ""


JOBS = {
    "entry": (
        f"/kpis/entry/{MONTH}/",
        (
            "link 本文へ移動",
            "navigation ",
            "heading 10月分のKPI入力",
            "group 表示する指標",
            "table 令和8年10月分のKPI入力",
            "columnheader 10月分の値",
            "rowheader 1-2 オンライン申請件数",
            "textbox 1-2 オンライン申請件数 10月分の値",
            "combobox 1-2 区分・値なしの理由",
            "textbox 1-2 コメント",
            "rowheader 1-3 ",
            "link 提出",
        ),
    ),
    "milestone": (
        "/roadmap/milestones/MILESTONE/",
        (
            "heading eL-QRの運用開始",
            "heading いまの日付",
            "heading どうなりましたか",
            "group どうなりましたか",
            "radio 予定どおり",
            "radio 完了した",
            "radio 期日が変わる",
            "radio 中止",
            "textbox ひとこと",
            "button 保存する",
            "table 更新の記録",
        ),
    ),
    "dashboard": (
        f"/dashboard/?at={MONTH}",
        (
            "heading 令和8年度（2026年度）進捗状況の総括",
            "link 月次報告（Excel）",
            "region 要点",
            "table 個別施策ごとの評価",
            "columnheader 理由",
            "rowheader 1 行政手続きオンライン化",
            "heading 注目していただきたい点",
            "table 注目していただきたい点",
            "figure 評価区分の件数（各月末）",
            "heading 評価区分の件数（各月末）",
            "image 評価区分の件数",
            "DisclosureTriangle 表で見る",
            "figure 達成率の分布",
            "image 達成率の分布",
            "DisclosureTriangle 表で見る",
        ),
    ),
    "report": (
        "/reports/",
        (
            "heading 月次報告",
            "table 月ごとの報告書",
            "rowheader 令和8年10月",
            "link 速報（Excel） （令和8年10月）",
            "rowheader 令和8年9月",
            "link 第1版（Excel） （令和8年9月）",
        ),
    ),
}


BY = {  # who does it
    "jimukyoku": ("entry", "milestone", "dashboard", "report"),
    "kikaku-kacho": ("entry", "dashboard"),
    "kikaku-tanto": ("entry",),
    "zeimu-kacho": ("milestone", "report"),
    "honbu": ("dashboard", "report"),
    "etsuran": ("dashboard", "report"),
}


@pytest.mark.parametrize("who", BY)
def test_the_four_jobs_are_read_in_their_order(who, visitor):
    with time_machine.travel("2026-11-06 01:00+00:00", tick=True):
        person = visitor()
        person.come_as(who)
        pk = Milestone.objects.get(name="eL-QRの運用開始").pk
        for job in BY[who]:
            path, wanted = JOBS[job]
            person.open(path.replace("MILESTONE", str(pk)))
            said = heard(person.page)
            assert not missed(said, wanted), f"{job}: {missed(said, wanted)}\n" + "\n".join(said)
