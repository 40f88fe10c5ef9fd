"""A question put together once: its SQL is kept, its answer never.

To build a long question and to write it down as SQL takes longer than to ask it. Whoever asks the
same one again and again keeps a `Compiled` for each set of arguments (`functools.lru_cache`). What
the question holds besides its SQL must not change: no number of a content type, and a moment or
the number of a row only as a stand-in for the one that each call gives.
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
Given = datetime | int
ONE = -464_682_025  # the stand-in for the number of a row: no row has it
NOW, SINCE = datetime(1234, 5, 6, 7, 8, 9, 10, UTC), datetime(1234, 5, 6, 7, 8, 9, 11, UTC)


class Compiled(Generic[Row]):
    """The rows of a queryset, asked anew with every call.

    `moments`: name → the stand-in (`NOW`, `SINCE`, `ONE`) with which it was put together.
    """

    def __init__(self, rows: QuerySet[Row], **moments: Given):
        self._rows: Any = rows
        self._moments = moments
        self._made: Any = None  # the compiler with its SQL, from the first call on

    def __call__(self, **moments: Given) -> list[Row]:
        """The rows as they are now; `moments`: each under its name."""
        if self._made is None:
            self._made = self._compile(self._rows._chain())
        if self._made and self._made[0].building and not self._rows._prefetch_related_lookups:
            return self._straight(moments)
        fresh = self._rows._chain()
        if self._made:
            fresh.query.get_compiler = partial(self._compiler, moments)
            if self._made[0].building:
                fresh._iterable_class = Rows
        return list(fresh)

    def _straight(self, moments: dict[str, Given]) -> list[Row]:
        """The rows without a queryset of their own: nothing comes with them afterwards."""
        made, sql, _, _ = self._made
        using = self._rows.db
        with connections[using].cursor() as cursor:
            cursor.execute(sql, self._filled(connections[using], moments))
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
            for name, moment in self._moments.items()
            for place, param in enumerate(params)
            if param == _stored(compiler.connection, moment)
        }
        assert set(places.values()) == set(self._moments), "a stand-in that is not asked for"
        return compiler, sql, tuple(params), places

    def _compiler(self, moments: dict[str, Given], using: str, *_: Any, **__: Any) -> Any:
        """The same for the connection of this thread, with these moments."""
        made, sql, _, _ = self._made
        compiler = copy(made)
        compiler.connection = connections[using]
        asked = (sql, self._filled(compiler.connection, moments))
        compiler.as_sql = lambda *_, **__: asked
        return compiler

    def _filled(self, connection: Any, moments: dict[str, Given]) -> tuple[Any, ...]:
        """The parameters, with these moments in the places of the stand-ins."""
        _, _, params, places = self._made
        if not places:
            return params
        given = {name: _stored(connection, moments[name]) for name in self._moments}
        return tuple(given[places[n]] if n in places else param for n, param in enumerate(params))


def _stored(connection: Any, moment: Given) -> Any:
    """A moment (or the number of a row) as the database is given it."""
    if isinstance(moment, int):
        return moment
    return connection.ops.adapt_datetimefield_value(moment)
