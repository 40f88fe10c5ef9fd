"""計画のきまり: what the town decided about its own rules, each with its decision and from when it
holds; the form that decides anew, and every version that ever held (docs/rules.md §10).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted
from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, requires
from foundation.japanese.calendar import first_of_month, month_name
from foundation.records.actions import moment
from foundation.records.seen import check_seen, wait_in_line
from headquarters.upkeep.setting_form import SettingForm
from headquarters.upkeep.setting_forms import FORMS
from measures.closings import last_closed
from measures.deciding import ASKED_BY, decide
from measures.models import OpenPoint, Plan
from measures.setting import PlanSetting, versions_now
from measures.settings_of import SettingKind, Settings, SettingVersions, StoredVersion


@dataclass(frozen=True)
class Version:
    """One stored version: its number among the decided ones (0: not decided), before and after."""

    row: PlanSetting
    form: type[SettingForm]
    number: int
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One setting as it holds today, with the version that says so (None: the initial value).

    `ahead`: versions that begin later; `points`: what in 要確認 asks for it and is open.
    """

    kind: SettingKind
    form: type[SettingForm]
    settings: Settings
    version: Version | None
    ahead: tuple[Version, ...]
    points: tuple[OpenPoint, ...]

    @property
    def words(self) -> str:
        """The value."""
        return self.form.words(self.settings)

    @property
    def aside(self) -> str:
        """What is said below it."""
        return self.form.aside(self.settings)

    @property
    def is_decided(self) -> bool:
        """Has the town decided it?"""
        return self.version is not None and self.version.number > 0

    @property
    def url(self) -> str:
        """Where it is decided."""
        return address_of(self.kind)


def address_of(kind: str) -> str:
    """The page with the form of a setting."""
    return f"{reverse('upkeep:settings')}?kind={kind}#edit"


def setting_asked_by(point: OpenPoint) -> str:
    """The page on which an open point is settled that asks for a setting; '' for every other."""
    if point.subject_type.model != "plan":
        return ""
    kinds = (kind for kind, field in ASKED_BY.items() if field == point.field)
    return next((address_of(kind) for kind in kinds), "")


def versions_of(rows: Iterable[PlanSetting]) -> list[Version]:
    """Every version with its number and what it changed, oldest first."""
    found = []
    by_kind = sorted(rows, key=lambda row: (row.kind, row.pk))
    for kind, same in groupby(by_kind, key=lambda row: row.kind):
        if kind in FORMS:
            found += _numbered(FORMS[kind], list(same))
    return sorted(found, key=lambda version: version.row.pk)


def _numbered(form: type[SettingForm], rows: list[PlanSetting]) -> list[Version]:
    versions, settings, number = [], Settings(), 0
    for row in rows:
        before, settings = settings, settings.with_value(row.kind, row.value)
        number += row.decided_on is not None
        shown = number if row.decided_on else 0
        words = form.in_full(before), form.in_full(settings)
        versions.append(Version(row, form, shown, *words))
    return versions


def lines_of(versions: list[Version], points: list[OpenPoint], on: date) -> list[Line]:
    """Every setting as it holds on a day, in their order."""
    month = first_of_month(on)
    stored = SettingVersions(
        tuple(
            StoredVersion(
                each.row.kind,
                each.row.from_month,
                each.row.value,
                each.row.pk,
            )
            for each in sorted(versions, key=_age)
        )
    )
    return [_line(kind, stored.in_month(month), versions, points, month) for kind in SettingKind]


def _line(
    kind: SettingKind,
    settings: Settings,
    versions: list[Version],
    points: list[OpenPoint],
    month: date,
) -> Line:
    """One setting; of the versions that have begun the newest one holds."""
    own = [each for each in versions if each.row.kind == kind]
    begun = [each for each in own if each.row.from_month <= month]
    asked_as = ASKED_BY.get(kind)
    return Line(
        kind=kind,
        form=FORMS[kind],
        settings=settings,
        version=max(begun, key=_age, default=None),
        ahead=tuple(each for each in own if each not in begun),
        points=tuple(point for point in points if point.field == asked_as),
    )


def _age(version: Version) -> tuple[date, int]:
    return version.row.from_month, version.row.pk


@transaction.atomic
def decide_setting(
    *, by: User, plan: Plan, form: SettingForm, on: date, at: datetime | None = None
) -> PlanSetting:
    """Store the decision of a valid form. Raises ValidationError, Conflict when the setting does
    not stand as the form showed it.
    """
    at = moment(at)
    wait_in_line()
    fresh = type(form)(
        plan,
        versions_now(),
        on=on,
    )
    check_seen(form.seen, plan, fresh.start(fresh.before), plan)
    return decide(by=by, plan=plan, decision=form.decision, at=at)


@requires(Permission.DEFINE)
def settings(request):
    """All settings; ?kind= opens the form of one, without it that of the first undecided one."""
    plan, today = Plan.objects.current(), timezone.localdate()
    if plan is None:
        raise Http404("計画が読み込まれていません。")
    versions = versions_of(plan.settings.select_related("created_by"))
    points = list(OpenPoint.objects.about(plan).unsettled())
    lines = lines_of(versions, points, today)
    opened = _opened(lines, request.GET.get("kind", ""))
    form = opened.form(plan, versions_now(), data_of(request), on=today)
    if posted(request, form):
        with errors_on(form):
            decide_setting(by=request.user, plan=plan, form=form, on=today, at=timezone.now())
            messages.success(request, _said(opened, form))
            return redirect("upkeep:settings")
    closed = last_closed()
    page = {
        "groups": [
            (name, list(rows)) for name, rows in groupby(lines, key=lambda line: line.form.group)
        ],
        "decided": sum(line.is_decided for line in lines),
        "total": len(lines),
        "opened": opened,
        "versions": versions[::-1],
        "closed": f"{month_name(closed)}分まで" if closed else "",
    }
    return answer(request, "upkeep/settings.html", form, page)


def _opened(lines: list[Line], kind: str) -> Line:
    """The line whose form is shown: the one asked for, else the first undecided, else the first."""
    asked = [line for line in lines if line.kind == kind]
    undecided = [line for line in lines if not line.is_decided]
    return (asked or undecided or lines)[0]


def _said(line: Line, form: SettingForm) -> str:
    settled = "、".join(f"「{point}」" for point in line.points)
    done = f"要確認の{settled}も確認済になりました。" if settled else ""
    return f"「{line.kind.label}」を記録しました（{form.decision.words[1]}）。{done}"
