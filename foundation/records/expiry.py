"""How rows leave an append-only table when their time is over: through this door and no other.

The guards of that one table are off inside one transaction; both databases take them back with it.
"""

from django.db import connection, transaction
from django.db.models import QuerySet

from foundation.records.guards import dropping, found, put_back
from foundation.records.seen import wait_in_line


@transaction.atomic
def let_go(rows: QuerySet) -> int:
    """Delete rows of one guarded table to which no other row points. Returns how many."""
    wait_in_line()
    table = rows.model._meta.db_table
    guards = [row for row in found(connection).values() if row.table == table]
    with connection.cursor() as cursor:
        for guard in guards:
            cursor.execute(dropping(connection.vendor, table, guard.name))
    gone = rows.order_by()._raw_delete(rows.db)
    put_back(connection, guards)
    return gone
