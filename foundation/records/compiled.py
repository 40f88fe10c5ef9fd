"""A question put together once: its SQL is kept, its answer never.

To build a long question and to write it down as SQL takes longer than to ask it. Whoever asks the
same one again and again keeps a `Compiled` for each set of arguments (`functools.lru_cache`). What
the question holds besides its SQL must not change: no number of a content type, and a moment, a
text or the number of a row only as a stand-in for the one that each call gives.
"""

from copy import copy
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

from foundation.records.built import Building, Rows

Row = TypeVar("Row", bound=Model)
Given = datetime | str | int
ONE = -464_682_025  # the stand-in for the number of a row: no row has it
NOW, SINCE = datetime(1234, 5, 6, 7, 8, 9, 10, UTC), datetime(1234, 5, 6, 7, 8, 9, 11, UTC)


class Compiled(Generic[Row]):
    """The rows of a queryset, asked anew with every call.

    `stand_ins`: name → what the question was put together with: a moment (`NOW`, `SINCE`), the
    number of a row (`ONE`) or a text that is found nowhere else in it.
    """

    def __init__(self, rows: QuerySet[Row], **stand_ins: Given):
        self._rows: Any = rows
        self._stand_ins = stand_ins
        self._made: Any = None  # the compiler with its SQL, from the first call on

    def __call__(self, **given: Given) -> list[Row]:
        """The rows as they are now; `given`: what takes the place of each stand-in."""
        if self._made is None:
            self._made = self._compile(self._rows._chain())
        if self._made and self._made[0].building and not self._rows._prefetch_related_lookups:
            return self._straight(given)
        fresh = self._rows._chain()
        if self._made:
            fresh.query.get_compiler = partial(self._compiler, given)
            if self._made[0].building:
                fresh._iterable_class = Rows
        return list(fresh)

    def _straight(self, given: dict[str, Given]) -> list[Row]:
        """The rows without a queryset of their own: nothing comes with them afterwards."""
        made, sql, _, _ = self._made
        using = self._rows.db
        with connections[using].cursor() as cursor:
            cursor.execute(sql, self._filled(connections[using], given))
            found = cursor.fetchall()
        return list(made.building.rows(found, using))

    def _compile(self, fresh: Any) -> Any:
        """Django's compiler after its work, the SQL it wrote, its parameters, and where stand-ins
        are among them; () where nothing can match.
        """
        compiler = fresh.query.clone().get_compiler(using=fresh.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return ()
        compiler.building = Building.of(fresh, compiler)
        places = {
            place: name
            for name, stand_in in self._stand_ins.items()
            for place, param in enumerate(params)
            if param == _stored(compiler.connection, stand_in)
        }
        assert set(places.values()) == set(self._stand_ins), "a stand-in that is not asked for"
        return compiler, sql, tuple(params), places

    def _compiler(self, given: dict[str, Given], using: str, *_: Any, **__: Any) -> Any:
        """The same for the connection of this thread, with what is given."""
        made, sql, _, _ = self._made
        compiler = copy(made)
        compiler.connection = connections[using]
        asked = (sql, self._filled(compiler.connection, given))
        compiler.as_sql = lambda *_, **__: asked
        return compiler

    def _filled(self, connection: Any, given: dict[str, Given]) -> tuple[Any, ...]:
        """The parameters, with what is given in the places of the stand-ins."""
        _, _, params, places = self._made
        if not places:
            return params
        put = {name: _stored(connection, given[name]) for name in self._stand_ins}
        return tuple(put[places[n]] if n in places else param for n, param in enumerate(params))


def _stored(connection: Any, given: Given) -> Any:
    """What stands for a stand-in, as the database is given it."""
    if isinstance(given, datetime):
        return connection.ops.adapt_datetimefield_value(given)
    return given
