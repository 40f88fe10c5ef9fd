"""Rows of a kept question as instances: how is worked out once, and what many rows share is made
once.

As Django's own, but for three things. A related row that comes with many (the plan with every
indicator) is one instance for all of them. JSON, moments and numbers are read once for each text.
Instances are filled without asking every field; models that want to be asked (`__init__`,
`from_db`, signals) are made as ever. `tests/records/test_compiled.py` compares with what Django
makes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db.models import BooleanField, DateField, DecimalField, Model
from django.db.models.base import ModelState
from django.db.models.query import BaseIterable, ModelIterable
from django.db.models.signals import post_init, pre_init

TEXTS = 4096  # of a column that are known
KEPT = (DateField, DecimalField, BooleanField)  # whose values nobody can change
Read = Callable[[Any], Any]
Setter = Callable[[Any, Any], None]


class Rows(BaseIterable):
    """The iterable of such a queryset; its compiler (`records.compiled`) knows how to build."""

    def __iter__(self) -> Iterator[Any]:
        compiler = self.queryset.query.get_compiler(using=self.queryset.db)
        results = compiler.execute_sql(chunked_fetch=self.chunked_fetch, chunk_size=self.chunk_size)
        return compiler.building.rows(chain.from_iterable(results), self.queryset.db)


@dataclass(frozen=True)
class Part:
    """The columns of one model in a row. `key`: that of its primary key; `related`: with how they
    are set on it, and it on them.
    """

    make: Callable[[str | None, Sequence[Any]], Any]
    first: int
    after: int
    key: int
    related: tuple[tuple["Part", Setter, Setter], ...]
    reads: tuple[tuple[int, Read], ...]

    @classmethod
    def of(cls, info: dict[str, Any], select: Sequence[Any], reads: dict[int, Read]) -> "Part":
        """Out of what Django's compiler knows of it."""
        columns = info["select_fields"]
        names = [select[column][0].target.attname for column in columns]
        model = info["model"]
        related = info.get("related_klass_infos", ())
        return cls(
            maker(model, names),
            columns[0],
            columns[-1] + 1,
            columns[0] + names.index(model._meta.pk.attname),
            tuple(
                (cls.of(each, select, reads), each["local_setter"], each["remote_setter"])
                for each in related
            ),
            tuple((column, reads[column]) for column in columns if column in reads),
        )

    def build(self, row: Sequence[Any], db: str, known: dict[tuple[int, Any], Any]) -> Any:
        """The instance in a row, or None; `known`: those that were made for other rows."""
        place = (id(self), row[self.key])
        if place[1] is None:
            return None
        if place not in known:
            known[place] = self.fresh(row, db, known)
        return known[place]

    def fresh(self, row: Sequence[Any], db: str, known: dict[Any, Any]) -> Any:
        """The same, for this row alone."""
        values = list(row[self.first : self.after])
        for column, read in self.reads:
            values[column - self.first] = read(row[column])
        made = self.make(db, values)
        for part, here, there in self.related:
            other = part.build(row, db, known)
            here(made, other)
            if other is not None:
                there(other, made)
        return made


@dataclass(frozen=True)
class Building:
    """How the rows of one question become instances."""

    whole: Part
    beside: tuple[tuple[str, int, Read | None], ...]

    @classmethod
    def of(cls, rows: Any, compiler: Any) -> "Building | None":
        """Out of a queryset and its compiler after its work; None where Django has to do it."""
        select, info = compiler.select, compiler.klass_info
        columns = [each[0] for each in select[: compiler.col_count]]
        if rows._iterable_class is not ModelIterable or _has_parents(info):
            return None
        found = compiler.get_converters(columns)
        reads = {place: _reader(compiler.connection, *each) for place, each in found.items()}
        beside = (compiler.annotation_col_map or {}).items()
        return cls(
            Part.of(info, select, reads),
            tuple((name, column, reads.get(column)) for name, column in beside),
        )

    def rows(self, found: Iterable[Sequence[Any]], db: str) -> Iterator[Any]:
        """The instances of these rows."""
        known: dict[Any, Any] = {}
        read: dict[tuple[int, Any], Any] = {}
        for row in found:
            made = self.whole.fresh(row, db, known)
            for name, column, reader in self.beside:
                value = row[column]
                if reader is not None and value is not None:
                    if (column, value) not in read:
                        read[column, value] = reader(value)
                    value = read[column, value]
                setattr(made, name, value)
            yield made


def _reader(connection: Any, converters: Sequence[Any], column: Any) -> Read:
    """What makes a value out of what the database says; days, moments and numbers once for each."""

    def read(value: Any) -> Any:
        for each in converters:
            value = each(value, column, connection)
        return value

    return lru_cache(maxsize=TEXTS)(read) if isinstance(column.output_field, KEPT) else read


def maker(model: type[Model], names: list[str]) -> Callable[[str | None, Sequence[Any]], Any]:
    """What makes an instance with these columns, in whatever order they are named."""
    own = [field.attname for field in model._meta.concrete_fields if field.attname in names]
    assert len(own) == len(names), f"{model} has not all of {sorted(names)}"
    asked = pre_init.has_listeners(model) or post_init.has_listeners(model)
    as_ever = _inside(model.from_db) is _inside(Model.from_db)
    if asked or model.__init__ is not Model.__init__ or not as_ever:
        order = [names.index(name) for name in own]  # as Django takes them
        return lambda db, values: model.from_db(db, own, [values[place] for place in order])

    def make(db: str | None, values: Sequence[Any]) -> Any:
        made = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, db
        made.__dict__.update(zip(names, values, strict=True))
        made._state = state
        return made

    return make


def _inside(method: Any) -> Any:
    """The function of a class method."""
    return method.__func__


def _has_parents(info: dict[str, Any]) -> bool:
    """Does a model take columns of another table (multi-table inheritance)?"""
    columns = info["select_fields"]
    whole = list(range(columns[0], columns[-1] + 1)) == list(columns)
    inside = any(map(_has_parents, info.get("related_klass_infos", ())))
    return not whole or bool(info.get("from_parent")) or inside
