"""The index by which the history is searched for words of any length, in any script.

A word is found by its signs, one after the other, so that a word of one sign is found like a
sentence. On SQLite that is a full-text table (FTS5) of the numbers of the signs, whose row comes
and goes with its entry by three triggers; on PostgreSQL an index (GIN) of the signs and pairs of
signs of each text, where what holds all pairs of a word is looked at once more. Nothing of it is
anybody's record: `migrate` makes it where it is missing, and anew where it does not fit.
"""

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import BooleanField, F, Func

ENTRIES, INDEX = "records_historyentry", "records_historywords"
FUNCTION = "records_signs"

# {0}: a row of the entries → the numbers of its signs, in their order.
_NUMBERS = """(
SELECT group_concat(unicode(substr({0}.search_words, key + 1, 1)), ' ') FROM json_each(
'[' || rtrim(replace(hex(zeroblob(length({0}.search_words))), '00', '0,'), ',') || ']'))
"""
_FILL = f"INSERT INTO {INDEX}(rowid, signs) SELECT e.id, {_NUMBERS.format('e')} FROM {ENTRIES} e"
_TRIGGERS = {
    f"{INDEX}_come": (
        f"CREATE TRIGGER {INDEX}_come AFTER INSERT ON {ENTRIES} BEGIN INSERT INTO {INDEX}"
        f"(rowid, signs) VALUES (NEW.id, {_NUMBERS.format('NEW')}); END"
    ),
    f"{INDEX}_change": (
        f"CREATE TRIGGER {INDEX}_change AFTER UPDATE ON {ENTRIES} BEGIN INSERT INTO {INDEX}"
        f"({INDEX}, rowid, signs) VALUES ('delete', OLD.id, {_NUMBERS.format('OLD')}); "
        f"INSERT INTO {INDEX}(rowid, signs) VALUES (NEW.id, {_NUMBERS.format('NEW')}); END"
    ),
    f"{INDEX}_go": (
        f"CREATE TRIGGER {INDEX}_go AFTER DELETE ON {ENTRIES} BEGIN INSERT INTO {INDEX}"
        f"({INDEX}, rowid, signs) VALUES ('delete', OLD.id, {_NUMBERS.format('OLD')}); END"
    ),
}
# Pairs are cut at a line's end, which folded texts never have. Its price is told because a look at
# every row by it is dear; plpgsql, because PostgreSQL begins a function of plain SQL more slowly.
_BODY = r"""
BEGIN RETURN string_to_array(said, NULL)
 || string_to_array(regexp_replace(said, '(..)', E'\\1\n', 'g'), E'\n')
 || string_to_array(regexp_replace(substr(said, 2), '(..)', E'\\1\n', 'g'), E'\n'); END
"""
_SIGNS = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}(said text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL RESTRICTED COST 2000 AS $${_BODY}$$
"""
NO_FTS5 = (
    "この Python の SQLite には全文検索（FTS5）がなく、変更履歴の索引を作れません。"
    "python.org か Debian などの Python で動かしてください。"
)


def stand(connection: BaseDatabaseWrapper) -> None:
    """Make the index, or make it anew where it does not fit."""
    if not _wanted(connection):
        return
    with transaction.atomic(using=connection.alias):
        if faults(connection):
            _make(connection)


def _wanted(connection: BaseDatabaseWrapper) -> bool:
    """Has the database come to the migration from which on there is an index?"""
    recorder = MigrationRecorder(connection)
    applied = recorder.migration_qs.filter(app="records", name="0009_word_index")
    return recorder.has_table() and applied.exists()


def _make(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_SIGNS)
            cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")
            cursor.execute(
                f"CREATE INDEX {INDEX} ON {ENTRIES} USING gin ({FUNCTION}(search_words))"
            )
            return
        cursor.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
        if cursor.fetchone() is None:
            raise ImproperlyConfigured(NO_FTS5)
        _drop(cursor)
        cursor.execute(f"CREATE VIRTUAL TABLE {INDEX} USING fts5(signs, content='')")
        for made in _TRIGGERS.values():
            cursor.execute(made)
        cursor.execute(_FILL)


def _drop(cursor: CursorWrapper) -> None:
    for name in _TRIGGERS:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
    cursor.execute(f"DROP TABLE IF EXISTS {INDEX}")


def fall(connection: BaseDatabaseWrapper) -> None:
    """Take the index away: a migration goes back to before there was one."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")
            cursor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}(text)")
        else:
            _drop(cursor)


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """What does not fit: names of parts that are missing, or the index that lacks entries."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT indisvalid, (SELECT prosrc FROM pg_proc WHERE proname = %s "
                "AND pronamespace = current_schema()::regnamespace) "
                "FROM pg_index WHERE indexrelid = to_regclass(%s)",
                [FUNCTION, INDEX],
            )
            return [] if cursor.fetchone() == (True, _BODY) else [INDEX]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE %s", [f"{INDEX}%"])
        there = dict(cursor.fetchall())
        wrong = [name for name, made in _TRIGGERS.items() if there.get(name) != made]
        if INDEX not in there:
            return [INDEX, *wrong]
        counted = [f"(SELECT count(*) FROM {table})" for table in (INDEX, ENTRIES)]  # noqa: S608
        cursor.execute("SELECT {} <> {}".format(*counted))
        return [*wrong, *([INDEX] if cursor.fetchone()[0] else [])]


class Holding(Func):
    """Does the index say that an entry holds this word (folded)? `contains` is asked beside it."""

    output_field = BooleanField()

    def __init__(self, word: str):
        super().__init__(F("pk"), F("search_words"))
        self.word = word

    def as_sqlite(self, compiler, connection, **_):
        pk, params = compiler.compile(self.source_expressions[0])
        signs = '"{}"'.format(" ".join(str(ord(sign)) for sign in self.word))
        sql = f"{pk} IN (SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s)"  # noqa: S608
        return sql, [*params, signs]

    def as_postgresql(self, compiler, connection, **_):
        text, params = compiler.compile(self.source_expressions[1])
        pairs = {self.word[place : place + 2] for place in range(max(1, len(self.word) - 1))}
        return f"{FUNCTION}({text}) @> %s::text[]", [*params, sorted(pairs)]
