"""Rows of a table as lines of text that every database understands, and back.

A line is a JSON array, one value for each column. What JSON has no word for is written so:
decimals as text with all their places, moments in UTC, days as 2026-10-01, bytes in base64, the
content of a JSON column as its own text (so that the order of its keys and an inner null stay).
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.functions import Cast

HEAVY = (models.BinaryField, models.JSONField)
MANY, FEW = 500, 4  # rows fetched at a time; of tables that hold files only a few
BATCH_BYTES = 4 * 1024 * 1024


def _same(value):
    return value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _bytes(value) -> str:
    return base64.b64encode(bytes(value)).decode("ascii")


@dataclass(frozen=True)
class Kind:
    """How the values of some fields are written and read."""

    fields: tuple[type, ...]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


KINDS = (  # the first that fits
    Kind((models.JSONField,), _same, _same),
    Kind((models.BinaryField,), _bytes, base64.b64decode),
    Kind((models.DecimalField,), "{:f}".format, Decimal),
    Kind((models.DateTimeField,), _moment, datetime.fromisoformat),
    Kind((models.DateField,), date.isoformat, date.fromisoformat),
    Kind(
        (
            *(models.IntegerField, models.BooleanField, models.CharField, models.TextField),
            *(models.FileField, models.GenericIPAddressField),
        ),
        _same,
        _same,
    ),
)


def kind_of(field) -> Kind:
    """How a field is written. LookupError of a kind of field that nobody has thought of."""
    while field.is_relation:
        field = field.target_field
    found = (
        kind
        for kind in KINDS
        if isinstance(
            field,
            kind.fields,
        )
    )
    kind = next(found, None)
    if kind is None:
        raise LookupError(f"{field}: no way to write {type(field).__name__} into a backup")
    return kind


class Table:
    """One table: its columns in the order of its lines."""

    def __init__(self, model):
        self.model, self.name = model, model._meta.db_table
        self.fields = list(model._meta.concrete_fields)
        self.columns = [field.column for field in self.fields]
        self.kinds = [kind_of(field) for field in self.fields]
        self.is_json = [isinstance(field, models.JSONField) for field in self.fields]

    @property
    def _at_once(self) -> int:
        return FEW if any(isinstance(field, HEAVY) for field in self.fields) else MANY

    def read(self, connection) -> Iterator[list]:
        """Every row, by its key, as values that JSON knows; a few in memory at a time."""
        asked = [
            Cast(F(field.attname), models.TextField()) if json_text else F(field.attname)
            for field, json_text in zip(self.fields, self.is_json, strict=True)
        ]
        rows = self.model._base_manager.using(connection.alias).order_by("pk")
        for row in rows.values_list(*asked).iterator(chunk_size=self._at_once):
            yield [
                None if value is None else kind.write(value)
                for kind, value in zip(self.kinds, row, strict=True)
            ]

    def same_for_all(self, row: list) -> bytes:
        """A row as both databases keep it: JSON columns without the order of their keys."""
        told = [
            _without_order(value) if json_text and value is not None else value
            for json_text, value in zip(self.is_json, row, strict=True)
        ]
        return line_of(told)

    def insert(self, connection, lines: Iterable[bytes]) -> int:
        """Write the rows of those lines; how many there were."""
        names = ", ".join(map(connection.ops.quote_name, self.columns))
        marks = ", ".join(["%s"] * len(self.columns))
        table = connection.ops.quote_name(self.name)
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        count = 0
        with connection.cursor() as cursor:
            for batch in _batches(lines):
                cursor.executemany(statement, [self._stored(connection, line) for line in batch])
                count += len(batch)
        return count

    def _stored(self, connection, line: bytes) -> list:
        """The values of a line as this database takes them."""
        row = json.loads(line)
        return [
            self._value(
                connection,
                number,
                value,
            )
            for number, value in zip(range(len(self.fields)), row, strict=True)
        ]

    def _value(self, connection, number: int, value):
        field = self.fields[number]
        if value is None:
            return None
        if self.is_json[number]:
            return connection.ops.adapt_json_value(json.loads(value), field.encoder)
        return field.get_db_prep_save(self.kinds[number].read(value), connection)


class Counted:
    """Rows of a table on their way: how many, and what they are (the same in every database)."""

    def __init__(self, table: Table):
        self.table, self.rows, self.digest = table, 0, hashlib.sha256()

    @property
    def content(self) -> str:
        """The SHA-256 of the rows that went by."""
        return self.digest.hexdigest()

    def lines(self, rows: Iterable[list]) -> Iterator[bytes]:
        """Each row as a line."""
        for row in rows:
            self.rows += 1
            self.digest.update(self.table.same_for_all(row))
            yield line_of(row)

    def all_of(self, connection) -> "Counted":
        """Let every row go by that the table has now."""
        for _ in self.lines(self.table.read(connection)):
            pass
        return self


def line_of(row: list) -> bytes:
    """A row as a line."""
    return (
        json.dumps(
            row,
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        + b"\n"
    )


def _number(text: str) -> str:
    """A number of a JSON column: 1E+2 and 100 are one."""
    return f"{Decimal(text).normalize():f}"


def _without_order(text: str) -> str:
    told = json.loads(
        text,
        parse_float=_number,
        parse_int=_number,
    )
    return json.dumps(told, sort_keys=True)


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines, as many at once as are small enough together."""
    batch: list[bytes] = []
    size = 0
    for line in chain(lines, (None,)):
        if batch and (line is None or size > BATCH_BYTES or len(batch) >= MANY):
            yield batch
            batch, size = [], 0
        if line is not None:
            batch.append(line)
            size += len(line)
