"""まとめて異動・退職: several people on one day, seen before it is done: who goes where, what stays
open in the departments that they leave.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted, recorded
from foundation.accounts.models import Department, Membership, Role, User
from foundation.accounts.permissions import Permission, requires
from foundation.accounts.transfers import Transfer, Transferred, transfer_people
from foundation.japanese.fields import JapaneseDateField
from foundation.japanese.ranges import membership_days
from foundation.records.as_shown import Confirms
from foundation.records.choosing import SeveralField
from foundation.records.once import rehearsed
from headquarters.desk.handover import Place, places

MOVE, LEAVE = "move", "leave"
ELSEWHERE = "課のない所属"


@dataclass(frozen=True)
class Preview:
    """What would be done, and the departments that somebody would leave, as they would be then."""

    people: list[Transferred]
    places: list[Place]
    transfer: Transfer
    ends_now: bool  # they have left already: they can sign in no more from now on

    @property
    def said(self) -> list[Any]:
        """What is confirmed: who goes where, and who stays in the departments that they leave.

        How much is open there is not: it changes with every save of anybody.
        """
        people = [
            [str(row.user), [str(each) for each in row.ended], _begun(row)] for row in self.people
        ]
        left = [[place.name, place.holders, place.without_person] for place in self.places]
        return [people, self.transfer.starts_on, self.ends_now, left]


def _begun(row: Transferred) -> list[str]:
    begun = row.begun
    return [str(begun.department), begun.role] if begun else []


class TransferForm(Confirms):
    """Who, what, from which day."""

    people = SeveralField(
        User.objects.none(),
        label="だれが",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "1人以上を選んでください。"},
    )
    act = forms.ChoiceField(
        label="どうなりますか",
        choices=[(MOVE, "別の課へ移る（異動）"), (LEAVE, "所属を終える（退職・派遣など）")],
        widget=forms.RadioSelect,
        error_messages={"required": "どうなるかを選んでください。"},
    )
    department = forms.ModelChoiceField(
        Department.objects.all(),
        label="異動先の課",
        required=False,
        empty_label="選んでください",
        help_text="移るときだけ選びます。",
    )
    role = forms.ChoiceField(
        label="異動先での役割",
        choices=[("", "いまの役割のまま"), *Role.choices],
        required=False,
    )
    starts_on = JapaneseDateField(
        label="いつから",
        help_text="前の所属は、その前日で終わります。3月31日に退職する人は、4月1日です。",
        within=membership_days,
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        rows = list(_belonging(today))
        box = self.fields["people"]
        assert isinstance(box, forms.ModelMultipleChoiceField)
        box.queryset = User.objects.filter(pk__in={row.user_id for row in rows})
        box.choices = _grouped(rows)

    def clean(self):
        """A move leads somewhere."""
        cleaned = super().clean()
        moves = self.cleaned_data.get("act") == MOVE
        if moves and not self.cleaned_data.get("department") and "department" not in self.errors:
            self.add_error(
                "department",
                "異動先の課を選んでください。",
            )
        return cleaned

    @property
    def transfer(self) -> Transfer:
        """What was asked for."""
        given = self.cleaned_data
        if given["act"] == LEAVE:
            return Transfer(given["starts_on"])
        return Transfer(given["starts_on"], given["department"], given["role"])


def _belonging(today: date):
    """Memberships of active people that last today or begin later, by department."""
    return Membership.objects.lasting(today).order_by(
        "department__sort_order", "department__code", "user__username", "id"
    )


def _grouped(rows: Iterable[Membership]) -> list:
    """Each person once, under the first department."""
    seen: set[int] = set()
    groups = []
    for place, members in groupby(rows, lambda row: row.department):
        people = []
        for row in members:
            if row.user_id not in seen:
                seen.add(row.user_id)
                people.append((row.user_id, f"{row.user}（{row.post or row.get_role_display()}）"))
        if people:
            groups.append((place.name if place else ELSEWHERE, people))
    return groups


@requires(Permission.MANAGE_PEOPLE, hide=True)
def transfers(request):
    """Choose people, look at what would become of them, confirm: all or nothing."""
    today = timezone.localdate()
    form = TransferForm(data_of(request), today=today)
    if not posted(request, form):
        return answer(request, "desk/transfers.html", form)
    act = _Act(request.user, form, today, timezone.now())
    if form.is_confirmed:
        with errors_on(form):
            act.record(request)
            return redirect("desk:handover")
        if form.conflict is None:
            return answer(request, "desk/transfers.html", form)
    page: dict[str, object] = {}
    with errors_on(form):
        page = {"preview": act.previewed()}
    return answer(request, "desk/transfers.html", form, page)


@dataclass(frozen=True)
class _Act:
    """What a valid form asks for: rehearsed, or done."""

    by: User
    form: TransferForm
    today: date
    at: datetime

    def make(self) -> list[Transferred]:
        people = self.form.cleaned_data["people"].order_by("username")
        return transfer_people(by=self.by, people=people, transfer=self.form.transfer, at=self.at)

    def shown(self, done: list[Transferred]) -> Preview:
        """What the page says of it."""
        day = self.form.transfer.starts_on
        left = set().union(*(row.left for row in done))
        then = [row for row in places(max(day, self.today), self.today) if _is_of(row, left)]
        return Preview(done, then, self.form.transfer, day <= self.today)

    def previewed(self) -> Preview:
        """Done, looked at and taken back."""
        preview: Preview = rehearsed(self.make, self.shown)
        self.form.show(preview.said)
        return preview

    def record(self, request) -> None:
        """Done as it was shown, or not at all. Of a repeated press nothing is read any more."""
        form = self.form

        def make() -> list[Transferred]:
            return form.as_shown(self.make, lambda done: self.shown(done).said)

        def told(done: list[Transferred]) -> str:
            what = "異動" if form.transfer.department else "所属の終わり"
            return f"{len(done)}人の{what}を登録しました。"

        done = recorded(request, form, make, told, at=self.at)
        if done and form.transfer.department:
            messages.info(request, "職名は空です。係長などは、利用者の画面で入力してください。")


def _is_of(place: Place, departments: set[int]) -> bool:
    return place.department is not None and place.department.pk in departments
