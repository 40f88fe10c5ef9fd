"""A line of the work list."""

from dataclasses import dataclass
from datetime import date

from kpi.entry.row import EntryRow
from roadmap.answers import on_track_words, why_not_on_track
from roadmap.reading import MilestoneView

ACTS = {  # kind: what its button says
    "入力": "入れる",
    "コメント": "理由を書く",
    "後で確認": "確かめる",
    "差戻し": "直して出す",
    "年度末見込": "入れる",
    "提出": "提出する",
    "確認": "確認する",
    "締め": "確かめる",
    "申請": "許可を決める",
    "訂正": "訂正する",
    "締め直し": "締め直す",
    "節目": "更新する",
    "PDCA": "書いて出す",
    "本部評価": "評価する",
    "指示事項": "回答する",
    "回答": "回答を読む",
    "取込": "確かめる",
    "会議": "記録する",
    "会議録": "確定する",
    "照会": "照会する",
    "終了": "終了する",
    "町の様式": "確かめる",
}
MILESTONE = "節目"
ARRIVED = frozenset({"確認", "申請", "回答", "締め直し"})  # what others have handed to one


@dataclass(frozen=True)
class Task:
    """One line of the work list. `days`: since it was due; `of_month`: is it about a month's
    values; `milestone`: the one to be updated on the spot; `row`: the value to be typed there.
    """

    due_on: date
    kind: str
    text: str
    detail: str
    url: str
    late: bool
    days: int = 0
    of_month: bool = False
    milestone: MilestoneView | None = None
    row: EntryRow | None = None
    button: str = ""

    @property
    def act(self) -> str:
        """What its button says: that of its kind, unless `button` says another."""
        return self.button or ACTS[self.kind]

    @property
    def arrived(self) -> bool:
        """Was it handed to one by others?"""
        return self.kind in ARRIVED

    @property
    def days_words(self) -> str:
        """「期限超過 7日」."""
        return f"期限超過 {self.days}日" if self.days > 0 else "期限超過"

    @property
    def may_go_on(self) -> bool:
        """Can 「予定どおり」 be true of the milestone?"""
        return self.milestone is not None and not why_not_on_track(self.milestone)

    @property
    def on_track_words(self) -> str:
        """「予定どおり」, 「見込どおり」 where it is expected on another day than approved."""
        return on_track_words(self.milestone) if self.milestone else ""

    @property
    def told_today(self) -> str:
        """「予定どおり」 and the like, where that was said of the milestone today."""
        item = self.milestone
        if item is None or item.facts.last_update_on != item.on:
            return ""
        return item.row.comment_then or item.state_label
