"""引継ぎ（人事異動）: what is open per department and post, printable.

As it is today, or as it will be on a day that comes. Moving people on a day. Nothing is orphaned.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted, recorded
from foundation.accounts.actions import move_user
from foundation.accounts.forms import MoveForm
from foundation.accounts.models import Department, Membership, User
from foundation.accounts.permissions import (
    Permission,
    has_permission,
    is_secretariat,
    own_departments,
    requires,
)
from foundation.japanese.calendar import month_name
from foundation.japanese.fields import JapaneseDateField
from foundation.records.offered import offer
from headquarters.desk.handover_rows import (
    Asked,
    departments_of,
    holders_of,
    items_of,
    measures_of,
    people_of,
    state_of,
)
from headquarters.organisation.carried import CarriedItem, carried_by
from headquarters.reviews.models import Review
from kpi import reading as kpi_reading
from kpi.choices import WITH_DEPARTMENT
from kpi.submissions import standings
from measures.models import Measure
from measures.querysets import UNDECIDED
from roadmap.choices import SETTLED
from roadmap.reading import milestones_on


@dataclass(frozen=True)
class OpenItem:
    """Something open. `kind`: 入力, 提出, 節目, PDCA, 指示事項; `url`: where it is done."""

    kind: str
    text: str
    url: str
    due_on: date


@dataclass
class Place:
    """One department (None: 所管課未定): who holds which post, and what is open there."""

    department: Department | None
    posts: list[Membership] = field(default_factory=list)
    posts_today: list[Membership] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    open: list[OpenItem] = field(default_factory=list)
    carried: list[CarriedItem] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The department's name."""
        return self.department.name if self.department else UNDECIDED

    @property
    def holders(self) -> str:
        """Posts and who holds them, in one line."""
        return "、".join(membership.holder for membership in self.posts)

    @property
    def holders_today(self) -> str:
        """The same as it is now; empty where nothing changes until then."""
        now = "、".join(membership.holder for membership in self.posts_today)
        return "" if now == self.holders else now or "だれもいません"

    @property
    def has_duties(self) -> bool:
        """Something is open here, or goes on."""
        return bool(self.open or self.measures or self.carried)

    @property
    def without_person(self) -> bool:
        """Duties, but nobody holds a post here."""
        return self.has_duties and not self.posts


def places(on: date, today: date | None = None) -> list[Place]:
    """All departments with their posts, measures and everything open, as they will be on that day.

    What is open today and is not done by then stays open.
    """
    return _handed_over(Asked(on, today or on)).places


@dataclass(frozen=True)
class HandedOver:
    """The places of a hand-over; all departments and, where asked for, everybody who can move."""

    places: list[Place]
    departments: list[Department]
    people: list[User]


def _handed_over(asked: Asked) -> HandedOver:
    """What is handed over. Five queries, two more for a day of another month."""
    on, of_plan = asked.on, measures_of(asked.on)
    months = of_plan.plan.months if of_plan.plan else None
    collected = sorted({months.collected(day) for day in (asked.today, on)}) if months else []
    departments = departments_of(asked, tuple(collected))
    found: dict[int | None, Place] = {
        row.pk: _place(row) for row in departments if row.exists_on(on)
    }
    found[None] = Place(None)
    for measure in of_plan.measures:
        found.get(measure.lead_id, found[None]).measures.append(measure)
    for month in collected:
        _values(found, month, on, departments)
    _milestones(found, on)
    _sheets(found, of_plan.sheets)
    _instructions(found, departments)
    for place in found.values():
        place.open.sort(key=lambda item: item.due_on)
    for row in departments:
        found.get(row.pk, found[None]).carried += carried_by(row)
    return HandedOver(
        [place for place in found.values() if place.department or place.has_duties],
        departments,
        people_of(departments) if asked.people else [],
    )


def _place(row: Any) -> Place:
    """A department with who holds which post on that day, and who does today."""
    return Place(row, holders_of(row.holders_told), holders_of(row.holders_today_told))


