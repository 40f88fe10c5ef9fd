"""Who may do what: one enum, one table, one question (docs/rules.md §9).

A role is a plain list of permissions. Those in `OWN_DEPARTMENT` hold for the departments of the
membership only; the secretariat holds them for every department, and what it then does is recorded
as 代理入力.
"""

import enum
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from foundation.accounts.models import Department, Membership, Role, User
from foundation.records.readers import entries_read_as

Person = User | AnonymousUser  # whoever asks for a page
View = Callable[..., HttpResponse]

HEADQUARTERS = "推進本部"


class Permission(enum.Enum):
    """What a person may do; the value is the sentence shown to people."""

    READ = "すべての内容を読み、報告書を取り出す"
    ENTER_VALUES = "KPIの値を入力する"
    UPDATE_MILESTONES = "マイルストーンを更新する"
    DRAFT_REVIEWS = "PDCAシートを下書きする"
    WRITE_HANDOVER_NOTES = "引継ぎメモを書く"
    DRAFT_ANSWERS = "指示事項の回答を下書きする"
    SUBMIT_VALUES = "月の値を提出し、取り下げる"
    SUBMIT_REVIEWS = "PDCAシートを提出し、取り下げる"
    ANSWER_ACTION_ITEMS = "指示事項に回答する"
    REQUEST_REOPENING = "締め後の訂正を申請する"
    CONFIRM = "提出を確認し、差し戻す"
    CLOSE_MONTH = "月次を締める・例外を許可する"
    DEFINE = "KPI・目標・工程・評価サイクルを定める"
    MANAGE_MEETINGS = "次第と会議録を管理する"
    RETURN_TO_SECRETARIAT = "PDCAシートを事務局へ差し戻す"
    GRADE = "本部評価をする"
    DECIDE = "決定事項と計画改定を記録する"
    ORGANISE = "推進体制の名簿とチームを管理する"
    CARRY_PROJECTS = "DX関連事業を登録し、状態と金額を直す"
    MANAGE_FEEDS = "Excelなどの接続キーを発行し、取り消す"
    MANAGE_PEOPLE = "利用者と課を管理する"


P = Permission
OWN_DEPARTMENT = {
    P.ENTER_VALUES,
    P.UPDATE_MILESTONES,
    P.DRAFT_REVIEWS,
    P.WRITE_HANDOVER_NOTES,
    P.DRAFT_ANSWERS,
    P.SUBMIT_VALUES,
    P.SUBMIT_REVIEWS,
    P.ANSWER_ACTION_ITEMS,
    P.REQUEST_REOPENING,
    P.CARRY_PROJECTS,
}
STAFF_PERMISSIONS = [
    P.READ,
    P.ENTER_VALUES,
    P.UPDATE_MILESTONES,
    P.DRAFT_REVIEWS,
    P.WRITE_HANDOVER_NOTES,
    P.DRAFT_ANSWERS,
]
ROLE_PERMISSIONS: dict[str, list[Permission]] = {
    Role.VIEWER: [P.READ],
    Role.STAFF: STAFF_PERMISSIONS,
    Role.DEPARTMENT_HEAD: [
        *STAFF_PERMISSIONS,
        P.SUBMIT_VALUES,
        P.SUBMIT_REVIEWS,
        P.ANSWER_ACTION_ITEMS,
        P.REQUEST_REOPENING,
        P.CARRY_PROJECTS,
    ],
    Role.HEADQUARTERS: [P.READ, P.RETURN_TO_SECRETARIAT, P.GRADE, P.DECIDE],
    Role.SECRETARIAT: list(Permission),
}


def memberships_of(user: Person, on: date | None = None) -> list[Membership]:
    """The user's memberships in force (list, with departments).

    Asked once per user object and day.
    """
    day = on or getattr(user, "asked_on", None) or timezone.localdate()
    # not __dict__: request.user is a lazy wrapper
    cached: dict[date, list[Membership]] | None = getattr(user, "_memberships_on", None)
    if cached is None:
        cached = {}
        user._memberships_on = cached  # type: ignore[union-attr]
    if day not in cached:
        cached[day] = _asked(user, day)
    return cached[day]


