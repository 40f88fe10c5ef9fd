"""さがす: what is found, as whom, in which words, and what it costs."""

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.accounts.models import Department, User
from headquarters.desk.search.finding import GROUPS, find
from headquarters.desk.search.words import Words
from headquarters.meetings.models import Decision, Meeting
from headquarters.organisation.models import (
    ActionItem,
    Holding,
    Post,
    Project,
    ProjectTeam,
    Sitting,
    TeamMember,
)
from headquarters.organisation.roster.choices import Duty
from measures.models import Measure
from tests.pages import page_text
from tests.people import START
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.standing_town]
TODAY = date(2026, 11, 6)
ROLES = ("jimukyoku", "jumin-kacho", "hoken-tanto", "honbu", "etsuran")


@pytest.fixture(autouse=True)
def town():
    load_town()
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


@pytest.fixture
def looks(sign_in):
    """`looks(username, words)` → the page."""

    def ask(username, words="", **more):
        client = sign_in(User.objects.get(username=username))
        return client.get("/search/", {"q": words, **more})

    return ask


def found(words, username="etsuran", group=""):
    person = User.objects.get(username=username)
    return find(person, Words.typed(words), on=TODAY, group=group)


def first(words):
    """The very first hit: 「指標 1-1 …」."""
    hit = found(words).shown[0].hits[0]
    return f"{hit.label} {re.sub('<[^>]+>', '', hit.title)}"


CALLED = (  # what is typed, what comes first
    ("1-1", "指標 1-1"),
    ("KPI1-1", "指標 1-1"),
    ("kpi 1-1", "指標 1-1"),
    ("１－１", "指標 1-1"),
    ("ＫＰＩ１ー１", "指標 1-1"),
    ("　1-1　", "指標 1-1"),
    ("10-2", "指標 10-2"),
    ("施策3", "施策 施策3"),
    ("施策　３", "施策 施策3"),
    ("3", "施策 施策3"),
    ("10", "施策 施策10"),
    ("書かない窓口", "施策 施策2"),
)


@pytest.mark.parametrize(("typed", "begins"), CALLED)
def test_what_is_called_so_comes_first(typed, begins):
    assert re.match(rf"{begins}(?![0-9])", first(typed))


ALIKE = (("デジタル", "ﾃﾞｼﾞﾀﾙ"), ("eL-QR", "ｅｌ－ｑｒ"), ("AI", "ai"), ("8", "８"))


@pytest.mark.parametrize("words", ALIKE)
def test_widths_and_cases_are_alike(words):
    one, other = (found(each) for each in words)
    assert one.total and one.total == other.total
    assert "<mark>" in one.shown[0].hits[0].title + one.shown[0].hits[0].context


def test_of_several_words_all_must_stand_there():
    both, one = found("窓口 職員"), found("窓口")
    assert 0 < both.total < one.total
    assert not found("窓口 存在しない言葉").groups


LABELS = {
    *("施策", "指標", "工程", "マイルストーン", "会議", "決定", "指示", "計画書", "補記"),
    *("議題", "会議録", "統計"),
    *("課", "利用者", "役職", "チーム", "構成員", "事業"),
}


def test_a_passage_is_found_by_its_own_words():
    for hit in found("施策2 窓口", group="plan").shown[0].hits:
        assert "<mark>" in hit.title
    assert "people" not in [group.key for group in found("指標").groups]


def test_the_kind_narrows_down():
    for words in ("窓口 KPI", "窓口 ｋｐｉ", "窓口 指標"):
        assert {hit.label for hit in found(words).shown[0].hits} == {"指標"}


@pytest.fixture
def carriers():
    """A post with its holder, a team that met, a project: the sample has none of them."""
    department, measure = Department.objects.first(), Measure.objects.get(number=2)
    post = Post.objects.create(duty=Duty.MEMBER, title="探索課長", department=department)
    Holding.objects.create(post=post, name="探索 一郎", valid_from=START)
    team = ProjectTeam.objects.create(name="探索チーム", purpose="探す", starts_on=START)
    member = {"team": team, "department": department, "name": "探索 二郎"}
    TeamMember.objects.create(**member, valid_from=START)
    Sitting.objects.create(team=team, held_on=START, decisions="探索を始める\n探索を続ける")
    Meeting.objects.filter(title__contains="第1回").update(minutes="町長：探索を急ぐこと。")
    Project.objects.create(
        measure=measure,
        name="探索事業",
        department=department,
        first_year=2026,
        last_year=2027,
        what="探すもの",
    )


@pytest.mark.usefixtures("carriers")
def test_every_kind_of_hit_leads_to_its_very_place(looks, client):
    looks("jimukyoku")
    kinds, groups = {}, set()
    for words in ("課", "の", "会", "シ", "第", "人口", "総括", "探索"):
        for group in found(words, "jimukyoku").groups:
            groups.add(group.key)
            for hit in found(words, "jimukyoku", group.key).shown[0].hits:
                kinds.setdefault(hit.label, hit)
                if hit.title.startswith("<mark>探索"):
                    kinds[f"{hit.label} {hit.title}"] = hit
    assert groups == set(GROUPS)
    assert set(kinds) >= LABELS
    for hit in kinds.values():
        path, _, place = hit.address.partition("#")
        page = client.get(path)
        assert page.status_code == 200, hit
        assert not place or f'id="{place}"' in page.content.decode(), hit


