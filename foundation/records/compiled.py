"""A question put together once: its SQL is kept, its answer never.

To build a long question and to write it down as SQL takes longer than to ask it. Whoever asks the
same one again and again keeps a `Compiled` for each set of arguments (`functools.lru_cache`). What
the question holds besides its SQL must not change: no moment, no number of a content type.
"""

from copy import copy
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


class Compiled(Generic[Row]):
    """The rows of a queryset, asked anew with every call."""

    def __init__(self, rows: QuerySet[Row]):
        self._rows: Any = rows
        self._made: Any = None  # the compiler with its SQL, from the first call on

    def __call__(self) -> list[Row]:
        """The rows as they are now."""
        fresh = self._rows._chain()
        if self._made is None:
            self._made = self._compile(fresh)
        if self._made:
            fresh.query.get_compiler = self._compiler
        return list(fresh)

    def _compile(self, fresh: Any) -> Any:
        """Django's compiler after its work, beside the SQL it wrote; () where nothing can match."""
        compiler = fresh.query.clone().get_compiler(using=fresh.db)
        try:
            return compiler, compiler.as_sql()
        except EmptyResultSet:
            return ()

    def _compiler(self, using: str, *_: Any, **__: Any) -> Any:
        """The same for the connection of this thread."""
        compiler, sql = copy(self._made[0]), self._made[1]
        compiler.connection = connections[using]
        compiler.as_sql = lambda *_, **__: sql
        return compiler