def _sheets(found: dict[int | None, Place], sheets: list[Review]) -> None:
    for review in sheets:
        url = reverse("reviews:cycle", args=[review.cycle.code])
        text = f"{review}（差戻し）" if review.returned_because else str(review)
        place = found.get(review.lead_id, found[None])
        place.open.append(OpenItem("PDCA", text, url, review.cycle.due_on))


def _instructions(found: dict[int | None, Place], departments: list[Department]) -> None:
    items = (item for row in departments for item in items_of(row))
    for item in sorted(items, key=lambda item: (item.due_on, item.pk)):
        text = f"{item.text}（{item.get_state_display()}）"
        url = reverse("organisation:action_item", args=[item.pk])
        place = found.get(item.department_id, found[None])
        place.open.append(OpenItem("指示事項", text, url, item.due_on))


def _values(
    found: dict[int | None, Place], month: date, on: date, departments: list[Department]
) -> None:
    rows = kpi_reading.load(month, on=on, judged=False)
    if not rows:
        return
    state = state_of(month, rows, departments)
    if state.locked:
        return
    for row in standings(rows, state, None):
        place = found.get(row.department.pk if row.department else None, found[None])
        url, name = reverse("kpi:entry", args=[month]), month_name(month)
        place.open += [
            OpenItem("入力", f"{name}分：{text}", url, state.due_on) for text in row.lacks
        ]
        if row.state in WITH_DEPARTMENT:
            place.open.append(OpenItem("提出", f"{name}分：{row.label}", url, state.due_on))


def _milestones(found: dict[int | None, Place], on: date) -> None:
    """Every open one, not only those that are late."""
    for placed in milestones_on(on):
        item = placed.view
        if item.facts.state in SETTLED:
            continue
        place = found.get(placed.department.pk if placed.department else None, found[None])
        edit = reverse("roadmap:milestone_edit", args=[item.row.pk])
        url = f"{edit}?next={reverse('desk:handover')}"
        text = f"{placed.measure.number} {item.row.name}：{item.health.sentence}"
        due_on = item.facts.forecast_on or item.facts.approved_on
        place.open.append(OpenItem("節目", text, url, due_on))


class DayForm(forms.Form):
    """As of which day the list is shown: today, or one that comes (`?on=R9.4.1`)."""

    on = JapaneseDateField(label="いつの時点", required=False)

    def __init__(self, data, today: date):
        super().__init__(data)
        self.today = today

    def clean_on(self) -> date:
        """A day that is over is not handed over."""
        day: date = self.cleaned_data["on"] or self.today
        if day < self.today:
            raise forms.ValidationError("今日以後の日を入力してください。")
        return day

    @property
    def day(self) -> date:
        """The day asked for; today where none can be read."""
        day: date = self.cleaned_data["on"] if self.is_valid() else self.today
        return day


@requires(Permission.SUBMIT_VALUES)
def handover(request):
    """What is open, per department and post.

    The secretariat sees all and moves people; heads see their own.
    """
    today = timezone.localdate()
    asked = DayForm(request.GET, today)
    day = asked.day
    may_move = has_permission(request.user, Permission.MANAGE_PEOPLE)
    found = _handed_over(Asked(day, today, people=may_move))
    rows = found.places
    if not is_secretariat(request.user):
        own = {row.pk for row in own_departments(request.user)}
        rows = [place for place in rows if place.department and place.department.pk in own]
    form = MoveForm(data_of(request))
    if posted(request, form, Permission.MANAGE_PEOPLE):
        with errors_on(form):
            now = timezone.now()
            recorded(
                request,
                form,
                lambda: move_user(by=request.user, **form.cleaned_data, at=now),
                f"{form.cleaned_data['user']}さんの異動を登録しました。",
                at=now,
            )
            return redirect("desk:handover")

    offer("user", found.people, [form])
    offer("department", found.departments, [form])
    page = {
        "places": rows,
        "may_move": may_move,
        "asked": asked,
        "day": day,
        "later": day > today,
    }
    return answer(request, "desk/handover.html", form, page)
