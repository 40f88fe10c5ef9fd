"""What the keeper of the sample's plan settled, and the hand-over notes."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from foundation.accounts.permissions import Permission
from foundation.japanese.calendar import wareki_month
from headquarters.sample.story import Event, Story, moment_of
from headquarters.sample.town import START
from kpi.models import Indicator
from measures.actions import settle, write_handover_note
from measures.deciding import Decision, decide
from measures.models import Measure, OpenPoint
from measures.settings_of import SettingKind, Settings


def events(story: Story) -> Iterator[Event]:
    """Open points in the first weeks, notes in the last month."""
    for number, told in enumerate(story.town.data["settled"]):
        at = moment_of(START.replace(day=13), 10, 5 * number)
        yield Event(at, partial(_settle, story, told))
    for number, text in story.town.data["handover"].items():
        at = story.within(story.day(0, 20), 17)
        yield Event(at, partial(_note, story, int(number), text))


def decide_rules(story: Story, at: datetime) -> None:
    """The rules that the sample needs: asked for from April on, with sheets in every quarter."""
    settings = Settings(first_month=START, cycles=("mid", "end", "q1", "q3"))
    said = {
        SettingKind.FIRST_MONTH: (f"{wareki_month(START)}分から", "年度当初から数えるため"),
        SettingKind.CYCLES: ("四半期ごと", "四半期ごとに施策をふりかえるため"),
    }
    for kind, (words, reason) in said.items():
        decision = Decision(
            kind=kind,
            settings=settings,
            from_month=START,
            decided_on=START,
            decided_where="総務課長の承認（見本）",
            reason=reason,
            words=("", words),
        )
        decide(by=story.town.keeper, plan=story.plan, decision=decision, at=at)


def _settle(story: Story, told: dict, at: datetime) -> None:
    subject = (
        Indicator.objects.get(code=told["code"])
        if "code" in told
        else Measure.objects.get(number=told["measure"])
    )
    point = OpenPoint.objects.about(subject).get(field=told["field"])
    settle(by=story.town.keeper, point=point, answer=f"{told['answer']}（見本）", at=at)


def _note(story: Story, number: int, text: str, at: datetime) -> None:
    measure = Measure.objects.with_people().get(number=number)
    write_handover_note(
        by=story.town.acting(measure.lead_department, Permission.WRITE_HANDOVER_NOTES),
        measure=measure,
        text=text,
        at=at,
    )
