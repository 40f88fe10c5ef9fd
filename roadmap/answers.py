"""What a milestone's form asks, and what an answer means for where the milestone stands.

Pure over `MilestoneView`s: no query, no clock. Form, row, one-click button and bulk all ask here.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from foundation.japanese.calendar import WEEKDAYS, date_with_weekday, wareki_date, wareki_short
from foundation.japanese.numbers import format_signed
from roadmap.actions import Update
from roadmap.choices import SETTLED, Answer, Cause, MilestoneState
from roadmap.reading import MilestoneView
from roadmap.schedule import MilestoneFacts, health

AS_PLANNED, AS_EXPECTED = "予定どおり", "見込どおり"
REASON_LIMIT = 300


@dataclass(frozen=True)
class Offer:
    """One answer as a button: what stands under it, and whether it can be given."""

    answer: str
    label: str
    hint: str
    possible: bool = True


@dataclass(frozen=True)
class Given:
    """What was typed beside an answer."""

    answer: str
    state: str = ""
    forecast_on: date | None = None
    completed_on: date | None = None
    cause: str = ""
    reason: str = ""
    comment: str = ""


def _as_open(item: MilestoneView) -> MilestoneFacts:
    """The facts as if the milestone were still under way."""
    if item.facts.state not in SETTLED:
        return item.facts
    return replace(
        item.facts,
        state=MilestoneState.IN_PROGRESS,
        completed_on=None,
    )


def why_not_on_track(item: MilestoneView) -> str:
    """Why 「予定どおり」 cannot be true any more; empty where it can be."""
    facts = _as_open(item)
    standing = health(facts, item.on)
    if standing.passed and facts.forecast_on:
        return f"見込日（{wareki_short(facts.forecast_on)}）が過ぎています。"
    if standing.late and facts.forecast_on is None:
        return f"期日（{wareki_short(facts.approved_on)}）が過ぎ、見込日がありません。"
    return ""


def _short(day: date, on: date) -> str:
    """「2月26日（金）」, with its year where it is far."""
    near = abs((day - on).days) < 300
    return date_with_weekday(day) if near else wareki_short(day)


def _on_track_hint(item: MilestoneView) -> str:
    why = why_not_on_track(item)
    if why:
        return "見込が過ぎました" if item.facts.forecast_on else "期日が過ぎました"
    day = item.facts.forecast_on or item.facts.approved_on
    return f"{_short(day, item.on).split('（')[0]}のまま"


def offers(item: MilestoneView) -> list[Offer]:
    """The four answers, in the order in which they stand."""
    possible = not why_not_on_track(item)
    hints = {
        Answer.ON_TRACK: _on_track_hint(item),
        Answer.DONE: "完了日を入れる",
        Answer.MOVES: "見込日と理由",
        Answer.CANCELLED: "理由",
    }
    return [
        Offer(answer, answer.label, hint, possible or answer != Answer.ON_TRACK)
        for answer, hint in hints.items()
    ]


def standing_answer(item: MilestoneView) -> str:
    """The answer that says what is stored already; empty where none has been given.

    What is late or moved is asked for its date at once.
    """
    if item.facts.state == MilestoneState.COMPLETED:
        return Answer.DONE
    if item.facts.state == MilestoneState.CANCELLED:
        return Answer.CANCELLED
    moved = item.facts.forecast_on not in (None, item.facts.approved_on)
    return Answer.MOVES if moved or item.health.late else ""


def standing_state(item: MilestoneView) -> str:
    """The open state that an open answer starts from."""
    closed = item.facts.state in SETTLED
    return MilestoneState.IN_PROGRESS if closed else item.facts.state


def whole_reason(cause: str, reason: str) -> str:
    """「業者の都合：入札のやり直し」: the kind before its sentence; a kind alone says nothing."""
    if not reason or cause in ("", Cause.OTHER):
        return reason
    return f"{Cause(cause).label}：{reason}"


def update_of(given: Given, item: MilestoneView) -> Update:
    """Where the milestone stands after an answer. What belongs to another answer is left out."""
    reason = whole_reason(given.cause, given.reason)
    stored = item.facts.forecast_on
    open_state = given.state or standing_state(item)
    if given.answer == Answer.DONE:
        return Update(
            MilestoneState.COMPLETED,
            stored,
            given.completed_on,
            comment=given.comment,
        )
    if given.answer == Answer.CANCELLED:
        return Update(MilestoneState.CANCELLED, stored, None, reason, given.comment)
    if given.answer == Answer.MOVES:
        return Update(open_state, given.forecast_on, None, reason, given.comment)
    return Update(
        open_state,
        stored,
        None,
        reason or _kept_reason(open_state, item),
        given.comment or on_track_words(item),
    )


def _kept_reason(open_state: str, item: MilestoneView) -> str:
    """Why it is 見直し stays with it while it goes as planned."""
    stays = open_state == item.facts.state == MilestoneState.REVISED
    return item.row.state_reason if stays else ""


def on_track_words(item: MilestoneView) -> str:
    """「予定どおり」, or 「見込どおり」 where it is expected on another day than approved."""
    forecast = item.facts.forecast_on
    return AS_PLANNED if forecast in (None, item.facts.approved_on) else AS_EXPECTED


@dataclass(frozen=True)
class DayRead:
    """What is read in the box of a day: the day in words, and its days after the approved one."""

    words: str = ""
    days: int | None = None

    @property
    def slip(self) -> str:
        """「＋12日」; empty without a day."""
        return slip_words(self.days)

    @property
    def late(self) -> bool:
        """Is it after the approved day?"""
        return self.days is not None and self.days > 0

    @classmethod
    def of(cls, day: date | None, approved_on: date) -> "DayRead":
        """Of a day that was read; of none nothing is said."""
        if day is None:
            return cls()
        words = f"{wareki_date(day)}（{WEEKDAYS[day.weekday()]}）"
        return cls(words, (day - approved_on).days)


def slip_words(days: int | None) -> str:
    """「＋12日」「−3日」「±0日」; empty where nothing is known."""
    return "" if days is None else f"{format_signed(Decimal(days))}日"


@dataclass(frozen=True)
class AnswerInWords:
    """One of two answers that met: what it says, in words."""

    head: str
    slip: str
    late: bool
    why: str

    @classmethod
    def of(cls, said: Update, approved_on: date) -> "AnswerInWords":
        """Of an update: its state or day, and the words that came with it."""
        state = MilestoneState(said.state)
        day = said.completed_on or said.forecast_on
        shown = day if state != MilestoneState.CANCELLED else None
        read = DayRead.of(shown, approved_on)
        days = f"　{wareki_short(shown)}（{WEEKDAYS[shown.weekday()]}）" if shown else ""
        why = "　".join(filter(None, (said.reason, said.comment)))
        return cls(f"{state.label}{days}", read.slip, read.late, why)
