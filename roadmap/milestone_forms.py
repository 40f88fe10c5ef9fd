"""The one form of a milestone's update, and the one for several at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.japanese.fields import JapaneseDateField
from foundation.records.choosing import SeveralField
from foundation.records.forms import SeesVersion
from roadmap.actions import Update
from roadmap.answers import (
    REASON_LIMIT,
    DayRead,
    Given,
    Offer,
    offers,
    standing_answer,
    standing_state,
    update_of,
    whole_reason,
    why_not_on_track,
)
from roadmap.choices import OPEN, Answer, Cause, MilestoneState
from roadmap.models import Milestone
from roadmap.reading import MilestoneView

CHOOSE = "どうなりましたか。4つから1つ選んでください。まだ何も変わっていません。"
NO_DAY = "新しい見込日を入力してください。まだ何も変わっていません。"
MINE, THEIRS = "mine", "theirs"


class MilestoneForm(SeesVersion, forms.Form):
    """An answer, the day that goes with it, a reason when the rules ask for one.

    A post without `answer` says the state itself (how a script or an older page speaks).
    `seen_version`: see `SeesVersion`. `keep`: whose text is kept after a conflict.
    """

    item: MilestoneView

    answer = forms.ChoiceField(
        label="どうなりましたか", choices=Answer, required=False, widget=forms.RadioSelect
    )
    state = forms.ChoiceField(
        label="いまの状態", choices=MilestoneState, required=False, widget=forms.RadioSelect
    )
    forecast_on = JapaneseDateField(label="新しい見込日", required=False)
    completed_on = JapaneseDateField(label="完了した日", required=False)
    cause = forms.ChoiceField(
        label="理由の種類", choices=Cause, required=False, widget=forms.RadioSelect
    )
    reason = forms.CharField(label="理由", required=False, max_length=REASON_LIMIT)
    comment = forms.CharField(label="ひとこと", required=False, max_length=1000)
    keep = forms.ChoiceField(
        required=False, choices=[(MINE, "あなた"), (THEIRS, "先の人")], widget=forms.HiddenInput
    )
    stay = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @classmethod
    def for_item(
        cls, item: MilestoneView, data=None, *, version: int, answer: str = ""
    ) -> "MilestoneForm":
        """The form filled with what is stored now. `answer`: the one asked for by a link."""
        asked = answer if answer in Answer.values else standing_answer(item)
        initial = {
            "answer": asked,
            "state": standing_state(item),
            "forecast_on": item.facts.forecast_on,
            "completed_on": item.facts.completed_on or item.on,
        }
        form = cls(
            data,
            initial=initial,
            version=version,
            auto_id=f"m{item.row.pk}-%s",
        )
        form.item = item
        forecast = form.fields["forecast_on"]
        assert isinstance(forecast, JapaneseDateField)
        forecast.near = item.facts.forecast_on or item.facts.approved_on
        return form

    def clean(self):
        """An answer is chosen, can be true, and has the day it needs."""
        cleaned = super().clean()
        answer = self.cleaned_data.get("answer")
        if not answer and "answer" not in self.errors:
            self._need_a_choice()
        elif answer == Answer.ON_TRACK and why_not_on_track(self.item):
            why = why_not_on_track(self.item)
            self.add_error("answer", f"{why}「完了した」か「期日が変わる」を選んでください。")
        elif answer == Answer.MOVES and not self._has_day():
            self.add_error("forecast_on", NO_DAY)
        self._forgive_other_answers(answer)
        self._check_length()
        return cleaned

    def _need_a_choice(self) -> None:
        """Neither an answer nor, from a page without answers, a state."""
        if "answer" in self.data or not (self.data.get("state") or "state" in self.errors):
            self.add_error("answer", CHOOSE)

    def _has_day(self) -> bool:
        return bool(self.cleaned_data.get("forecast_on")) or "forecast_on" in self.errors

    def _forgive_other_answers(self, answer: str | None) -> None:
        """What is typed in a box that does not belong to the answer is not looked at."""
        unasked = {
            Answer.ON_TRACK: ("forecast_on", "completed_on"),
            Answer.DONE: ("forecast_on", "reason"),
            Answer.MOVES: ("completed_on",),
            Answer.CANCELLED: ("forecast_on", "completed_on"),
        }
        for name in unasked.get(Answer(answer), ()) if answer else ():
            self.errors.pop(name, None)

    def _check_length(self) -> None:
        whole = whole_reason(
            self.cleaned_data.get("cause", ""), self.cleaned_data.get("reason", "")
        )
        if len(whole) > REASON_LIMIT:
            over = len(whole) - REASON_LIMIT
            self.add_error("reason", ValidationError(f"理由が{over}字長すぎます。"))

    @property
    def as_update(self) -> Update:
        """The cleaned input as the action takes it."""
        given = self.cleaned_data
        if given["answer"]:
            return update_of(self._given, self.item)
        return Update(
            **{name: given[name] for name in Update.__dataclass_fields__},
        )

    @property
    def _given(self) -> Given:
        typed = {name: self.cleaned_data.get(name) for name in Given.__dataclass_fields__}
        return Given(**{name: value for name, value in typed.items() if value})

    @property
    def keeps_theirs(self) -> bool:
        """After a conflict: what the other person saved is to stay."""
        return self.data.get("keep") == THEIRS

    # What the page shows.

    @property
    def offers(self) -> list[Offer]:
        """The four answers."""
        return offers(self.item)

    @property
    def chosen(self) -> str:
        """The answer that is chosen on the page."""
        return self["answer"].value() or ""

    @property
    def first_focus(self) -> str:
        """The answer on which the cursor stands first: the chosen one, else the first possible."""
        possible = [offer.answer for offer in self.offers if offer.possible]
        return self.chosen if self.chosen in possible else possible[0]

    @property
    def open_states(self) -> list[MilestoneState]:
        """What an open milestone may be said to be."""
        return list(OPEN)

    def _read(self, name: str) -> DayRead:
        """What is read in a box now: what was typed, else what is stored."""
        if name in self.errors:
            return DayRead()
        day: date | None = (
            self.cleaned_data.get(name)
            if self.is_bound
            else self.get_initial_for_field(self.fields[name], name)
        )
        return DayRead.of(day, self.item.facts.approved_on)

    @property
    def forecast_read(self) -> DayRead:
        """What is read in the box of the forecast."""
        return self._read("forecast_on")

    @property
    def completed_read(self) -> DayRead:
        """What is read in the box of the completion."""
        return self._read("completed_on")


@dataclass(frozen=True)
class Outcome:
    """What became of one of several. `keeps_tick`: it waits for another try."""

    key: int
    name: str
    saved: bool = False
    sentence: str = ""
    keeps_tick: bool = False


class BulkForm(forms.Form):
    """Several milestones in one go: 予定どおり, 実施中, or 完了 on a day."""

    data: Any  # the posted fields: a QueryDict, once the form is bound

    state = forms.ChoiceField(
        label="状態",
        choices=[
            (Answer.ON_TRACK, "予定どおり"),
            (MilestoneState.IN_PROGRESS, "着手した（実施中）"),
            (MilestoneState.COMPLETED, "完了した"),
        ],
    )
    completed_on = JapaneseDateField(label="完了日", required=False)
    pick = SeveralField(
        Milestone.objects.select_related("step"),
        label="更新するもの",
        error_messages={"required": "更新するマイルストーンを選んでください。"},
    )

    @property
    def ticked(self) -> list[str]:
        """The ticks as they stand."""
        return list(self["pick"].value() or ())

    def keep_ticks(self, outcomes: Iterable[Outcome]) -> None:
        """After a try only those stay ticked that wait for another."""
        if outcomes:
            kept = [str(each.key) for each in outcomes if each.keeps_tick]
            self.data = self.data.copy()
            self.data.setlist("pick", kept)

    def update_of(self, item: MilestoneView) -> Update:
        """What the choice means for one of them."""
        state = self.cleaned_data["state"]
        if state == Answer.ON_TRACK:
            return update_of(Given(Answer.ON_TRACK), item)
        done = state == MilestoneState.COMPLETED
        completed_on = self.cleaned_data["completed_on"] if done else None
        return Update(
            state,
            item.facts.forecast_on,
            completed_on,
        )

    def refusal_of(self, item: MilestoneView) -> str:
        """Why the choice cannot be true of one of them; empty where it can."""
        if self.cleaned_data["state"] != Answer.ON_TRACK:
            return ""
        return why_not_on_track(item)
