"""はじめの設定: the steps of the set-up in their order, what is done, and what is next.

It leads the secretariat's home until everything is settled or the first month has been closed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from foundation.japanese.calendar import add_months, month_name, wareki_date
from headquarters.upkeep.points import all_points
from headquarters.upkeep.setup import SetupItem, setup_list, setup_numbers

WORDS = {  # step → (in the list, as a heading, what it is for)
    "plan": ("計画書の読み込み", "", ""),
    "departments": (
        "課",
        "課を登録する",
        "町の課をExcelの一覧からまとめて登録します。課コードは空けておけます。",
    ),
    "people": (
        "課長・担当者",
        "利用者を登録する",
        "課ごとに値を入力する人と提出する課長を登録します。事務局だけで始めるときは、後にできます。",
    ),
    "leads": (
        "施策の所管課",
        "施策の所管課を決める",
        "指標と工程の入力を、どの課が受け持つかを決めます。決まると、その課のホームに仕事が並びます。",
    ),
    "definitions": (
        "指標の数え方",
        "指標の単位・数え方・頻度を確かめる",
        "計画書に書かれていないことには仮の値が入っています。表で直し、まとめて確定します。",
    ),
    "formulas": (
        "算出方法",
        "指標の算出方法を決める",
        "何をどの資料から数えるかを書きます。担当が代わっても同じ数え方になります。",
    ),
    "targets": (
        "年度目標",
        "年度目標を決める",
        "指標ごとに各年度の目標を入力します。目標のない指標は「評価対象外（目標未設定）」と表示します。",
    ),
    "settings": (
        "計画のきまり",
        "利用開始月と評価区分・提出期限を決める",
        "利用開始月より前の月は入力を求めません。決めるまでは初期値で動きます。",
    ),
    "roadmap": (
        "工程表",
        "工程の期間とマイルストーンを決める",
        "計画書の冊子を見て、読み取れなかった期間と工程を入力します。",
    ),
    "rest": (
        "残りの要確認",
        "残りの要確認を確かめる",
        "計画書で決まっていないことの残りです。仮の値のとおりでよければ、まとめて確認済にできます。",
    ),
    "first_month": ("最初の月", "", "ここまで済めば、毎月の入力・提出・締めが始められます。"),
}
AFTER = (  # step → what can be used once it is done
    ("plan", "計画を読む、施策一覧"),
    ("leads", "課ごとの入力と提出、マイルストーンの更新"),
    ("targets", "評価区分（それまで「－ 評価対象外（目標未設定）」）"),
    ("settings", "最初の月の入力"),
)


@dataclass(frozen=True)
class GuideStep:
    """One step with its lines. `facts`: said of it where it is done."""

    number: int
    key: str
    title: str
    heading: str
    why: str
    items: tuple[SetupItem, ...]
    facts: str = ""

    @property
    def done(self) -> int:
        """How much of it is done."""
        return sum(min(item.done, item.total) for item in self.items)

    @property
    def total(self) -> int:
        """Of how much."""
        lines = self.items
        return sum(line.total for line in lines)

    @property
    def left(self) -> int:
        """How much is left."""
        lines = self.items
        return sum(line.left for line in lines)

    @property
    def is_done(self) -> bool:
        """Is nothing left?"""
        return not self.left

    @property
    def open(self) -> list[SetupItem]:
        """The lines with something left."""
        return [item for item in self.items if item.left]

    @property
    def url(self) -> str:
        """Where one goes on; '' while one cannot."""
        return (self.open or list(self.items))[0].url if self.items else ""


@dataclass(frozen=True)
class FirstMonth:
    """The first month in use as of a day: how many of its values are there, of how many due."""

    month: date
    done: int
    due: int
    on: date

    @property
    def begins_on(self) -> date:
        """From when its values are asked for."""
        return add_months(self.month, 1)

    @property
    def can_be_entered(self) -> bool:
        """Has it ended?"""
        return self.on >= self.begins_on


@dataclass(frozen=True)
class Guide:
    """The steps. `leads`: nothing has been entered, so the home is the guide; `asked`: the step
    that was asked for.
    """

    steps: list[GuideStep]
    leads: bool
    first: FirstMonth
    open_points: int
    asked: str = ""

    @property
    def shown(self) -> GuideStep:
        """The step that was asked for, else the first with something left."""
        left = [step for step in self.steps if not step.is_done]
        asked = [step for step in self.steps if step.key == self.asked and step.heading]
        return (asked or left)[0]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)

    @property
    def later(self) -> str:
        """The step that comes after the one shown and is not done; ''."""
        after = self.steps[self.shown.number :]
        return next((step.key for step in after if not step.is_done), "")

    @property
    def unlocked(self) -> list[dict[str, Any]]:
        """What can be used once which step is done."""
        steps = {step.key: step for step in self.steps}
        return [
            {
                "step": steps[key],
                "after": f"手順{steps[key].number}の後",
                "words": words,
            }
            for key, words in AFTER
        ]


def setup_guide(first: FirstMonth, asked: str = "") -> Guide | None:
    """The guide, or None when nothing is left. `asked`: the step to be shown. Two queries."""
    plan = setup_numbers()
    if plan is None:
        return None
    points = all_points()
    items = [*setup_list(points, plan), _entered(first, plan.values)]
    steps = _steps(
        plan,
        items,
        first,
    )
    if all(step.is_done for step in steps):
        return None
    still = sum(point.settled_at is None for point in points)
    return Guide(steps, not plan.values, first, still, asked)


def _entered(first: FirstMonth, values: int) -> SetupItem:
    """The first month; where another one is collected by now, any value says that it began."""
    done, due = (first.done, first.due) if first.due else (min(1, values), 1)
    url = reverse("kpi:entry", args=[first.month]) if first.can_be_entered else ""
    name = f"{month_name(first.month)}分の値を入力する"
    return SetupItem(name, done, due, url, "first_month")


def _steps(plan, items: Iterable[SetupItem], first: FirstMonth) -> list[GuideStep]:
    facts = {
        "plan": f"{plan.pillars}基本方針・{plan.measures}施策・{plan.indicators}指標",
        "departments": f"{plan.departments}課",
        "people": f"{plan.people}人",
    }
    found = []
    for number, (key, (title, heading, why)) in enumerate(WORDS.items(), 1):
        own = tuple(item for item in items if item.step == key)
        if key == "first_month":
            title, heading = f"最初の月（{month_name(first.month)}）", own[0].label
            if not first.can_be_entered:
                begins = wareki_date(first.begins_on)
                why = f"{month_name(first.month)}が終わった後、{begins}から入力します。"
        found.append(GuideStep(number, key, title, heading, why, own, facts.get(key, "")))
    return found