def _asked(user: Person, day: date) -> list[Membership]:
    if isinstance(user, AnonymousUser) or not user.is_active:
        return []
    return list(user.memberships.on(day))


def has_permission(
    user: Person,
    permission: Permission,
    *,
    department: Department | int | None = None,
    on: date | None = None,
) -> bool:
    """May this user do it? For departmental permissions `department` names whose row it is.

    `department` may be a Department, its id, or None (a row that belongs to no department yet,
    which only the secretariat may write). Without a membership in force nobody may anything, not
    even read.
    """
    wanted = getattr(department, "pk", department)
    for membership in memberships_of(user, on):
        if permission not in ROLE_PERMISSIONS[membership.role]:
            continue
        if permission not in OWN_DEPARTMENT or membership.role == Role.SECRETARIAT:
            return True
        if wanted is not None and membership.department_id == wanted:
            return True
    return False


def may_somewhere(user: Person, permission: Permission, on: date | None = None) -> bool:
    """May this user do it for at least one department (so that a screen is worth showing)?"""
    return any(
        permission in ROLE_PERMISSIONS[membership.role] for membership in memberships_of(user, on)
    )


def is_secretariat(user: Person, on: date | None = None) -> bool:
    """Does the user act for the secretariat today?"""
    return any(membership.role == Role.SECRETARIAT for membership in memberships_of(user, on))


def whose_entries(user: Person) -> QuerySet[User]:
    """Whose sign-ins, passwords and mail addresses this person may read about: only one's own.

    The secretariat reads about everybody.
    """
    everybody: QuerySet[User] = User.objects.all()
    return everybody if is_secretariat(user) else everybody.filter(pk=user.pk or 0)


entries_read_as("accounts.person", whose_entries)(User)


def own_departments(
    user: Person, permission: Permission | None = None, on: date | None = None
) -> list[Department]:
    """Departments of the user's memberships that grant `permission` (any membership when None), in
    order.
    """
    found = {}
    for membership in memberships_of(user, on):
        if membership.department and (
            permission is None or permission in ROLE_PERMISSIONS[membership.role]
        ):
            found[membership.department_id] = membership.department
    return sorted(found.values(), key=lambda department: (department.sort_order, department.code))


def on_behalf_of(user: Person, department: Department | None, on: date | None = None) -> str:
    """The department's name when the user acts for it from outside (代理入力), else the empty
    string.
    """
    if department is None:
        return ""
    own = {membership.department_id for membership in memberships_of(user, on)}
    return "" if department.pk in own else department.name


def on_behalf_of_headquarters(user: Person) -> str:
    """「推進本部」 when the secretariat records for it (代理入力), else the empty string."""
    sits_there = any(row.role == Role.HEADQUARTERS for row in memberships_of(user))
    return "" if sits_there else HEADQUARTERS


def require(
    user: Person, permission: Permission, *, department: Department | int | None = None
) -> None:
    """Raise PermissionDenied (403) with a sentence unless the user may."""
    if not has_permission(user, permission, department=department):
        whose = f"「{department}」の" if department else ""
        raise PermissionDenied(
            f"{whose}「{permission.value}」権限がありません。所管課または事務局に依頼してください。"
        )


def requires(permission: Permission, *, hide: bool = False) -> Callable[[View], View]:
    """View decorator for permissions that do not depend on a row.

    `hide`: answer 404 as if nothing were there.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            # the person, without Django's lazy wrapper, which costs at each look
            if isinstance(request.user, SimpleLazyObject):
                request.user = getattr(request, "_cached_user", request.user)
            if not may_somewhere(request.user, permission):
                if hide:
                    raise Http404("ページが見つかりません。")
                raise PermissionDenied(
                    f"「{permission.value}」権限がありません。事務局に依頼してください。"
                )
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # tests read it
        return guarded

    return decorate
