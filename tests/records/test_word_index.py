"""The history is searched by an index: what it finds is what a look at every entry finds."""

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.japanese.folding import folded
from foundation.records import word_index
from foundation.records.models import HistoryEntry
from tests.sample_town import SampleLoad

pytestmark = pytest.mark.django_db
ALL = HistoryEntry.objects
TEXTS = (
    "指標1-1 オンライン化手続き数",
    "道の駅の申請件数（速報）",
    "期日を 令和8年10月5日 に",
    "50%_達成 \\ 'x' \"y\" a*b",
    "ＡＢＣ ｶﾀｶﾅ",
    "𠮷野家 👨‍👩‍👧 が゙",
    "-",
    "々〇",
    "aaaa",
    "申",
    "",
)
WORDS = {
    *("1-1", "1-2", "道", "道の", "道の駅", "駅道", "申請", "申", "件数（", "速報）", "申請件数の"),
    *("%", "_", "\\", "'", '"', "*", "a*b", "aa", "aaa", "aaaaa", "-", "ー", "〇", "に", "が"),
    *("abc", "カタカナ", "カタ", "ﾓｼﾞ", "文字", "𠮷", "𠮷野", "👨", "令和8年", "x y"),
    *("指標 数", "数 指標 1-1", "no", "OR", "NOT", "signs:"),
}


def made(*texts):
    """Entries that say these texts."""
    last = ALL.order_by("-revision").values_list("revision", flat=True).first() or 0
    return ALL.bulk_create(
        HistoryEntry(
            at=timezone.now(),
            revision=last + number,
            actor_name="試験",
            action="test.word",
            subject_label=text[:300],
            search_words=folded(text),
        )
        for number, text in enumerate(texts, 1)
    )


def found(words):
    return set(ALL.search(words=words).values_list("search_words", flat=True))


def looked_for(words):
    """What a look at every entry finds."""
    texts = ALL.values_list("search_words", flat=True)
    return {text for text in texts if all(word in text for word in folded(words).split())}


@pytest.mark.parametrize("words", sorted(WORDS))
def test_it_finds_what_a_look_at_everything_finds(words):
    made(*TEXTS)
    assert found(words) == looked_for(words)


def test_each_word_of_the_table_says_something():
    made(*TEXTS)
    assert {words for words in WORDS if looked_for(words)} > {"道", "1-1", "%", "aa", "𠮷", "-"}
    assert {words for words in WORDS if not looked_for(words)} >= {"駅道", "aaaaa", "OR", "文字"}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(st.text("申請件数のaー-1%𠮷 ", max_size=12), max_size=5),
    words=st.text("申請件数のaー-1%𠮷 ", max_size=5),
)
def test_whatever_is_written_and_looked_for(texts, words):
    made(*(text.strip() for text in texts))
    assert found(words) == looked_for(words)


def test_what_goes_with_the_sample_goes_from_the_index():
    first, second = made("消える語", "残る語")
    SampleLoad.objects.create(
        loaded_at=timezone.now(), until="2026-10-01", snapshot={}, unloading=True
    )
    ALL.filter(pk=first.pk)._raw_delete("default")
    assert (found("消える"), found("残る")) == (set(), {"残る語"})
    assert word_index.faults(connection) == []
    assert second.pk


def test_nothing_is_gone_through_that_does_not_hold_the_word():
    """How the database goes about it: by the index, and not through the entries."""
    made(*(f"指標{number} の値" for number in range(3000)), "ほたる")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE records_historyentry")
    plan = ALL.search(words="ほたる").explain()
    assert word_index.INDEX in plan.replace("VIRTUAL TABLE", word_index.INDEX)
    assert "SCAN records_historyentry" not in plan and "Seq Scan" not in plan, plan


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite tells how many steps it took")
def test_twenty_times_the_entries_are_not_twenty_times_the_work():
    def steps():
        counted = [0]

        def one():
            counted[0] += 1

        connection.connection.set_progress_handler(one, 10)
        try:
            assert found("ほたる") == {"ほたる"}
        finally:
            connection.connection.set_progress_handler(None, 0)
        return counted[0]

    made("ほたる", *(f"指標{number} の値" for number in range(200)))
    few = steps()
    made(*(f"指標{number} の値" for number in range(4000)))
    assert steps() < 3 * few + 20


def test_what_is_missing_is_told_and_made_again():
    made("ほたる")
    connection.check_constraints()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX {word_index.INDEX}")
        else:
            cursor.execute(f"DROP TRIGGER {word_index.INDEX}_come")
    made("かえる")
    connection.check_constraints()  # PostgreSQL makes no index while rows wait to be looked at
    assert word_index.faults(connection)
    word_index.stand(connection)
    assert word_index.faults(connection) == []
    assert (found("ほたる"), found("かえる")) == ({"ほたる"}, {"かえる"})


def test_a_start_makes_the_index_for_a_database_of_before():
    """A start migrates only where a migration waits: one waits there, and its end makes it."""
    made("ほたる")
    connection.check_constraints()
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("records", "0009_word_index")
    word_index.fall(connection)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert word_index.faults(connection), "before that migration there is none"
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes())
    recorder.record_applied("records", "0009_word_index")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert word_index.faults(connection) == []
    assert found("ほたる") == {"ほたる"}


def test_what_a_migration_changes_is_found_as_it_then_stands():
    """As one would that folds texts otherwise: the guards let go as they do for the sample."""
    made("まえの語")
    SampleLoad.objects.create(
        loaded_at=timezone.now(), until="2026-10-01", snapshot={}, unloading=True
    )
    ALL.filter(search_words="まえの語").update(search_words="あとの句")
    assert (found("まえ"), found("あと")) == (set(), {"あとの句"})


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL has the function")
@pytest.mark.parametrize("text", ["", "申", "申請", "申請x", "𠮷野家 a", "あ" * 999])
def test_the_function_says_each_sign_and_each_pair(text):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {word_index.FUNCTION}(%s)", [text])
        said = set(cursor.fetchone()[0])
    pairs = {text[place : place + 2] for place in range(len(text) - 1)}
    assert said - {""} == {*text, *pairs}
