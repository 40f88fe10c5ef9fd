"""The roadmaps that were read as English stand in Japanese; the English is folded."""

import json

import pytest
from django.conf import settings
from django.core.management import call_command

from measures.restored import RestoredYear, is_english, restored_years
from tests.pages import page_text

LOADED = json.loads((settings.BASE_DIR / "fixtures/20_measures.json").read_text(encoding="utf-8"))
TEXTS = {row["number"]: row["roadmap_text"] for row in LOADED["measures"]}


def test_only_two_were_read_as_english():
    assert [number for number, text in TEXTS.items() if is_english(text)] == [5, 6]
    assert all(restored_years(text) == [] for text in TEXTS.values() if not is_english(text))


def test_the_words_of_the_plan_stand_year_by_year():
    assert restored_years(TEXTS[5]) == [
        RestoredYear("令和8年度", ("ツール調査", "効果検証")),
        RestoredYear("令和9年度", ("ツール調達", "対象業務選定")),
        RestoredYear("令和10年度", ("ツール活用", "対象業務")),
        RestoredYear("令和11年度", ("ツール活用", "対象業務")),
    ]
    ran_together = "文書電子化の徹底電子決裁の拡充"
    said = {each.year: each.words for each in restored_years(TEXTS[6])}
    assert said["令和9年度"] == (ran_together, "文書管理ルールの周知・徹底")


def test_a_text_without_a_japanese_word_says_so():
    assert is_english("<p>Only English</p>")
    assert restored_years("<p>Only English</p>") == []


@pytest.mark.django_db
def test_the_restored_stands_first_and_the_english_is_folded(client, viewer):
    call_command("load_plan")
    client.force_login(viewer)
    html = client.get("/measures/5/").content.decode()
    folded = html.index("<summary>読み取ったままの文</summary>")
    assert html.index("令和8年度：ツール調査、効果検証") < folded
    assert html.index("令和10～11年度：対象業務でのツール活用") < folded
    assert folded < html.index('<div lang="en">') < html.index("Tool investigation")
    assert html.count("Tool investigation") == 1
    ran_together = "令和9年度：文書電子化の徹底、電子決裁の拡充、文書管理ルールの周知・徹底"
    assert ran_together in page_text(client.get("/measures/6/"))
    assert "読み取ったままの文" not in page_text(client.get("/measures/1/"))
