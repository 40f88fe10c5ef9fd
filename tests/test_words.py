"""One word for one thing: of each pair of docs/words.md §3 only the left one is said."""

import re

import pytest
from django.apps import apps

from headquarters.desk.glossary.views import GROUPS, told
from measures.settings_of import Settings
from tests.words import ROOT, Pair, found_in, pairs, spoken

pytestmark = pytest.mark.pure
KNOWN = pairs()
LINK = re.compile(r"\{% word \"(?P<key>[\w-]+)\" \"(?P<said>[^\"]+)\" %\}")
TWICE = re.compile(r"。[ 　]*。|、、")
HALF_WIDTH = re.compile(r"[ぁ-んァ-ヶ一-龠](?:\([^)A-Za-z{]*\)|\d+%(?![\w}])|: )")
DOUBLED = re.compile(r"(総務|税務)課 ?\1課")


def test_the_table_is_read():
    assert Pair("提出期限", "締切", ()) in KNOWN
    assert Pair("ログイン", "サインイン", ()) in KNOWN
    assert any(pair.never == "担当課" and pair.but for pair in KNOWN)
    assert len(KNOWN) > 30


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("電子決裁の利用率", []),
        ("決裁を受けます", ["決裁 (say 確認・承認)"]),
        ("国の示す重点取組事項と重点取組事項", ["重点取組事項 (say 個別施策)"]),
        ("提出期限まで", []),
        ("締切まで", ["締切 (say 提出期限)"]),
    ],
)
def test_a_phrase_may_hold_what_is_not_said_else(text, found):
    assert found_in(text, KNOWN) == found


def test_no_word_stands_where_another_is_said():
    wrong = {path.relative_to(ROOT).as_posix(): found_in(text, KNOWN) for path, text in spoken()}
    assert {path: words for path, words in wrong.items() if words} == {}


def test_sentences_end_once_and_signs_are_full_width():
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path, text in spoken()
        if path.suffix in {".html", ".py", ".js"}
        for pattern in (TWICE, HALF_WIDTH, DOUBLED)
        for found in pattern.finditer(text)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_model_and_no_field_is_called_by_another_word():
    """Labels that come from Django (「ユーザー名」) stand in the history and in lists."""
    named = [("", model._meta.verbose_name) for model in apps.get_models()]
    named += [
        (model.__name__, getattr(field, "verbose_name", ""))
        for model in apps.get_models()
        for field in model._meta.get_fields()
    ]
    wrong = [(where, str(name)) for where, name in named if found_in(str(name), KNOWN)]
    assert wrong == []


def terms():
    return [term for group in GROUPS for term in group.terms]


def test_every_term_has_a_place_and_a_meaning_in_sentences():
    keys = [term.key for term in terms()] + [group.key for group in GROUPS]
    assert len(keys) == len(set(keys))
    for term in terms():
        assert term.meaning.endswith("。"), term.word
        assert not found_in(term.word + term.meaning, KNOWN), term.word


WANTED = (
    *("期待値", "版", "速報", "現在", "更新待ち", "照合値", "仮の値", "暫定", "達成率", "進捗率"),
    *("評価区分", "基準値", "年度末見込", "適宜見直し", "要確認", "引継ぎ", "所管課", "入力課"),
)


@pytest.mark.parametrize("word", WANTED)
def test_a_word_that_a_newcomer_asks_for_is_there(word):
    assert any(word in term.word for term in terms())


def test_words_on_pages_lead_to_their_meaning():
    known = {term.key for term in terms()}
    asked = [
        (path.name, found["key"])
        for path, text in spoken()
        if path.suffix == ".html"
        for found in LINK.finditer(text)
    ]
    assert len(asked) > 30
    assert [(name, key) for name, key in asked if key not in known] == []


def test_a_setting_of_the_plan_is_told_as_it_holds():
    (group,) = [each for each in GROUPS if each.key == "roadmap"]
    (term,) = [each for each in told(group, Settings(stale_days=45)).terms if each.key == "stale"]
    assert "45日を超えて更新がない" in term.meaning
