"""引継ぎ（人事異動）: what is open per department and post, printable.

As it is today, or as it will be on a day that comes. Moving people on a day. Nothing is orphaned.
"""

from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted, recorded
from foundation.accounts.actions import move_user
from foundation.accounts.forms import MoveForm
from foundation.accounts.models import Department, Membership
from foundation.accounts.permissions import (
    Permission,
    has_permission,
    is_secretariat,
    own_departments,
    requires,
)
from foundation.japanese.calendar import month_name
from foundation.japanese.fields import JapaneseDateField
from headquarters.organisation.carried import CarriedItem, carried
from headquarters.organisation.models import ActionItem
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.models import Review
from kpi import reading as kpi_reading
from kpi.choices import WITH_DEPARTMENT
from kpi.months import MonthState
from kpi.submissions import standings
from measures.models import Measure, Plan
from measures.querysets import UNDECIDED
from measures.standing import measures_on
from roadmap import reading as roadmap_reading
from roadmap.choices import SETTLED


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

    What is open today and is not done by then stays open. About fifteen queries.
    """
    today = today or on
    plan = Plan.objects.current()
    found: dict[int | None, Place] = {
        row.pk: Place(row) for row in Department.objects.on(on).order_by("sort_order", "code")
    }
    found[None] = Place(None)
    _posts(found, on, today)
    for measure in measures_on(on):
        found.get(measure.lead_id, found[None]).measures.append(measure)
    if plan:
        for month in sorted({plan.months.collected(today), plan.months.collected(on)}):
            _values(found, month, on)
    _milestones(found, on)
    _sheets(found)
    _instructions(found)
    for place in found.values():
        place.open.sort(key=lambda item: item.due_on)
    for department, items in carried(on).items():
        found.get(department, found[None]).carried += items
    return [place for place in found.values() if place.department or place.has_duties]


def _posts(found: dict[int | None, Place], on: date, today: date) -> None:
    """Who holds which post on that day, and who does today."""
    for day in dict.fromkeys((on, today)):
        for row in Membership.objects.on(day).filter(user__is_active=True).select_related("user"):
            if row.department_id not in found:
                continue
            if day == on:
                found[row.department_id].posts.append(row)
            if day == today:
                found[row.department_id].posts_today.append(row)


def _sheets(found: dict[int | None, Place]) -> None:
    for review in Review.objects.full().asked():
        if review.state != ReviewState.DRAFT:
            continue
        url = reverse("reviews:cycle", args=[review.cycle.code])
        text = f"{review}（差戻し）" if review.returned_because else str(review)
        place = found.get(review.lead_id, found[None])
        place.open.append(OpenItem("PDCA", text, url, review.cycle.due_on))


def _instructions(found: dict[int | None, Place]) -> None:
    for item in ActionItem.objects.carried():
        text = f"{item.text}（{item.get_state_display()}）"
        url = reverse("organisation:action_item", args=[item.pk])
        place = found.get(item.department_id, found[None])
        place.open.append(OpenItem("指示事項", text, url, item.due_on))


def _values(found: dict[int | None, Place], month: date, on: date) -> None:
    rows = kpi_reading.load(month, on=on, judged=False)
    state = MonthState.load(month, rows)
    if state.locked:
        return
    for row in standings(rows, state, None, state.returns):
        place = found.get(row.department.pk if row.department else None, found[None])
        url, name = reverse("kpi:entry", args=[month]), month_name(month)
        place.open += [
            OpenItem("入力", f"{name}分：{text}", url, state.due_on) for text in row.lacks
        ]
        if row.state in WITH_DEPARTMENT:
            place.open.append(OpenItem("提出", f"{name}分：{row.label}", url, state.due_on))


def _milestones(found: dict[int | None, Place], on: date) -> None:
    """Every open one, not only those that are late."""
    for step in roadmap_reading.load(on):
        place = found.get(step.department.pk if step.department else None, found[None])
        for item in step.milestones:
            if item.facts.state in SETTLED:
                continue
            edit = reverse("roadmap:milestone_edit", args=[item.row.pk])
            url = f"{edit}?next={reverse('desk:handover')}"
            text = f"{step.row.measure.number} {item.row.name}：{item.health.sentence}"
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
    rows = places(day, today)
    if not is_secretariat(request.user):
        own = {row.pk for row in own_departments(request.user)}
        rows = [place for place in rows if place.department and place.department.pk in own]
    may_move = has_permission(request.user, Permission.MANAGE_PEOPLE)
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

    page = {
        "places": rows,
        "may_move": may_move,
        "asked": asked,
        "day": day,
        "later": day > today,
    }
    return answer(request, "desk/handover.html", form, page)
