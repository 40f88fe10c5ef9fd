"""引継ぎ（人事異動）: what is open per department and post, printable.

Moving people on a day. Nothing is orphaned.
"""

from dataclasses import dataclass, field

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
from headquarters.organisation.carried import carried
from headquarters.organisation.models import ActionItem
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.models import Review
from kpi import reading as kpi_reading
from kpi.choices import WITH_DEPARTMENT
from kpi.months import MonthState
from kpi.submissions import standings
from measures.labels import call_then
from measures.models import Measure, Plan
from measures.querysets import UNDECIDED
from roadmap import reading as roadmap_reading


@dataclass(frozen=True)
class OpenItem:
    """Something open, or carried on. `kind`: 入力, 提出, 節目, PDCA, 指示事項, 名簿, チーム, 事業;
    `url`: where it is done.
    """

    kind: str
    text: str
    url: str


@dataclass
class Place:
    """One department (None: 所管課未定): who holds which post, and what is open there."""

    department: Department | None
    posts: list[Membership] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    open: list[OpenItem] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The department's name."""
        return self.department.name if self.department else UNDECIDED

    @property
    def holders(self) -> str:
        """Posts and who holds them, in one line."""
        return "、".join(membership.holder for membership in self.posts)

    @property
    def without_person(self) -> bool:
        """Duties, but nobody holds a post here."""
        return bool(self.open or self.measures) and not self.posts


def places(on) -> list[Place]:
    """All departments with their posts, measures and everything open, as of today.

    About fifteen queries.
    """
    plan = Plan.objects.current()
    found: dict[int | None, Place] = {
        row.pk: Place(row) for row in Department.objects.on(on).order_by("sort_order", "code")
    }
    found[None] = Place(None)
    for row in Membership.objects.on(on).filter(user__is_active=True).select_related("user"):
        if row.department_id in found:
            found[row.department_id].posts.append(row)
    for measure in Measure.objects.on(on):
        place = found.get(measure.lead_id, found[None])
        place.measures.append(call_then(measure, measure))
    if plan:
        _values(found, plan.months.collected(on), on)
    _milestones(found, on)
    for review in Review.objects.full().asked():
        if review.state == ReviewState.DRAFT:
            url = reverse("reviews:cycle", args=[review.cycle.code])
            text = f"{review}（差戻し）" if review.returned_because else str(review)
            found.get(review.lead_id, found[None]).open.append(OpenItem("PDCA", text, url))
    for item in ActionItem.objects.carried():
        found.get(item.department_id, found[None]).open.append(
            OpenItem(
                "指示事項",
                f"{item.text}（{item.get_state_display()}）",
                reverse("organisation:action_item", args=[item.pk]),
            )
        )
    _carried(found, on)
    return [place for place in found.values() if place.department or place.open or place.measures]


def _values(found, month, on):
    state = MonthState.load(month)
    for row in standings(kpi_reading.load(month, on=on), state, None, state.returns):
        place = found.get(row.department.pk if row.department else None, found[None])
        url = reverse("kpi:entry", args=[month])
        place.open += [
            OpenItem("入力", f"{month_name(month)}分：{text}", url) for text in row.lacks
        ]
        if row.state in WITH_DEPARTMENT:
            place.open.append(OpenItem("提出", f"{month_name(month)}分：{row.label}", url))


def _carried(found, on):
    """Posts of the headquarters, project teams and DX関連事業: they go on with the department."""
    for department, items in carried(on).items():
        place = found.get(department, found[None])
        place.open += [OpenItem(item.kind, item.text, item.url) for item in items]


def _milestones(found, on):
    for step in roadmap_reading.load(on):
        for item in step.milestones:
            if item.health.needs_attention:
                place = found.get(step.department.pk if step.department else None, found[None])
                edit = reverse("roadmap:milestone_edit", args=[item.row.pk])
                url = f"{edit}?next={reverse('desk:handover')}"
                place.open.append(OpenItem("節目", f"{item.row.name}：{item.health.sentence}", url))


@requires(Permission.SUBMIT_VALUES)
def handover(request):
    """What is open, per department and post.

    The secretariat sees all and moves people; heads see their own.
    """
    today = timezone.localdate()
    rows = places(today)
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

    return answer(request, "desk/handover.html", form, {"places": rows, "may_move": may_move})
