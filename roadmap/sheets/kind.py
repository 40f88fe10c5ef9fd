"""How the milestone sheet comes back: each change is an update of a milestone, through its one
action (`roadmap.actions.update_milestone`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError

from foundation.accounts.models import Department, User
from foundation.accounts.permissions import Permission, has_permission
from foundation.japanese.calendar import wareki_short
from foundation.records.actions import local_day
from foundation.records.conflict import Conflict
from foundation.round_trip import typed
from foundation.round_trip.doors import open_door
from foundation.round_trip.kind import Kept, SheetKind
from foundation.round_trip.read_row import Misread, Typed
from foundation.round_trip.row import RowDifference, Texts
from foundation.round_trip.shown import ShownCell, saved_by
from foundation.sheets.cell import Cell
from measures.models import Plan
from measures.months import PlanMonths
from measures.querysets import UNDECIDED
from roadmap import actions, reading
from roadmap.actions import Update, undoing
from roadmap.answers import REASON_LIMIT
from roadmap.choices import MilestoneState
from roadmap.models import Milestone, MilestoneUpdate
from roadmap.reading import MilestoneView
from roadmap.sheets.columns import COMPLETED, DAYS, ENTRY_COLUMNS, FORECAST, LABELS, REASON, STATE
from roadmap.sheets.rows import texts_of

NOT_YOURS = "{}のマイルストーンです。更新できるのは{}と事務局です。"
NO_STATE = "状態は消せません。一覧から選んでください。"
LATE = "「遅延」は期日からポータルが付けます。状態は一覧から選んでください。"
DAY_GOES = "完了日は消えます"
EMPTY = "空欄"
CHANGED_SINCE = "「{}」：取り込んだ後に更新されているため、残しました。"
NEEDS_REASON = (
    "「{}」：元に戻すと見込日が後ろへ動くか、見直し・中止に戻るため、理由が要ります。"
    "マイルストーンの画面から更新してください。"
)
GONE = "「{}」：工程表にありません。"


@dataclass(frozen=True)
class MilestoneNow:
    """A milestone as it stands now. `lock`: why this person cannot update it, or ""."""

    item: MilestoneView
    department: Department | None
    months: PlanMonths
    lock: str = ""

    @property
    def row(self) -> Milestone:
        """As it is stored."""
        return self.item.row

    @property
    def key(self) -> int:
        """Its id."""
        return self.row.pk

    @property
    def number(self) -> str:
        """Its id, as the file names it."""
        return str(self.row.pk)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.row.name

    @property
    def version(self) -> int:
        """Of the last save."""
        return self.row.version

    @property
    def texts(self) -> Texts:
        """Where it stands; the reason is said of a change."""
        return texts_of(self.row) | {REASON: ""}

    @property
    def last_reason(self) -> str:
        """What its newest update said."""
        return self.row.reason_then or ""


class ShownMilestone(ShownCell):
    """A cell of the milestone sheet on the page."""

    labels = LABELS
    texts = frozenset({REASON})

    @staticmethod
    def in_words(field: str, text: str) -> str:
        """「実施中」「R8.10.1」."""
        if not text:
            return EMPTY
        if field == STATE:
            return str(MilestoneState(text).label)
        if field in DAYS:
            return wareki_short(date.fromisoformat(text))
        return text


class MilestoneSheets(SheetKind[MilestoneNow]):
    """マイルストーン様式."""

    document = "roadmap_milestones"
    title = "マイルストーン様式"
    rows_head = "マイルストーン・項目"
    columns = ENTRY_COLUMNS
    parts = {"standing": (STATE, FORECAST, COMPLETED)}
    riders = frozenset({REASON})
    shown = ShownMilestone
    prefix = "roadmap:milestone_"
    permission = Permission.UPDATE_MILESTONES
    action = "roadmap.intake"
    unknown = "「{}」という番号のマイルストーンは、いまの工程表にありません。"
    twice = "番号{}の行が2つあり、内容が違います。1つだけにしてください。"
    idle = (
        "状態・見込日・完了日のどれも変わらないため、理由は取り込みません。"
        "理由だけを直すときは、マイルストーンの画面で更新します。"
    )
    clearing = "見込日と完了日を消すときは、セルに「クリア」と書きます。"
    confirmed = (
        "1件ずつマイルストーンの更新として記録し、履歴に残します。後でまとめて取り消せます。"
    )
    undoing = (
        "取り消すと、取り込む前の状態・見込日・完了日に戻す更新を記録します。更新の履歴は追記だけなので、"
        "取り込んだ更新と延期の回数は残ります。戻すのに理由が要るもの（見込日が後ろへ動く、見直し・中止に"
        "戻る）と、取り込んだ後に更新されたものは戻さず、名前を示します。"
    )

    def number_of(self, cell: Cell) -> str:
        """「12」, also where a program has made 12.0 or 「１２」 of it."""
        number = typed.word_of(cell).strip()
        return number.removesuffix(".0")

    def standing(self, user: User, *, at: datetime) -> dict[int, MilestoneNow]:
        """{id: its row}: those of the roadmap of today."""
        months = Plan.objects.current().months
        found = {}
        for step in reading.load(local_day(at)):
            lock = _lock(user, step.department)
            for item in step.milestones:
                found[item.row.pk] = MilestoneNow(
                    item,
                    step.department,
                    months,
                    lock,
                )
        return found

    def read(self, cell: Cell, now: MilestoneNow, field: str) -> Typed | None:
        """What a cell says."""
        clears = typed.clears(cell)
        if field == STATE:
            return _state(cell, now, clears)
        if clears:
            return Typed(field, "", "消去します")
        if field == REASON:
            return Typed(field, typed.text_of(cell, LABELS[REASON], REASON_LIMIT))
        facts = now.item.facts
        day, how = typed.day_of(cell, facts.forecast_on or facts.approved_on)
        return Typed(field, day.isoformat(), how)

    def settled(self, now: MilestoneNow, seen: Texts, changes: Texts) -> Texts:
        """What is taken out of 完了 has no 完了日 any more."""
        found = {**seen, **changes}
        reopened = seen[STATE] == MilestoneState.COMPLETED != found[STATE]
        if reopened and COMPLETED not in changes:
            found[COMPLETED] = ""
        return found

    def is_said(self, now: MilestoneNow, field: str, text: str) -> bool:
        """Is the reason that of the newest update?"""
        return text == now.last_reason

    def problems(self, row: RowDifference[MilestoneNow], *, at: datetime) -> dict[str, str]:
        """What the action would refuse."""
        now = row.now
        assert now is not None
        update = _update(row, row.texts(row.with_the_file))
        postponed = actions.is_postponed(now.row, update.forecast_on, now.item.facts.approved_on)
        try:
            actions.check_update(update, postponed, local_day(at), now.months)
        except ValidationError as error:
            return {name: texts[0] for name, texts in error.message_dict.items()}
        return {}

    def in_words(self, now: MilestoneNow, part: str, texts: Texts) -> str:
        """「実施中　見込 R8.10.1」."""
        said = [ShownMilestone.in_words(STATE, texts[STATE])]
        if texts[COMPLETED]:
            said.append(f"完了 {ShownMilestone.in_words(COMPLETED, texts[COMPLETED])}")
        elif texts[FORECAST]:
            said.append(f"見込 {ShownMilestone.in_words(FORECAST, texts[FORECAST])}")
        return "　".join(said)

    def who(self, rows: Iterable[MilestoneNow]) -> dict[int, str]:
        """Who made the newest update of each, and when."""
        keys = [row.key for row in rows]
        updates = MilestoneUpdate.objects.filter(milestone__in=keys).select_related("by")
        newest = {update.milestone_id: update for update in updates.order_by("id")}
        return {
            key: saved_by(update.by.display_name if update.by else "", update.at)
            for key, update in newest.items()
        }

    def save(
        self,
        row: RowDifference[MilestoneNow],
        texts: Texts,
        *,
        by: User,
        note: str,
        on: date,
        at: datetime,
    ) -> list[Kept]:
        """Update the milestone; the batch keeps it with its version."""
        now = row.now
        assert now is not None
        update = replace(_update(row, texts), comment=note)
        actions.update_milestone(
            by=by,
            milestone=now.row,
            seen_version=now.version,
            update=update,
            on=on,
            at=at,
        )
        version = Milestone.objects.values_list("version", flat=True).get(pk=now.key)
        return [{"milestone": now.key, "version": version}]

    def put_back(self, kept: Kept, *, by: User, note: str, on: date, at: datetime) -> str:
        """Go back to where it stood before, by another update."""
        row = Milestone.objects.filter(pk=kept["milestone"]).first()
        if row is None:
            return GONE.format(kept["milestone"])
        newest = row.updates.order_by("-id").first()
        if row.version != kept["version"] or newest is None:
            return CHANGED_SINCE.format(row.name)
        back = undoing(newest)
        if back is None:
            return NEEDS_REASON.format(row.name)
        try:
            actions.update_milestone(
                by=by,
                milestone=row,
                seen_version=row.version,
                update=replace(back, comment=note),
                on=on,
                at=at,
            )
        except ValidationError as error:
            return f"「{row.name}」：{error.messages[0]}"
        except Conflict as conflict:
            return f"「{row.name}」：{conflict.sentence}"
        return ""


def _lock(user: User, department: Department | None) -> str:
    if has_permission(
        user,
        Permission.UPDATE_MILESTONES,
        department=department,
    ):
        return ""
    name = department.name if department else UNDECIDED
    return NOT_YOURS.format(name, name)


def _state(cell: Cell, now: MilestoneNow, clears: bool) -> Typed:
    """A state that was chosen; 遅延 is none."""
    if clears:
        raise Misread(NO_STATE)
    if typed.word_of(cell) == "遅延":
        raise Misread(LATE)
    code = typed.choice_of(
        cell,
        MilestoneState,
        LABELS[STATE],
    )
    reopens = now.row.state == MilestoneState.COMPLETED != code
    return Typed(STATE, code, DAY_GOES if reopens else "")


def _update(row: RowDifference[MilestoneNow], texts: Texts) -> Update:
    """What the file says of a milestone, as its action takes it."""
    return Update(
        state=texts[STATE],
        forecast_on=_day(texts[FORECAST]),
        completed_on=_day(texts[COMPLETED]),
        reason=row.riders.get(REASON, ""),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


MILESTONES = MilestoneSheets()
open_door(MILESTONES.document, MILESTONES.title, "roadmap:milestone_sheets", MILESTONES.permission)
