"""The menu: every door of it in one place, and which of them one person is offered.

A door is offered to whoever may do what it is for. What a page itself asks of its readers may be
less: everybody may look at the grid of a month, but KPI入力 is for those who enter values. The
groups are those of the screen design (20); a person with several roles gets the groups of each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from django.urls import get_script_prefix, reverse

from foundation.accounts.models import Membership, Role
from foundation.accounts.permissions import (
    ROLE_PERMISSIONS,
    Permission,
    Person,
    memberships_of,
)
from foundation.accounts.posts import post_in_words
from foundation.records.components import Alike

P = Permission
WORK = frozenset(Permission) - {P.READ}


@dataclass(frozen=True)
class Door:
    """An entry that leads to a page.

    `wants`: offered to whoever may do one of these, somewhere. `unless`: and may not do this.
    `pages`: beginnings of the view names at which it is the current entry; of several doors the
    one that says most is. `at`: a place on the page.
    """

    label: str
    name: str
    pages: tuple[str, ...]
    hint: str = ""
    wants: frozenset[Permission] = frozenset({P.READ})
    unless: Permission | None = None
    at: str = ""


@dataclass(frozen=True)
class Group:
    """Doors behind one heading, in the order in which they are used."""

    label: str
    doors: tuple[Door, ...]
    wants: frozenset[Permission] = frozenset({P.READ})
    unless: Permission | None = None


def _for(*permissions: Permission) -> frozenset[Permission]:
    return frozenset(permissions)


ORGANISATION = Door(
    "推進体制", "organisation:organisation", ("organisation:",), "名簿・チーム・関連事業"
)
SHEETS = Door("PDCAシート", "reviews:cycles", ("reviews:",), "中間と年度末の評価")
ENTRY = Door(
    "KPI入力",
    "kpi:entry_current",
    ("kpi:entry", "kpi:value", "kpi:paste", "kpi:forecasts", "kpi:evidence", "kpi:submission_edit"),
    "月の値と提出",
    _for(P.ENTER_VALUES),
)
SHEETS_OUT = Door("入力様式", "intake:start", ("intake:",), "Excelで入力する", _for(P.ENTER_VALUES))
MILESTONES = Door(
    "マイルストーン",
    "roadmap:milestones",
    ("roadmap:milestone", "roadmap:knock_on"),
    "見込日と完了",
    _for(P.UPDATE_MILESTONES),
)
HANDOVER = Door(
    "引継ぎ",
    "desk:handover",
    ("desk:handover", "desk:transfers"),
    "役職ごとの残り",
    _for(P.SUBMIT_VALUES),
)
SETTINGS = Door("設定", "upkeep:settings", ("upkeep:settings",), "区分・期限・照会", _for(P.DEFINE))
HISTORY = Door("変更履歴", "desk:history", ("desk:history",), "だれが・いつ・何を")
REPORTS = Door("報告と版", "reports:list", ("reports:", "feeds:guide"), "月次・年次・公表版")
ITEMS = ("organisation:action_item", "organisation:item", "meetings:decision")

MENU: tuple[Door | Group, ...] = (
    Door("ホーム", "desk:home", ("desk:home",), wants=WORK),
    Door(
        "総括",
        "reports:dashboard",
        ("reports:dashboard", "reports:milest", "reports:submissions", "desk:home"),
    ),
    Group(
        "施策・指標",
        (
            Door(
                "施策一覧",
                "measures:list",
                (
                    "measures:",
                    "reports:measure_kpis",
                    "roadmap:measure_roadmap",
                    "reviews:measure_reviews",
                ),
                "個別施策の計画と進み",
            ),
            Door(
                "指標（KPI）",
                "reports:indicator_list",
                ("reports:indicator", "kpi:"),
                "一覧と推移",
            ),
            Door("工程表", "roadmap:roadmap", ("roadmap:",), "計画期間の工程"),
        ),
    ),
    Group("入力", (ENTRY, SHEETS_OUT, MILESTONES), _for(P.CONFIRM)),
    Group(
        "課の仕事",
        (
            ENTRY,
            SHEETS_OUT,
            MILESTONES,
            Door(
                "PDCAシート",
                "reviews:cycles",
                ("reviews:",),
                "自己評価と要因",
                _for(P.DRAFT_REVIEWS),
                P.GRADE,
            ),
            Door(
                "指示への回答",
                "meetings:meetings",
                ITEMS,
                "期限のあるもの",
                _for(P.DRAFT_ANSWERS),
                P.GRADE,
                at="#items",
            ),
            HANDOVER,
        ),
        _for(P.ENTER_VALUES),
        P.CONFIRM,
    ),
    Group(
        "評価・会議",
        (
            SHEETS,
            Door("推進本部会議", "meetings:meetings", ("meetings:",), "議題・会議録・会議モード"),
            Door("決定・指示", "meetings:meetings", ITEMS, "回答の状況", at="#items"),
            ORGANISATION,
        ),
        _for(P.GRADE),
    ),
    Group(
        "会議",
        (
            Door("推進本部会議", "meetings:meetings", ("meetings:",), "議題と会議録"),
            ORGANISATION,
        ),
        unless=P.GRADE,
    ),
    Group(
        "月次",
        (
            Door(
                "提出の状況",
                "kpi:month_current",
                ("kpi:month", "kpi:missing", "kpi:submissions"),
                "課ごとの値と提出",
            ),
            Door("例外の申請", "kpi:months", ("kpi:reopening",), "締めた月の訂正", at="#requests"),
            Door("月次締め", "reports:close_next", ("reports:close",), "確かめて締める"),
            REPORTS,
            Door(
                "町の様式",
                "reports:town_form",
                ("reports:town_form",),
                "締めるたびに値を入れる",
            ),
        ),
        _for(P.CLOSE_MONTH),
    ),
    Door("報告", "reports:list", ("reports:", "feeds:guide"), unless=P.CLOSE_MONTH),
    Group(
        "計画",
        (
            Door("計画を読む", "measures:plan", ("measures:plan", "upkeep:"), "本文と補記"),
            Door("まちの現状", "measures:context", ("measures:context",), "人口などの統計"),
            Door(
                "要確認",
                "upkeep:checks",
                ("upkeep:check",),
                "計画で決まっていないこと",
                _for(P.DEFINE),
            ),
            Door(
                "適宜見直し",
                "upkeep:plan_changes",
                ("upkeep:plan_changes",),
                "施策・指標・工程の改定",
                _for(P.DEFINE),
            ),
            Door(
                "変更履歴",
                "desk:history",
                ("desk:history",),
                "だれが・いつ・何を",
                unless=P.MANAGE_PEOPLE,
            ),
        ),
    ),
    Group(
        "管理",
        (
            Door(
                "設定", "upkeep:settings", ("upkeep:settings",), "区分・期限・照会", _for(P.DEFINE)
            ),
            Door(
                "利用者と所属",
                "accounts:users",
                ("accounts:user", "accounts:department", "accounts:membership", "accounts:one_"),
                "登録・異動・停止",
                _for(P.MANAGE_PEOPLE),
            ),
            Door(
                "ログインの記録",
                "accounts:sign_ins",
                ("accounts:sign_ins",),
                "取り出したファイルも",
                _for(P.MANAGE_PEOPLE),
            ),
            Door(
                "接続キー",
                "feeds:tokens",
                ("feeds:token",),
                "Excelでのデータ取得",
                _for(P.MANAGE_FEEDS),
            ),
            HANDOVER,
            HISTORY,
        ),
        _for(P.MANAGE_PEOPLE),
    ),
)


@dataclass(frozen=True)
class MenuItem(Alike):
    """An entry as it is shown. `current`: the page shown belongs to it.

    `doors`: what is behind it; an entry with doors is a heading and leads nowhere itself.
    """

    label: str
    url: str = ""
    hint: str = ""
    current: bool = False
    doors: tuple["MenuItem", ...] = ()


def menu_of(user: Person, view_name: str) -> tuple[MenuItem, ...]:
    """What this person is offered, on the page of that name. Asks the database nothing new."""
    roles = frozenset(membership.role for membership in memberships_of(user))
    return _menu_of(roles, view_name, get_script_prefix())


@lru_cache(maxsize=512)
def _menu_of(roles: frozenset[str], view_name: str, prefix: str) -> tuple[MenuItem, ...]:
    """The same for whoever has these roles; `prefix`: under which the portal is reached."""
    offered = list(_offered(roles, MENU))
    here = _current(offered, view_name)
    shown = []
    for entry in offered:
        if isinstance(entry, Door):
            shown.append(_shown(entry, here, prefix))
            continue
        doors = tuple(_shown(door, here, prefix) for door in entry.doors)
        shown.append(
            MenuItem(
                entry.label,
                current=any(door.current for door in doors),
                doors=doors,
            )
        )
    return tuple(shown)


def _offered(roles: frozenset[str], entries: tuple[Door | Group, ...]) -> Iterator[Door | Group]:
    """Those that this person may use; groups with their own doors only."""
    for entry in entries:
        if not _is_for(roles, entry):
            continue
        if isinstance(entry, Door):
            yield entry
            continue
        doors = tuple(door for door in _offered(roles, entry.doors) if isinstance(door, Door))
        if doors:
            yield Group(entry.label, doors)


def _is_for(roles: frozenset[str], entry: Door | Group) -> bool:
    may = {permission for role in roles for permission in ROLE_PERMISSIONS[role]}
    return entry.unless not in may and not may.isdisjoint(entry.wants)


def _current(offered: list[Door | Group], view_name: str) -> Door | None:
    """The door to which the page belongs: the one that names most of it, the first of equals."""
    best, length = None, 0
    for entry in offered:
        for door in entry.doors if isinstance(entry, Group) else (entry,):
            named = [len(page) for page in door.pages if view_name.startswith(page)]
            if named and max(named) > length:
                best, length = door, max(named)
    return best


def _shown(door: Door, here: Door | None, prefix: str) -> MenuItem:
    address = _address(door.name, prefix)
    return MenuItem(door.label, f"{address}{door.at}", door.hint, door is here)


@cache
def _address(name: str, prefix: str) -> str:
    """Where a door leads; `prefix`: under which the portal is reached."""
    return reverse(name)


def standing(memberships: list[Membership]) -> str:
    """As what one is signed in, in a few words: 「住民環境課長」, 「総務課・事務局」, 「閲覧」."""
    if not memberships:
        return ""
    words = _in_a_few_words(memberships[0])
    return f"{words} ほか" if len(memberships) > 1 else words


def _in_a_few_words(membership: Membership) -> str:
    place = membership.department.name if membership.department else ""
    role = membership.get_role_display()
    if membership.role == Role.SECRETARIAT:
        return f"{place}・{role}" if place else role
    return post_in_words(place, membership.post or role)
