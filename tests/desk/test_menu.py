"""The menu: groups by what one may do, only doors that open, one entry marked on every page."""

import re

import pytest
from django.urls import resolve

from foundation.accounts.models import Membership, Role
from foundation.accounts.permissions import Permission, may_somewhere
from headquarters.desk.menu import MENU, Group, menu_of, standing
from tests.people import START

pytestmark = [pytest.mark.django_db, pytest.mark.pure]
READING = [
    "総括",
    ["施策・指標", "施策一覧", "指標（KPI）", "工程表"],
]
PLAN = ["計画", "計画を読む", "まちの現状", "変更履歴"]
OFFERED = {
    "viewer": [*READING, ["会議", "推進本部会議", "推進体制"], "報告", PLAN],
    "staff": [
        "ホーム",
        *READING,
        ["課の仕事", "KPI入力", "入力様式", "マイルストーン", "PDCAシート", "指示への回答"],
        ["会議", "推進本部会議", "推進体制"],
        "報告",
        PLAN,
    ],
    "head": [
        "ホーム",
        *READING,
        [
            "課の仕事",
            "KPI入力",
            "入力様式",
            "マイルストーン",
            "PDCAシート",
            "指示への回答",
            "引継ぎ",
        ],
        ["会議", "推進本部会議", "推進体制"],
        "報告",
        PLAN,
    ],
    "headquarters": [
        "ホーム",
        *READING,
        ["評価・会議", "PDCAシート", "推進本部会議", "決定・指示", "推進体制"],
        "報告",
        PLAN,
    ],
    "secretariat": [
        "ホーム",
        *READING,
        ["入力", "KPI入力", "入力様式", "マイルストーン"],
        ["評価・会議", "PDCAシート", "推進本部会議", "決定・指示", "推進体制"],
        ["月次", "提出の状況", "例外の申請", "月次締め", "報告と版", "町の様式"],
        ["計画", "計画を読む", "まちの現状", "要確認", "適宜見直し"],
        ["管理", "設定", "利用者と所属", "ログインの記録", "接続キー", "引継ぎ", "変更履歴"],
    ],
    "stranger": [],
}
MARKED = (  # page, who looks, the marked entry
    ("/", "head", "ホーム"),
    ("/", "headquarters", "ホーム"),
    ("/", "viewer", "総括"),
    ("/kpis/", "viewer", "指標（KPI）"),
    ("/kpis/entry/2026-10/", "head", "KPI入力"),
    ("/kpis/entry/2026-10/", "viewer", "指標（KPI）"),
    ("/kpis/intake/", "staff", "入力様式"),
    ("/kpis/months/", "secretariat", "提出の状況"),
    ("/kpis/1-1/targets/", "secretariat", "指標（KPI）"),
    ("/measures/1/reviews/", "secretariat", "施策一覧"),
    ("/measures/1/roadmap/", "viewer", "施策一覧"),
    ("/roadmap/milestones/", "staff", "マイルストーン"),
    ("/roadmap/milestones/", "viewer", "工程表"),
    ("/roadmap/baselines/", "secretariat", "工程表"),
    ("/reviews/", "head", "PDCAシート"),
    ("/meetings/", "viewer", "推進本部会議"),
    ("/reports/", "viewer", "報告"),
    ("/reports/", "secretariat", "報告と版"),
    ("/reports/2026-10/close/", "secretariat", "月次締め"),
    ("/reports/form/", "secretariat", "町の様式"),
    ("/plan/checks/", "secretariat", "要確認"),
    ("/plan/checks/", "viewer", "計画を読む"),
    ("/plan/settings/", "secretariat", "設定"),
    ("/accounts/departments/", "secretariat", "利用者と所属"),
    ("/accounts/sign-ins/", "secretariat", "ログインの記録"),
    ("/settings/feeds/", "secretariat", "接続キー"),
    ("/reports/excel/", "viewer", "報告"),
    ("/handover/", "head", "引継ぎ"),
    ("/history/", "viewer", "変更履歴"),
)


def labels(entries):
    """As the tables above say it: headings with their doors as lists."""
    told = []
    for entry in entries:
        doors = [door.label for door in entry.doors]
        told.append([entry.label, *doors] if entry.doors else entry.label)
    return told


def doors(entries):
    """Everything that leads somewhere."""
    for entry in entries:
        yield from entry.doors or (entry,)


@pytest.mark.parametrize("role", OFFERED)
def test_each_role_is_offered_its_own_doors_and_each_opens(role, request, sign_in):
    person = request.getfixturevalue(role)
    offered = menu_of(person, "")
    assert labels(offered) == OFFERED[role]
    client = sign_in(person)
    for door in doors(offered):
        assert client.get(door.url, follow=True).status_code == 200, door


def test_no_door_is_offered_to_whoever_its_page_refuses(viewer, staff, head, headquarters):
    for person in (viewer, staff, head, headquarters):
        for door in doors(menu_of(person, "")):
            view = resolve(door.url.partition("#")[0]).func
            asked = getattr(view, "permission", Permission.READ)
            assert may_somewhere(person, asked), door


def test_several_roles_bring_the_groups_of_each(head):
    Membership.objects.create(user=head, role=Role.HEADQUARTERS, valid_from=START)
    headings = [entry.label for entry in menu_of(head, "") if entry.doors]
    assert headings == ["施策・指標", "課の仕事", "評価・会議", "計画"]
    every = [door.label for door in doors(menu_of(head, ""))]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("page, who, label", MARKED)
def test_one_entry_is_marked_on_every_page(page, who, label, request, sign_in):
    text = sign_in(request.getfixturevalue(who)).get(page).content.decode()
    nav = text[text.index('id="nav"') : text.index("</nav>", text.index('id="nav"'))]
    found = re.findall(r'aria-current="page">\s*([^<\s]+)', nav)
    assert found == [label]
    assert nav.count('class="is-here"') == nav.count('aria-current="true"') <= 1


def test_a_link_of_the_menu_is_written_once_for_one_page_and_place():
    told = {}
    for entry in MENU:
        for door in entry.doors if isinstance(entry, Group) else (entry,):
            told.setdefault((entry.label, door.name, door.at), []).append(door.label)
    assert all(len(each) == 1 for each in told.values())


STANDING = (  # role, post, department, what the header says
    (Role.DEPARTMENT_HEAD, "総務課長", "soumu", "総務課長"),
    (Role.DEPARTMENT_HEAD, "課長", "soumu", "総務課 課長"),
    (Role.STAFF, "", "soumu", "総務課 担当者"),
    (Role.SECRETARIAT, "デジタル推進係", "soumu", "総務課・事務局"),
    (Role.SECRETARIAT, "", None, "事務局"),
    (Role.HEADQUARTERS, "副本部長", None, "副本部長"),
    (Role.VIEWER, "", None, "閲覧"),
)


@pytest.mark.parametrize("role, post, place, words", STANDING)
def test_the_header_says_as_what_one_is_signed_in(role, post, place, words, soumu):
    row = Membership(role=role, post=post, department=soumu if place else None)
    assert standing([row]) == words
    assert standing([row, row]) == f"{words} ほか"
    assert standing([]) == ""
