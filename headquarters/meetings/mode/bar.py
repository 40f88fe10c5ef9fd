"""The bar under a measure's screen: 本部評価 by the keys 1 to 4, or why it cannot be given now."""

from dataclasses import dataclass

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, has_permission
from headquarters.meetings.models import Meeting
from headquarters.reports.rows import BandRow
from headquarters.reviews.choices import CycleState, ReviewState
from headquarters.reviews.models import Review
from headquarters.reviews.states import TRANSITIONS

WAITS = {ReviewState.SUBMITTED: "事務局の確認待ち"}


@dataclass(frozen=True)
class GradeButton:
    """A grade that can be given. `chosen`: it is the one that was given."""

    key: int
    band: BandRow
    chosen: bool


@dataclass(frozen=True)
class GradeBar:
    """What can be done with the sheet of a measure. `transition`: of the sheet; "" for none now.

    `why`: why not, or what has to come first. `given`: the grade that the headquarters gave.
    """

    sheet: Review | None
    buttons: list[GradeButton]
    transition: str
    why: str

    @property
    def given(self) -> BandRow | None:
        """The headquarters' grade, once given."""
        return next((button.band for button in self.buttons if button.chosen), None)


def bar_of(
    user: User, meeting: Meeting, sheet: Review | None, bands: tuple[BandRow, ...]
) -> GradeBar:
    """The bar of a measure's sheet in a meeting, for this person."""
    given = sheet.headquarters_grade if sheet and sheet.state == ReviewState.GRADED else ""
    buttons = [GradeButton(key, row, row.letter == given) for key, row in enumerate(bands, 1)]
    why = _why_not(meeting, sheet)
    step = None if why or sheet is None else _transition(sheet)
    if step is None or not has_permission(user, step.permission):
        return GradeBar(sheet, buttons, "", why or ("" if given else "未評価"))
    return GradeBar(sheet, buttons, step.name, "")


def _transition(sheet: Review):
    """The transition that gives a grade from where the sheet is."""
    leaving = TRANSITIONS.leaving(sheet.state)
    return next((step for step in leaving if step.grade_needed), None)


def _why_not(meeting: Meeting, sheet: Review | None) -> str:
    if meeting.cycle is None:
        return "評価サイクルのない会議です"
    if sheet is None:
        return "PDCAシートは未提出"
    if sheet.state == ReviewState.GRADED:
        return ""
    if not meeting.is_open or meeting.cycle.state != CycleState.OPEN:
        return "評価の受付は終わりました"
    return WAITS.get(
        ReviewState(sheet.state),
        "",
    )


def may_give_orders(user: User, meeting: Meeting) -> bool:
    """May this person record decisions and instructions in the meeting?"""
    return meeting.is_open and has_permission(user, Permission.DECIDE)