@pytest.mark.usefixtures("carriers")
@pytest.mark.parametrize("username", ROLES)
def test_what_one_finds_one_may_open(username, looks, client):
    looks(username)
    for words in ("課", "の", "探索"):
        for group in found(words, username).groups:
            for hit in group.hits:
                assert client.get(hit.address.partition("#")[0]).status_code == 200, hit


SAID = (  # what is typed, as what it is found
    ("急ぐこと", "会議録"),
    ("探索を急ぐ", "会議録"),
    ("進捗の総括", "議題"),
    ("総人口", "統計"),
    ("高齢化率", "統計"),
    ("住民基本台帳", "統計"),
)


@pytest.mark.usefixtures("carriers")
@pytest.mark.parametrize(("typed", "label"), SAID)
def test_minutes_agenda_and_the_numbers_of_the_town_are_found(typed, label):
    groups = [group.key for group in found(typed).groups]
    hits = [hit for key in groups for hit in found(typed, group=key).shown[0].hits]
    assert label in {hit.label for hit in hits}


def test_people_who_sign_in_are_found_by_who_manages_them():
    name = User.objects.get(username="jumin-kacho").username
    assert found(name, "jimukyoku").groups
    for username in ROLES[1:]:
        assert not found(name, username).groups


def test_the_draft_of_an_answer_is_found_by_nobody():
    item = ActionItem.objects.filter(state="open").first()
    ActionItem.objects.filter(pk=item.pk).update(answer="下書きの秘密")
    for username in ROLES:
        assert not found("下書きの秘密", username).groups


def test_a_decision_says_what_became_of_it():
    row = Decision.objects.filter(withdrawal__isnull=True).first()
    hits = found(row.text, group="meetings").shown[0].hits
    assert any(hit.address.endswith(f"#decision-{row.pk}") for hit in hits)


@pytest.mark.parametrize("username", ["jimukyoku", "etsuran"])
def test_six_queries_whatever_is_looked_for(username):
    person = User.objects.get(username=username)
    list(person.memberships.all())
    find(person, Words.typed("課"), on=TODAY)  # memberships are asked for once
    for words in ("課", "1-1", "存在しない", "の"):
        with CaptureQueriesContext(connection) as asked:
            find(person, Words.typed(words), on=TODAY)
        assert len(asked) <= 6
    with CaptureQueriesContext(connection) as asked:
        find(person, Words.typed(" "), on=TODAY)
    assert len(asked) == 0


ODD = (  # what is typed, what the page says
    ("", "からさがします"),
    ("　 ", "からさがします"),
    ("\u200b", "からさがします"),
    ("課", "すべて"),
    ("あ" * 100, "が見つかりません"),
    ("あ" * 200, "100字以内で入力してください"),
    ("<script>alert(1)</script>", "が見つかりません"),
    ("<b>窓口</b>", "が見つかりません"),
    ("&amp;", "が見つかりません"),
    ("__", "が見つかりません"),
    ("'; DROP TABLE x; --", "が見つかりません"),
    ("\\d+(", "が見つかりません"),
    ("\u202e窓口", "が見つかりません"),
    ("窓口\x00", "invalid-feedback"),
    ("\ufffd", "が見つかりません"),
    ("😀", "が見つかりません"),
)


@pytest.mark.parametrize(("typed", "says"), ODD)
def test_any_text_is_answered_politely(typed, says, looks):
    page = looks("etsuran", typed)
    assert page.status_code == 200
    assert says in page_text(page)
    for raw in ("<script>alert", "<b>窓口"):
        assert raw not in page.content.decode()


def test_bytes_that_are_no_text_are_answered(looks, client):
    looks("etsuran")
    for query in ("q=%ED%A0%80", "q=%FF%FE", "q=a&q=b", "kind=%00&q=%E7%AA%93%E5%8F%A3", "kind=x"):
        assert client.get(f"/search/?{query}").status_code == 200, query


def test_what_is_found_is_escaped_and_only_the_words_are_marked():
    item = ActionItem.objects.first()
    ActionItem.objects.filter(pk=item.pk).update(text="<i>ｶﾞｲﾄﾞ</i> & 案内")
    hit = found("ガイド").shown[0].hits[0]
    assert hit.title == "&lt;i&gt;<mark>ｶﾞｲﾄﾞ</mark>&lt;/i&gt; &amp; 案内"


def test_few_of_each_kind_and_all_of_one(looks):
    page = looks("jimukyoku", "の")
    assert re.search(r"ほか\d+件", page_text(page))
    every = found("の", "jimukyoku", "plan")
    assert [group.key for group in every.shown] == ["plan"]
    assert every.total == found("の", "jimukyoku").total


def test_everybody_has_the_field_in_header_and_menu(looks):
    for username in ROLES:
        text = looks(username).content.decode()
        assert text.count('action="/search/"') == 2
        assert text.count('type="search"') == 3
