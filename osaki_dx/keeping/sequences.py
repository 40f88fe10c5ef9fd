"""The last number that each table has given to a row, also when that row is gone.

The history speaks of objects by their number; no later object may get the number of a former one.
"""

from typing import Any


def _has_own(model) -> bool:
    return model._meta.pk.get_internal_type().endswith("AutoField")


def last_numbers(connection, models: list[Any]) -> dict[str, int]:
    """{table: last number}; tables that have never given one are left out."""
    numbers = {}
    with connection.cursor() as cursor:
        for model in filter(_has_own, models):
            number = _last(
                connection,
                cursor,
                model,
            )
            if number:
                numbers[model._meta.db_table] = number
    return numbers


def _last(connection, cursor, model) -> int:
    table, column = model._meta.db_table, model._meta.pk.column
    if connection.vendor == "sqlite":
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        return row[0] if row else 0
    quoted = connection.ops.quote_name(table)
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted, column])
    sequence = cursor.fetchone()[0]
    cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608
    number, given = cursor.fetchone()
    return number if given else 0


def set_numbers(connection, models: list[Any], numbers: dict[str, int]) -> None:
    """Let each table go on after its last number."""
    with connection.cursor() as cursor:
        for model in filter(_has_own, models):
            _set(connection, cursor, model, numbers.get(model._meta.db_table, 0))


def _set(connection, cursor, model, number: int) -> None:
    table, column = model._meta.db_table, model._meta.pk.column
    if connection.vendor == "sqlite":
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        if number:
            values = [table, number]
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", values)
        return
    sequence = [
        connection.ops.quote_name(table),
        column,
        number or 1,
        bool(number),
    ]
    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)", sequence)
